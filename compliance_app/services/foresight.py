"""What pure steps came to, so that none is taken twice for the same inputs.

A submission is read and judged before its turn to write, and read once more in it. Each step
between reading and writing follows from its inputs alone, so where they are the same in the turn,
it comes to what it came to before; where anything differs, it is taken anew.
"""

from collections.abc import Callable
from typing import Any, TypeVar, TypeVarTuple

Inputs = TypeVarTuple("Inputs")
T = TypeVar("T")


class Foresight:
    """The inputs each step was last taken with, and what it came to."""

    def __init__(self) -> None:
        self._steps: dict[Callable[..., Any], tuple[tuple[Any, ...], Any]] = {}

    def of(self, step: Callable[[*Inputs], T], *inputs: *Inputs) -> T:
        """Return what a pure step comes to; nothing is kept of one that raises."""
        known = self._steps.get(step)
        if known is None or known[0] != inputs:
            known = self._steps[step] = inputs, step(*inputs)
        result: T = known[1]
        return result
