"""A backup that is made while people write is one whole state, and can be put back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select

from compliance_app.services import gifts
from compliance_app.services.audit import verify
from compliance_app.services.replay import replay
from compliance_app.store import maintenance
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Gift
from tests.conftest import NOON, Cast, make_app, sqlite_url
from tests.factories import make_claim
from tests.postgresql import Cluster

BEFORE = 3


@pytest.fixture
def clean_place(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[str]:
    """Return the address of an empty database of the same kind."""
    if database_url.startswith("sqlite"):
        (tmp_path / "clean").mkdir()
        yield sqlite_url(tmp_path / "clean")
        return
    server: Cluster = request.getfixturevalue("cluster")
    name = f"clean_{database_url.rpartition('_')[2]}"
    server.create(name)
    yield server.url(name)
    server.drop(name)


def test_a_backup_under_load_holds_all_that_was_acknowledged_and_is_restored(
    app: Flask, cast: Cast, tmp_path: Path, clean_place: str
) -> None:
    acknowledged = [submit(cast) for _ in range(BEFORE)]
    done = Event()

    def go_on() -> list[str]:
        with app.app_context():
            return [submit(cast) for _ in iter(done.is_set, True)]

    with ThreadPoolExecutor(1) as threads:
        writing = threads.submit(go_on)
        maintenance.backup(db.engine, tmp_path / "backup")
        done.set()
        meanwhile = writing.result()
    everything = [*acknowledged, *meanwhile]
    restored = make_app(tmp_path / "clean", clean_place)
    with restored.app_context():
        maintenance.restore(db.engine, tmp_path / "backup", replace=False, at=NOON)
        with unit_of_work() as session:
            found = session.scalars(select(Gift.reference).order_by(Gift.id)).all()
            problem = verify(session).problem
            differences = replay(session).differences
        db.engine.dispose()
    assert found[:BEFORE] == acknowledged
    assert found == everything[: len(found)]
    assert (problem, differences) == (None, [])


def submit(cast: Cast) -> str:
    with unit_of_work() as session:
        return gifts.submit(
            session, make_claim(1_00), giver_id=cast.rep, actor_id=cast.rep, at=NOON
        ).reference
