"""Writing a batch of rows behind one's back: while the next batch is made ready."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

# How long two threads that both work leave each other waiting; by default 25 times as long.
TURN_SECONDS = 0.0002


class Behind:
    """Does one piece of work at a time in another thread.

    A session is used by one thread at a time: whoever hands over work with it calls `catch_up`
    before touching it again.
    """

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        self._thread = thread
        self._work: Future[None] | None = None

    def catch_up(self) -> None:
        """Wait for what was handed over; raise what went wrong with it."""
        work, self._work = self._work, None
        if work is not None:
            work.result()

    def hand_over(self, work: Callable[[], None]) -> None:
        """Let the other thread begin with this, once it is done with what came before."""
        self.catch_up()
        self._work = self._thread.submit(work)

    def stop(self) -> None:
        """Wait for what was handed over, whatever became of it."""
        if self._work is not None:
            wait([self._work])


@contextmanager
def working_behind() -> Iterator[Behind]:
    """Do what is handed over in a thread; all of it is done when this ends, or it raises."""
    turn = sys.getswitchinterval()
    sys.setswitchinterval(min(turn, TURN_SECONDS))
    try:
        with ThreadPoolExecutor(1, thread_name_prefix="behind") as thread:
            behind = Behind(thread)
            try:
                yield behind
                behind.catch_up()
            finally:
                behind.stop()
    finally:
        sys.setswitchinterval(turn)
