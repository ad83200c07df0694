"""The disk is full: what was acknowledged stays, and the service goes on once there is room."""

import resource
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from compliance_app.services import gifts
from compliance_app.services.audit import verify
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Gift
from tests.conftest import CAST, NOON, make_app
from tests.factories import make_claim

ROOM_BYTES = 200_000
MOST_GIFTS = 200
FAILURES = 3

Outcome = tuple[list[str], list[str], str]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_loses_nothing_and_is_got_over(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    db.engine.dispose()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        kept, failures, after = pool.submit(fill_the_disk, database_url, tmp_path).result()
    assert kept
    assert len(failures) == FAILURES
    with unit_of_work() as session:
        assert session.scalars(select(Gift.reference).order_by(Gift.id)).all() == [*kept, after]
        assert verify(session).problem is None


def fill_the_disk(url: str, folder: Path) -> Outcome:
    """Submit until nothing can be written any more, make room, and submit once more."""
    app = make_app(folder, url)
    kept: list[str] = []
    failures: list[str] = []
    largest = max(file.stat().st_size for file in folder.glob("tally3220.db*"))
    with app.app_context():
        with no_file_beyond(largest + ROOM_BYTES):
            for _ in range(MOST_GIFTS):
                try:
                    kept.append(submit())
                except OperationalError as error:
                    failures.append(str(error.orig))
                if len(failures) == FAILURES:
                    break
        after = submit()
        db.engine.dispose()
    return kept, failures, after


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """Let every write beyond a size fail, as it does where there is no room."""
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    signal.signal(signal.SIGXFSZ, before)


def submit() -> str:
    with unit_of_work() as session:
        return gifts.submit(
            session, make_claim(1_00), giver_id=CAST.rep, actor_id=CAST.rep, at=NOON
        ).reference
