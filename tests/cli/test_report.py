"""Reports by command: to a folder or a zip, whole or not at all, and checked without register."""

import json
import resource
from datetime import date
from pathlib import Path

import pytest

from compliance_app.app import create_app
from compliance_app.services import gifts
from compliance_app.store.base import db, unit_of_work
from tests.cli.conftest import Console
from tests.conftest import CAST, NOON
from tests.factories import make_claim


@pytest.fixture
def lived_in(console: Console, register: Path) -> Path:
    """Put gifts into the register, one of them with what tables and papers find hard."""
    app = create_app({"TESTING": True}, console=True)
    with app.app_context():
        with unit_of_work() as session:
            for cents, purpose in ((80_00, "=HYPERLINK(1)"), (350_00, "拜訪王小明 先生")):
                claim = make_claim(cents, given_on=date(2026, 11, 10))._replace(purpose=purpose)
                gifts.submit(session, claim, giver_id=CAST.rep, actor_id=CAST.rep, at=NOON)
        db.session.remove()
        db.engine.dispose()
    return register.parent


@pytest.mark.parametrize(
    "command",
    [
        ("quarter", "2026Q4"),
        ("quarter", "2026Q4", "--employer", "Northgate Pension Trust"),
        ("range", "--since", "2026-11-01", "--until", "2026-11-30", "--giver", "rita@firm.example"),
        ("recipient", "Morgan Ellery", "--year", "2026"),
        ("employer", "1", "--year", "2026"),
        ("giver", "rita@firm.example", "--since", "2026-11-01", "--until", "2026-11-30"),
        ("audit", "--year", "2026"),
        ("policies", "--year", "2026"),
    ],
    ids=lambda command: " ".join(command[:3]),
)
def test_every_report_is_written_and_verified(
    console: Console, lived_in: Path, command: tuple[str, ...]
) -> None:
    out = lived_in / "out"
    made = console("report", *command, "--out", out, "--zip")
    assert (made.exit_code, made.stderr) == (0, "")
    [packed] = out.iterdir()
    checked = console("verify", packed)
    assert (checked.exit_code, checked.stderr) == (0, "")
    assert "prints the same numbers" in checked.output


def test_a_statement_for_a_client_says_nothing_of_the_firms_own_business(
    console: Console, lived_in: Path
) -> None:
    console("report", "employer", "1", "--year", "2026", "--out", lived_in / "out")
    names = {file.name for file in (lived_in / "out").iterdir()}
    assert not any(name.startswith("audit") for name in names)
    document = json.loads(
        (lived_in / "out" / "employer-statement-2026-01-01_2026-12-31-employer-1.json").read_bytes()
    )
    for share in document["shares"]:
        assert (share["decisions"], share["flags"], share["verdict"], share["limit"]) == (
            [],
            [],
            "",
            None,
        )


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("quarter", "2026Q5"), "'2026Q5' is not a quarter. Write it as 2026Q3."),
        (("range", "--since", "2026-02-02", "--until", "2026-02-01"), "before it begins"),
        (("quarter", "2026Q4", "--employer", "Nowhere"), "There is no employer 'Nowhere'."),
        (("quarter", "2026Q4", "--employer", "1", "--giver", "2"), "about one part of the firm"),
        (("giver", "rita@firm.example", "--since", "2026-02-02"), "Give both --since and --until"),
        (("recipient", "1", "--year", "99999"), "is not a year of the register"),
    ],
    ids=lambda one: one[0] if isinstance(one, tuple) else "",
)
def test_what_makes_no_report_is_refused_in_a_sentence(
    console: Console, lived_in: Path, command: tuple[str, ...], why: str
) -> None:
    refused = console("report", *command, "--out", lived_in / "out")
    assert refused.exit_code == 2
    assert why in refused.stderr
    assert not (lived_in / "out").exists()


def test_a_folder_of_another_package_is_not_written_into(console: Console, lived_in: Path) -> None:
    out = lived_in / "out"
    assert console("report", "quarter", "2026Q3", "--out", out).exit_code == 0
    refused = console("report", "quarter", "2026Q4", "--out", out)
    assert (refused.exit_code, console("verify", out).exit_code) == (2, 0)
    assert "holds another package already" in refused.stderr
    assert console("report", "quarter", "2026Q3", "--out", out).exit_code == 0


def test_a_disk_that_fills_leaves_no_half_file(console: Console, lived_in: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        # A limit on the size of a file fails a write as a full disk does.
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, before[1]))
        failed = console("report", "quarter", "2026Q4", "--out", lived_in / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert failed.exit_code == 1
    assert "could not be written (File too large), and no part of it was kept" in failed.stderr
    assert not (lived_in / "out").exists()
    assert list(lived_in.glob(".making-*")) == []
