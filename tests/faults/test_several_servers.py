"""Processes that serve one register keep nothing of their own."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from compliance_app.clock import now
from compliance_app.store.base import unit_of_work
from compliance_app.store.models import Gift
from tests.conftest import EMAILS, SECRET
from tests.faults.served import Server, Visitor, gift_form
from tests.postgresql import Cluster, free_port


@pytest.fixture
def two(database_url: str, tmp_path: Path) -> Iterator[list[Server]]:
    """Serve the register twice."""
    servers = [Server(database_url, tmp_path, free_port()) for _ in range(2)]
    yield servers
    for server in servers:
        server.stop()


def test_who_signed_in_at_one_server_goes_on_at_another(app: Flask, two: list[Server]) -> None:
    app.config["CLOCK"] = None
    day = (now() + timedelta(days=3)).date().isoformat()
    visitor = Visitor(two[0], EMAILS["rep"])
    form = gift_form(day)
    first = visitor.post("/gifts", form)
    visitor.server = two[1]
    assert visitor.post("/gifts", form) == first
    second = visitor.post("/gifts", gift_form(day))
    with unit_of_work() as session:
        there = session.scalars(select(Gift.reference).order_by(Gift.id)).all()
    assert [first, second] == [f"/gifts/{reference}/logged" for reference in there]


def test_gunicorn_refuses_a_database_that_holds_no_register(
    cluster: Cluster, tmp_path: Path
) -> None:
    pytest.importorskip("gunicorn", reason="gunicorn is not installed")
    settings = {
        "TALLY3220_DATABASE_URL": cluster.url("postgres"),
        "TALLY3220_DATA_DIR": str(tmp_path),
        "TALLY3220_SECRET_KEY": SECRET,
        "PYTHONPATH": ":".join(sys.path),
    }
    port = f"127.0.0.1:{free_port()}"
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", "python:compliance_app.gunicorn", "-b", port],
        env=settings,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.endswith(
        "The database has no register yet; run: tally3220 database upgrade\n"
    )
