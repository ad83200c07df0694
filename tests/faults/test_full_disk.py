"""The disk is full: what was acknowledged stays, and the service goes on once there is room."""

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from compliance_app.services import gifts
from compliance_app.store.base import db, unit_of_work
from tests.conftest import CAST, NOON, Cast, fill, make_app
from tests.factories import make_claim
from tests.faults.submitting import assert_sound, submit_until_answered
from tests.postgresql import cluster

ROOM_BYTES = 200_000
MOST_GIFTS = 300
DISK_BYTES = 120_000_000
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
    assert_sound([*kept, after])


@pytest.fixture
def small_disk(request: pytest.FixtureRequest) -> Iterator[Path]:
    """Return a folder on a disk of its own with little room."""
    request.getfixturevalue("cluster")  # skips where PostgreSQL is missing
    with tempfile.TemporaryDirectory(prefix="tally3220-disk-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL's own account has to come through
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", folder]
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            pytest.skip("this machine lets nobody mount a disk of a few megabytes")
        yield Path(folder)
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk_of_postgresql_loses_nothing_and_is_got_over(
    small_disk: Path, tmp_path: Path, cast: Cast
) -> None:
    with cluster("fsync = on\nmax_wal_size = 32MB\n", within=small_disk) as server:
        server.create("register")
        app = make_app(tmp_path, server.url("register"))
        fill(app)
        with app.app_context():
            kept = [submit()]
            failures: list[str] = []
            ballast = small_disk / "ballast"
            with ballast.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(small_disk).free)
            while len(failures) < FAILURES and len(kept) < MOST_GIFTS:
                try:
                    kept.append(submit())
                except OperationalError as error:
                    failures.append(str(error.orig))
            ballast.unlink()
            kept.append(submit_until_answered(cast, "after"))
            assert_sound(kept)
            db.engine.dispose()
    assert len(failures) == FAILURES, failures


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
