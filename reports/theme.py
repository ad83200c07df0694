"""The look of the report: paper, grid, colors and type, as data. Lengths are in points."""

from dataclasses import dataclass
from typing import Final, NamedTuple

PAGE_WIDTH: Final = 792.0
PAGE_HEIGHT: Final = 612.0
LEFT: Final = 36.0
RIGHT: Final = 756.0
BOTTOM: Final = 52.0
COLUMN: Final = 49.0
GUTTER: Final = 12.0

SANS: Final = "TallySans"
SEMI: Final = "TallySans-Semibold"
SERIF: Final = "TallySerif"
SERIF_SEMI: Final = "TallySerif-Semibold"


class Color(NamedTuple):
    """A color as red, green and blue from 0 to 1."""

    red: float
    green: float
    blue: float


INK: Final = Color(0.106, 0.153, 0.200)
GREY: Final = Color(0.329, 0.384, 0.439)
HAIRLINE: Final = Color(0.824, 0.851, 0.878)
ACCENT: Final = Color(0.122, 0.306, 0.475)
ALERT: Final = Color(0.612, 0.129, 0.102)
PANEL: Final = Color(0.957, 0.965, 0.973)
WHITE: Final = Color(1, 1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Style:
    """A face at a size in a color; each style is itself alone, which makes it quick to look up.

    `kind` is what a text in this style is to a reader who cannot see it.
    """

    face: str
    size: float
    color: Color = INK
    kind: str = "P"


HEAD: Final = Style(SEMI, 7)
CELL: Final = Style(SANS, 7.5)
CELL_STRONG: Final = Style(SEMI, 7.5)
CELL_NOTE: Final = Style(SANS, 7.5, GREY)
CELL_ALERT: Final = Style(SEMI, 7.5, ALERT)
BODY: Final = Style(SANS, 8.5)
BODY_NOTE: Final = Style(SANS, 8.5, GREY)
BODY_LINK: Final = Style(SANS, 8.5, ACCENT)
FACT: Final = Style(SANS, 9.5)
FACT_NOTE: Final = Style(SANS, 9.5, GREY)
HEADING: Final = Style(SEMI, 9.5, kind="H2")
PART: Final = Style(SERIF_SEMI, 16, kind="H1")
SECTION: Final = Style(SERIF_SEMI, 11.5, kind="H2")
SECTION_AGAIN: Final = Style(SERIF_SEMI, 9, kind="Artifact")
FURNITURE: Final = Style(SANS, 7, GREY, kind="Artifact")
FURNITURE_STRONG: Final = Style(SEMI, 7, kind="Artifact")
TITLE: Final = Style(SERIF_SEMI, 31, kind="H1")
SUBTITLE: Final = Style(SERIF, 14.5, GREY)
FIGURE: Final = Style(SERIF_SEMI, 24)
FIGURE_ALERT: Final = Style(SERIF_SEMI, 24, ALERT)
WARNING: Final = Style(SEMI, 9.5, ALERT)
CAPTION: Final = Style(SANS, 9, GREY)


class Span(NamedTuple):
    """A stretch of the page from a left edge."""

    left: float
    width: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width


LIVE: Final = Span(LEFT, RIGHT - LEFT)


def grid(first: int, columns: int) -> Span:
    """Return the span of some of the twelve grid columns, counted from 0."""
    return Span(LEFT + first * (COLUMN + GUTTER), columns * (COLUMN + GUTTER) - GUTTER)
