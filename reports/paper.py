"""The book a report is written into: pages of drawing, in any order, with ways into them."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from reportlab.graphics.shapes import Line, Rect, String
from reportlab.lib.colors import Color as DrawnColor

from reports import theme
from reports.charts import Chart
from reports.document import Document, Link, Page, color_operands
from reports.fontset import get_face
from reports.source import ReportMeta
from reports.theme import Color, Span, Style

_ANCHORS: Final = {"start": "left", "middle": "center", "end": "right"}
_CENTER: Final = theme.PAGE_WIDTH / 2


class Entry(NamedTuple):
    """A line of the outline: `page` is the number it stands on."""

    title: str
    key: str
    level: int
    page: int


class Book:
    """The pages of a report; drawing goes to the current page.

    Pages are numbered as they are turned, and `reopen` goes back to one of them, so that
    the pages in front can be written when all that follows is known.
    """

    def __init__(self, meta: ReportMeta, title: str, *, digest: str) -> None:
        self.meta = meta
        self.title = title
        self.digest = digest
        self.pages: list[Page] = []
        self.outline: list[Entry] = []
        self._document = Document(meta, title)

    def turn(self, *, furniture: bool = True) -> Page:
        """Begin a new page at the end."""
        self._page = Page(len(self.pages) + 1, furniture=furniture)
        self.pages.append(self._page)
        return self._page

    def reopen(self, page: Page) -> None:
        """Go on drawing on an earlier page."""
        self._page = page

    def mark(self, title: str, *, level: int, top: float) -> None:
        """Make a place of the current page known to the outline and to links."""
        title = " ".join(title.split())
        key = f"place-{len(self.outline)}"
        self._page.marks.append((key, top))
        self.outline.append(Entry(title, key, level, self._page.number))

    def link(self, box: tuple[float, float, float, float], key: str, title: str) -> None:
        """Make a rectangle of the current page lead to a marked place."""
        self._page.links.append(Link(box, key, title))

    def text(self, x: float, y: float, text: str, style: Style, *, align: str = "left") -> None:
        """Write one line; `x` is its left edge, its center or its right edge."""
        text = text.replace("\n", " ")
        if align != "left":
            wide = get_face(style.face).width(text, style.size)
            x -= wide if align == "right" else wide / 2
        self._page.operators.append(f"BT {x:.2f} {y:.2f} Td {self._write((text,), style)} ET")

    def lines(
        self, x: float, y: float, lines: Sequence[str], style: Style, *, leading: float
    ) -> None:
        """Write lines below one another, the first with its baseline at `y`."""
        self.runs(x, y, [(lines, style)], leading=leading)

    def runs(
        self, x: float, y: float, runs: Iterable[tuple[Sequence[str], Style]], *, leading: float
    ) -> None:
        """Write runs of lines below one another, each run in its own style."""
        written = [self._write(lines, style) for lines, style in runs if lines]
        self._page.operators.append(
            f"BT {leading:g} TL {x:.2f} {y:.2f} Td {' T* '.join(written)} ET"
        )

    def _write(self, lines: Sequence[str], style: Style) -> str:
        if style is self._page.style:
            return self._document.show(lines, style)
        self._page.style = style
        return f"{self._document.choose(style)} {self._document.show(lines, style)}"

    def paragraph(
        self, span: Span, y: float, text: str, style: Style, *, leading: float = 11.5
    ) -> float:
        """Write a text in lines that keep to a span; return the baseline below it."""
        lines = get_face(style.face).wrap(text, style.size, span.width)
        if lines:
            self.lines(span.left, y, lines, style, leading=leading)
        return y - leading * len(lines)

    def rule(
        self,
        y: float,
        *,
        weight: float = 0.35,
        color: Color = theme.HAIRLINE,
        span: Span = theme.LIVE,
    ) -> None:
        """Draw a horizontal line, from margin to margin if not said otherwise."""
        self.line((span.left, y), (span.left + span.width, y), weight=weight, color=color)

    def line(
        self, start: tuple[float, float], end: tuple[float, float], *, weight: float, color: Color
    ) -> None:
        """Draw a line from one point to another."""
        (x1, y1), (x2, y2) = start, end
        self._page.operators.append(
            f"{color_operands(color)} RG {weight:g} w {x1:.2f} {y1:.2f} m {x2:.2f} {y2:.2f} l S"
        )

    def panel(self, x: float, y: float, width: float, height: float, *, color: Color) -> None:
        """Fill a rectangle."""
        self._page.style = None
        self._page.operators.append(
            f"{color_operands(color)} rg {x:.2f} {y:.2f} {width:.2f} {height:.2f} re f"
        )

    def draw(self, chart: Chart, x: float, y: float) -> None:
        """Draw a chart with its lower left corner at a point."""
        for shape in chart.drawing.contents:
            match shape:
                case Rect():
                    color = _color(shape.fillColor)
                    self.panel(x + shape.x, y + shape.y, shape.width, shape.height, color=color)
                case Line():
                    start, end = (x + shape.x1, y + shape.y1), (x + shape.x2, y + shape.y2)
                    color = _color(shape.strokeColor)
                    self.line(start, end, weight=shape.strokeWidth, color=color)
                case String():
                    style = Style(shape.fontName, shape.fontSize, _color(shape.fillColor))
                    align = _ANCHORS[shape.textAnchor]
                    self.text(x + shape.x, y + shape.y, shape.text, style, align=align)
                case _:
                    raise TypeError(
                        f"A chart is made of rectangles, lines and strings, not {shape}."
                    )

    def to_bytes(self) -> bytes:
        """Put head and foot on every page and return the file."""
        for page in self.pages:
            self.reopen(page)
            self._furnish(page)
            self._document.add(page)
        for entry in self.outline:
            self._document.addOutlineEntry(entry.title, entry.key, entry.level, closed=True)
        return self._document.to_bytes()

    def _furnish(self, page: Page) -> None:
        if page.furniture:
            firm = fit(self.meta.firm, theme.FURNITURE_STRONG, 230)
            self.text(theme.LEFT, 578, firm, theme.FURNITURE_STRONG)
            self.text(_CENTER, 578, self.title, theme.FURNITURE, align="center")
            scope = fit(self.meta.scope, theme.FURNITURE, 230)
            self.text(theme.RIGHT, 578, scope, theme.FURNITURE, align="right")
            self.rule(572, weight=0.5, color=theme.INK)
        self.rule(43, weight=0.5)
        self.text(theme.LEFT, 33, self.meta.period, theme.FURNITURE)
        self.text(158, 33, f"SHA-256 {self.digest}", theme.FURNITURE)
        number = f"Page {page.number:,} of {len(self.pages):,}"
        self.text(theme.RIGHT, 33, number, theme.FURNITURE, align="right")


def fit(text: str, style: Style, width: float) -> str:
    """Return a text cut to a width, with an ellipsis where something was cut."""
    return get_face(style.face).fit(text, style.size, width)


def _color(drawn: DrawnColor | None) -> Color:
    if drawn is None:
        raise TypeError("Every shape of a chart needs a color.")
    return Color(drawn.red, drawn.green, drawn.blue)
