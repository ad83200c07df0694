"""Whose turn it is to write to a SQLite file: first come, first served, across processes.

SQLite's own waiting is a lottery that can leave a writer without luck for seconds.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from time import monotonic

from sqlalchemy.engine import URL

# How long a writer waits for its turn before it gives up, in milliseconds.
PATIENCE_MS = 30_000
# What is left to a writer whose patience ended in the queue: time for one honest try.
LAST_TRY_MS = 100

_mine = threading.local()

# Waits for the turn to write, and returns how many milliseconds of patience are left.
TakeTurn = Callable[[], int]


class NestedWorkError(RuntimeError):
    """A unit of work was opened inside another one, for which it would wait for ever."""


def turn(url: URL) -> AbstractContextManager[TakeTurn]:
    """Give what takes the turn to write, which is given back when the block ends.

    Only POSIX has a lock that the system takes back from whoever dies; elsewhere, and where
    nobody shares the database, writers are left to SQLite's own waiting.
    """
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return nullcontext(no_queue)
    return _queue(Path(f"{url.database}.turn"))


def no_queue() -> int:
    """Take the turn where there is no queue for it."""
    return PATIENCE_MS


if sys.platform == "win32":

    def _queue(path: Path) -> AbstractContextManager[TakeTurn]:
        return nullcontext(no_queue)

else:
    import fcntl

    @contextmanager
    def _queue(path: Path) -> Iterator[TakeTurn]:
        if path in _held():
            raise NestedWorkError("A unit of work is open in this thread; use its session.")
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

        def take() -> int:
            since = monotonic()
            fcntl.flock(file, fcntl.LOCK_EX)
            # In whole seconds, so that a connection is seldom told anew.
            return max(LAST_TRY_MS, PATIENCE_MS - int(monotonic() - since) * 1000)

        _held().add(path)
        try:
            yield take
        finally:
            _held().discard(path)
            os.close(file)


def _held() -> set[Path]:
    """Return the queues that this thread stands in, or is at the head of."""
    held: set[Path] = _mine.__dict__.setdefault("held", set())
    return held
