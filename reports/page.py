"""One page while it is drawn: its operators, its rules, and what a reader of it must be told."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from reports.lettering import color_operands
from reports.tags import Element, Marks
from reports.theme import HAIRLINE, LEFT, RIGHT, Color, Style

ARTIFACT: Final = "/Artifact BMC "
END: Final = "EMC "


class Stamp(NamedTuple):
    """What was drawn on a page so far, to be drawn the same on later ones."""

    operators: list[str]
    rules: dict[tuple[float, Color], list[str]]
    style: Style | None


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
        # Where the lines under rows are, from margin to margin.
        self.hairlines: list[float] = []
        self._rules: dict[tuple[float, Color], list[str]] = {}

    def rule(self, y: float, left: float, right: float, weight: float, color: Color) -> None:
        """Draw a horizontal line; those of one look are written together."""
        self._rules.setdefault((weight, color), []).append(_line(y, left, right))

    def stamp(self) -> Stamp:
        """Return what was drawn so far."""
        rules = {look: drawn.copy() for look, drawn in self._rules.items()}
        return Stamp(self.operators.copy(), rules, self.style)

    def draw_again(self, stamp: Stamp) -> None:
        """Draw on an empty page what was drawn on another one."""
        self.operators = stamp.operators.copy()
        self._rules = {look: drawn.copy() for look, drawn in stamp.rules.items()}
        self.style = stamp.style

    def content(self, *, tagged: bool) -> str:
        """Return all operators, the rules last: they are decoration."""
        rules = "".join(
            f"{color_operands(color)} RG {weight:g} w {''.join(drawn)}S "
            for (weight, color), drawn in self._rules.items()
        )
        if self.hairlines:
            drawn = map(_hairline, self.hairlines)
            rules += f"{_HAIR}{''.join(drawn)}S "
        if rules and tagged:
            rules = f"{ARTIFACT}{rules}{END}"
        return "\n".join([*self.operators, rules])


_HAIR: Final = f"{color_operands(HAIRLINE)} RG 0.35 w "


@lru_cache(4096)
def _hairline(y: float) -> str:
    return _line(y, LEFT, RIGHT)


@lru_cache(4096)
def _line(y: float, left: float, right: float) -> str:
    return f"{left:g} {y:.2f} m {right:g} {y:.2f} l "


def numbers(values: Iterable[float]) -> str:
    """Return numbers as operands, to a hundredth of a point."""
    return " ".join(f"{round(value, 2):g}" for value in values)
