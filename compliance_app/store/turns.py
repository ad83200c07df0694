"""Whose turn it is to write to a SQLite file: first come, first served, across processes.

SQLite's own waiting is a lottery that can leave a writer without luck for seconds.
"""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from time import monotonic

from sqlalchemy.engine import URL

# How long a writer waits for its turn before it gives up, in milliseconds.
PATIENCE_MS = 30_000
# What is left to a writer whose patience ended in the queue: time for one honest try.
LAST_TRY_MS = 100

_mine = threading.local()


class NestedWorkError(RuntimeError):
    """A unit of work was opened inside another one, for which it would wait for ever."""


def turn(url: URL) -> AbstractContextManager[int]:
    """Hold the turn to write; the value is how many milliseconds of patience are left.

    Only POSIX has a lock that the system takes back from whoever dies; elsewhere, and where
    nobody shares the database, writers are left to SQLite's own waiting.
    """
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return nullcontext(PATIENCE_MS)
    return _queue(Path(f"{url.database}.turn"))


if sys.platform == "win32":

    def _queue(path: Path) -> AbstractContextManager[int]:
        return nullcontext(PATIENCE_MS)

else:
    import fcntl

    @contextmanager
    def _queue(path: Path) -> Iterator[int]:
        if path in _held():
            raise NestedWorkError("A unit of work is open in this thread; use its session.")
        since = monotonic()
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            _held().add(path)
            # In whole seconds, so that a connection is seldom told anew.
            yield max(LAST_TRY_MS, PATIENCE_MS - int(monotonic() - since) * 1000)
        finally:
            _held().discard(path)
            os.close(file)


def _held() -> set[Path]:
    """Return the queues that this thread is at the head of."""
    held: set[Path] = _mine.__dict__.setdefault("held", set())
    return held
