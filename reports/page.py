"""One page while it is drawn: its operators, its rules, and what a reader of it must be told."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from reports.lettering import color_operands
from reports.tags import Element, Marks
from reports.theme import Color, Style

ARTIFACT: Final = "/Artifact BMC "
END: Final = "EMC "


class Page:
    """The drawing of one page; `held` says that it is to be finished after those that follow."""

    def __init__(self, number: int, place: tuple[int, int], *, furniture: bool, held: bool) -> None:
        self.number = number
        self.object, self.branch = place
        self.furniture = furniture
        self.held = held
        self.style: Style | None = None
        self.operators: list[str] = []
        self.annotations: list[int] = []
        self.marks = Marks(self.object)
        self.root: Element | None = None
        self._rules: dict[tuple[float, Color], list[str]] = {}

    def rule(self, y: float, left: float, right: float, weight: float, color: Color) -> None:
        """Draw a horizontal line; those of one look are written together."""
        self._rules.setdefault((weight, color), []).append(_line(y, left, right))

    def content(self, *, tagged: bool) -> str:
        """Return all operators, the rules last: they are decoration."""
        rules = "".join(
            f"{color_operands(color)} RG {weight:g} w {''.join(drawn)}S "
            for (weight, color), drawn in self._rules.items()
        )
        if rules and tagged:
            rules = f"{ARTIFACT}{rules}{END}"
        return "\n".join([*self.operators, rules])


@lru_cache(4096)
def _line(y: float, left: float, right: float) -> str:
    return f"{left:g} {y:.2f} m {right:g} {y:.2f} l "


def numbers(values: Iterable[float]) -> str:
    """Return numbers as operands, to a hundredth of a point."""
    return " ".join(f"{round(value, 2):g}" for value in values)
