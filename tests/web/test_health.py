"""What machines that watch are told when the database is there, and when it is not."""

from pathlib import Path

import pytest
from flask import Flask

from compliance_app.store.base import db


def test_a_register_that_can_serve_says_so(app: Flask) -> None:
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["status"] == "ok"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_file_that_is_taken_away_is_noticed_at_once(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/readyz").status_code == 200
    file = Path(db.engine.url.database or "")
    away = file.rename(file.with_suffix(".away"))

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json) == (
        503,
        {"status": "unavailable", "reason": "The database cannot be reached."},
    )
    assert client.get("/healthz").status_code == 200
    away.rename(file)
    assert client.get("/readyz").status_code == 200
