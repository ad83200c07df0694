"""Things made ready by a copy of this process are those that this one would have made."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from time import monotonic, sleep

import pytest

from compliance_app.rules.money import MoneyError, parse_cents
from compliance_app.services.ahead import CopyEndedError, made_ahead

# Starts a copy, says which process it is, and waits.
ORIGINAL = """
import os, sys, time
from itertools import repeat
from compliance_app.services.ahead import made_ahead
with made_ahead(os.getpid() for _ in repeat(None)) as numbers:
    print(next(numbers), flush=True)
    time.sleep(60)
"""
PATIENCE_SECONDS = 10


@pytest.fixture(autouse=True)
def _at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    # Earlier tests may have left threads behind, which forbid copying; here they are at rest.
    monkeypatch.setattr("compliance_app.services.ahead.active_count", lambda: 1)
    monkeypatch.setattr("compliance_app.services.ahead.cpu_count", lambda: 2)


def test_a_copy_makes_what_is_asked_for_in_its_order() -> None:
    with made_ahead((os.getpid(), number) for number in range(300)) as made:
        pids, numbers = zip(*made, strict=True)
    assert numbers == tuple(range(300))
    assert os.getpid() not in pids


def test_a_process_with_threads_makes_things_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance_app.services.ahead.active_count", lambda: 2)
    with made_ahead(os.getpid() for _ in range(2)) as made:
        assert list(made) == [os.getpid()] * 2


def test_what_goes_wrong_with_the_making_is_raised_here() -> None:
    with made_ahead(parse_cents(text) for text in ("1.00", "a")) as made:
        assert next(made) == 100
        with pytest.raises(MoneyError) as caught:
            next(made)
    assert "test_ahead.py" in caught.value.__notes__[0]


def test_a_killed_copy_ends_the_work_with_a_sentence() -> None:
    with (
        made_ahead(_killed()) as made,
        pytest.raises(CopyEndedError, match=r"ended from outside.*begin it again"),
    ):
        next(made)


def test_nothing_is_left_of_a_copy_that_nobody_needs_any_more() -> None:
    with made_ahead(_pids()) as made:
        pid = next(made)
    assert not is_there(pid)


def test_a_copy_ends_with_its_original() -> None:
    # It would keep the original's place in the queue of writers, and its locks in the database.
    with subprocess.Popen([sys.executable, "-c", ORIGINAL], stdout=subprocess.PIPE) as original:
        assert original.stdout is not None
        pid = int(original.stdout.readline())
        assert is_there(pid)
        original.kill()
    until = monotonic() + PATIENCE_SECONDS
    while is_there(pid) and monotonic() < until:
        sleep(0.01)
    assert not is_there(pid)


def _pids() -> Iterator[int]:
    while True:
        yield os.getpid()


def _killed() -> Iterator[None]:
    os.kill(os.getpid(), signal.SIGKILL)
    yield


def is_there(pid: int) -> bool:
    """Say whether a process is at work."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
