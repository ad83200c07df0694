"""A progress bar that appears only where the work takes longer than a second."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import click

PATIENCE_SECONDS = 1.0


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Return what to call with the steps just done and the number of all of them."""
    with ExitStack() as stack:
        yield _Progress(label, stack).advance


class _Progress:
    def __init__(self, label: str, stack: ExitStack) -> None:
        self._label = label
        self._stack = stack
        self._began = time.monotonic()
        self._done = 0
        self._show: Callable[[int], None] | None = None

    def advance(self, steps: int, total: int) -> None:
        """Count steps, and show the bar once it is worth it."""
        self._done += steps
        if self._show is not None:
            self._show(steps)
        elif self._is_awaited() and self._done < total:
            # Results go to the standard output; whoever reads them wants no bar in between.
            bar = self._stack.enter_context(
                click.progressbar(length=total, label=self._label, file=sys.stderr)
            )
            bar.update(self._done)
            self._show = bar.update

    def _is_awaited(self) -> bool:
        """Say whether somebody sits at a terminal and has waited long enough."""
        waited = time.monotonic() - self._began
        return waited > PATIENCE_SECONDS and sys.stderr.isatty()
