from pathlib import Path

from compliance_app.store.base import db
from tests.cli.conftest import Console
from tests.conftest import make_app, sqlite_url


def test_a_token_is_printed_and_acts_as_its_person(console: Console, register: Path) -> None:
    result = console("people", "token", "rita@firm.example", "--name", "Expenses")
    headers = {"Authorization": f"Bearer {result.output.strip()}"}

    app = make_app(register.parent, sqlite_url(register.parent))
    with app.app_context():
        client = app.test_client()
        mine = client.get("/api/v1/gifts", headers=headers)
        reports = client.post("/api/v1/reports/quarter/2026Q3", headers=headers)
        db.session.remove()
        db.engine.dispose()

    assert result.exit_code == 0
    assert (mine.status_code, reports.status_code) == (200, 403)


def test_nobody_gets_a_token_whose_access_is_closed(console: Console, register: Path) -> None:
    console("people", "deactivate", "rita@firm.example")
    result = console("people", "token", "rita@firm.example", "--name", "Expenses")

    assert (result.exit_code, result.stderr) == (
        2,
        "The access of Rita Rep is closed, so no token can act as them.\n",
    )
