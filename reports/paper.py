"""The book a report is written into: drawing goes to the current page, with what it means.

A page is written when the next one is turned, and nothing of it is kept, so the length of a
report costs no memory. Pages that are held are drawn last, though they come first.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import BinaryIO, Final, NamedTuple

from reportlab.graphics.shapes import Line, Rect, String
from reportlab.lib.colors import Color as DrawnColor

from reports import theme
from reports.charts import Chart
from reports.fontset import FILES, get_face
from reports.lettering import Letters, color_operands
from reports.page import ARTIFACT, END, Page
from reports.source import ReportMeta
from reports.stream import StreamDocument, references, text_string
from reports.tags import Element, Tags
from reports.theme import Color, Span, Style

_ANCHORS: Final = {"start": "left", "middle": "center", "end": "right"}
_HEAD_CELL: Final = b"/A<</O/Table/Scope/Column>>"


class Entry(NamedTuple):
    """A place that the outline and links lead to: `page` is the number it stands on."""

    title: str
    level: int
    page: int
    aim: bytes


class Book:
    """The pages of a report, from front to back."""

    _page: Page

    def __init__(
        self, target: BinaryIO, meta: ReportMeta, title: str, *, tagged: bool = True
    ) -> None:
        self.meta = meta
        self.title = title
        # The SHA-256 of the data inside, which every page names.
        self.digest = "0" * 64
        self.outline: list[Entry] = []
        # Rows that the summary leads to: whose, asked for before they are written, and where.
        self.wanted: set[int] = set()
        self.places: dict[int, Entry] = {}
        self.attachments: list[tuple[str, int]] = []
        self.document = StreamDocument(target)
        self.letters = Letters(tuple(FILES))
        self.tags = Tags(self.document) if tagged else None
        # What all pages share is written last: fonts, head and foot, foot alone, "of Y".
        first = self.document.reserve(4)
        self.fonts, self.head, self.foot, self.tail = range(first, first + 4)
        self._open: list[Element] = [self.tags.top] if self.tags else []
        self._held: list[Page] = []
        self._in_figure = False

    @property
    def page_count(self) -> int:
        """How many pages there are so far."""
        return self.document.page_count

    @property
    def page_object(self) -> int:
        """The number of the current page's object."""
        return self._page.object

    def turn(self, *, furniture: bool = True, held: bool = False) -> Page:
        """Begin a new page at the end; a held one is finished after all others."""
        if self.page_count and not self._page.held:
            self._finish(self._page)
        place = self.document.begin_page()
        self._page = Page(self.page_count, place, furniture=furniture, held=held)
        if held:
            self._held.append(self._page)
            self._page.root = self.tags.open("Sect", self.tags.top) if self.tags else None
            self._stand_in(self._page)
        return self._page

    def reopen(self, page: Page) -> None:
        """Go on drawing on a page that was held."""
        if not self._page.held:
            self._finish(self._page)
        self._page = page
        self._stand_in(page)

    def finish_pages(self) -> None:
        """Write every page that is not yet written."""
        if not self._page.held:
            self._finish(self._page)
        self.enter(None, depth=1)
        for page in self._held:
            self._finish(page)
            if self.tags and page.root:
                self.tags.close(page.root)

    def _stand_in(self, page: Page) -> None:
        """Let what follows belong to the part of a held page."""
        if self.tags and page.root:
            self.enter(None, depth=1)
            self._open.append(page.root)

    def _finish(self, page: Page) -> None:
        """Write a page: what it shows, where it leads, and what it means."""
        number = f"Page {page.number:,}"
        style = theme.FURNITURE
        told = (
            f"BT {self._choose(style, page)}{theme.LEFT:g} 33 Td {self.letters.show(number, style)}"
        )
        # The shared tail goes on with the number of pages, which is known when all are written.
        begin = "/Artifact <</Type/Pagination>> BDC " if self.tags else ""
        content = f"{page.content(tagged=self.tags is not None)}\n{begin}{told}"
        stream = self.document.put_stream(self.document.reserve(), content.encode("latin-1"))
        shared = self.head if page.furniture else self.foot
        entries = references((shared, stream, self.tail))
        extra = b"/Annots[%b]" % references(page.annotations) if page.annotations else b""
        if self.tags:
            extra += b"/Tabs/S/StructParents %d" % self.tags.end_page(page.marks)
        self.document.put(
            page.object,
            b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %d %d]/Resources %d 0 R/Contents[%b]%b>>"
            % (page.branch, theme.PAGE_WIDTH, theme.PAGE_HEIGHT, self.fonts, entries, extra),
        )

    def enter(self, kind: str | None, *, depth: int) -> None:
        """Close what is open at a depth of the structure and below, and open an element there.

        The document is at depth 0, its parts at 1, their sections at 2.
        """
        if self.tags is None:
            return
        while len(self._open) > depth:
            element = self._open.pop()
            if not any(page.root is element for page in self._held):
                self.tags.close(element)
        if kind:
            self._open.append(self.tags.open(kind, self._open[-1]))

    @contextmanager
    def element(self, kind: str) -> Iterator[None]:
        """Let what is drawn meanwhile belong together, as a "Table", "TR" or "Sect"."""
        depth = len(self._open)
        self.enter(kind, depth=depth)
        yield
        self.enter(None, depth=depth)

    def mark(self, title: str, *, level: int, top: float) -> Entry:
        """Make a place of the current page known to the outline and to links."""
        entry = Entry(" ".join(title.split()), level, self._page.number, self._aim(top))
        self.outline.append(entry)
        return entry

    def place(self, key: int, *, top: float) -> None:
        """Note where on the current page a wanted row begins; links may lead to it."""
        if key in self.wanted and key not in self.places:
            self.places[key] = Entry("", 0, self._page.number, self._aim(top))

    def _aim(self, top: float) -> bytes:
        return b"[%d 0 R/XYZ 0 %g null]" % (self._page.object, top)

    def link(self, box: tuple[float, float, float, float], entry: Entry, title: str) -> None:
        """Make a rectangle of the current page lead to a marked place."""
        number = self.document.reserve()
        told = text_string(title)
        extra = self.annotate(number, kind="Link", told=told)
        entries = b"%g %g %g %g" % box, told, entry.aim, extra
        link = b"<</Type/Annot/Subtype/Link/F 4/Border[0 0 0]/Rect[%b]/Contents%b/Dest%b%b>>"
        self.document.put(number, link % entries)

    def annotate(self, number: int, *, kind: str, told: bytes) -> bytes:
        """Add an annotation to the current page; return the entry that ties it to its element."""
        self._page.annotations.append(number)
        if self.tags is None:
            return b""
        here, marks = self._open[-1], self._page.marks
        return b"/StructParent %d" % self.tags.point(kind, here, marks, number, b"/Alt%b" % told)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        style: Style,
        *,
        align: str = "left",
        kind: str | None = None,
    ) -> None:
        """Write one line; `x` is its left edge, its center or its right edge.

        `kind` says what it is, such as "TH", where its style does not.
        """
        text = text.replace("\n", " ")
        if align != "left":
            wide = get_face(style.face).width(text, style.size)
            x -= wide if align == "right" else wide / 2
        shown = self.letters.show(text, style)
        self._say(f"BT {self._choose(style)}{x:.2f} {y:.2f} Td {shown}ET ", kind or style.kind)

    def lines(
        self, x: float, y: float, lines: Sequence[str], style: Style, *, leading: float
    ) -> None:
        """Write lines below one another as one paragraph, the first with its baseline at `y`."""
        shown = "".join([self.letters.show_below(line, style) for line in lines])
        begin = f"BT {leading:g} TL {self._choose(style)}{x:.2f} {y + leading:.2f} Td "
        self._say(f"{begin}{shown}ET ", style.kind)

    def paragraph(
        self, span: Span, y: float, text: str, style: Style, *, leading: float = 11.5
    ) -> float:
        """Write a text in lines that keep to a span; return the baseline below it."""
        lines = get_face(style.face).wrap(text, style.size, span.width)
        if lines:
            self.lines(span.left, y, lines, style, leading=leading)
        return y - leading * len(lines)

    def row(
        self, x: float, y: float, cells: Sequence[str], style: Style, *, leading: float
    ) -> None:
        """Write a row of the open table, its cells set one after the other from one point."""
        page = self._page
        if self.tags:
            first = self.tags.mark_row(page.marks, self._open[-1], len(cells))
            cells = [f"/TD <</MCID {i}>> BDC {cell}EMC " for i, cell in enumerate(cells, first)]
        chosen = "" if page.style is style else self._choose(style)
        page.operators.append(f"BT {chosen}{_start(x, y, leading)}{''.join(cells)}ET")

    def row_of_heads(
        self, titles: Iterable[tuple[float, str, str]], y: float, *, again: bool
    ) -> None:
        """Write the head of the open table from places, alignments and titles."""
        titles = list(titles)
        tags = None if again else self.tags
        first = tags.mark_head(self._page.marks, self._open[-1], len(titles)) if tags else 0
        for i, (x, align, title) in enumerate(titles, first):
            left = x
            if align == "right":
                left -= get_face(theme.HEAD.face).width(title, theme.HEAD.size)
            shown = self._choose(theme.HEAD), f"{left:.2f} {y:.2f} Td"
            cell = f"BT {shown[0]}{shown[1]} {self.letters.show(title, theme.HEAD)}ET "
            if tags:
                self._page.operators.append(f"/TH <</MCID {i}>> BDC {cell}{END}")
            else:
                self._decorate(cell)

    def rule(
        self,
        y: float,
        *,
        weight: float = 0.35,
        color: Color = theme.HAIRLINE,
        span: Span = theme.LIVE,
    ) -> None:
        """Draw a horizontal line, from margin to margin if not said otherwise."""
        self._page.rule(y, span.left, span.right, weight, color)

    def hairline(self, y: float) -> None:
        """Draw the line under a row, which is the same under every row."""
        self._page.hairlines.append(y)

    def panel(self, x: float, y: float, width: float, height: float, *, color: Color) -> None:
        """Fill a rectangle."""
        self._page.style = None
        place = f"{x:.2f} {y:.2f} {width:.2f} {height:.2f}"
        self._decorate(f"{color_operands(color)} rg {place} re f ")

    def draw(self, chart: Chart, x: float, y: float) -> None:
        """Draw a chart with its lower left corner at a point; it is read out in words."""
        outer, self._page.operators = self._page.operators, []
        self._page.style, self._in_figure = None, True
        for shape in chart.drawing.contents:
            self._draw_shape(shape, x, y)
        drawn, self._page.operators = "".join(self._page.operators), outer
        self._page.style, self._in_figure = None, False
        box = x, y, x + chart.drawing.width, y + chart.drawing.height
        words = text_string(f"{chart.title}. {chart.description}")
        place = b"/A<</O/Layout/Placement/Block/BBox[%g %g %g %g]>>" % box
        self._say(drawn, "Figure", b"/Alt%b%b" % (words, place))

    def _draw_shape(self, shape: object, x: float, y: float) -> None:
        match shape:
            case Rect():
                color = _color(shape.fillColor)
                self.panel(x + shape.x, y + shape.y, shape.width, shape.height, color=color)
            case Line():
                start, end = (
                    f"{x + shape.x1:.2f} {y + shape.y1:.2f}",
                    f"{x + shape.x2:.2f} {y + shape.y2:.2f}",
                )
                pen = f"{color_operands(_color(shape.strokeColor))} RG {shape.strokeWidth:g} w"
                self._decorate(f"{pen} {start} m {end} l S ")
            case String():
                style = Style(shape.fontName, shape.fontSize, _color(shape.fillColor))
                align = _ANCHORS[shape.textAnchor]
                self.text(x + shape.x, y + shape.y, shape.text, style, align=align)
            case _:
                raise TypeError(f"A chart is made of rectangles, lines and strings, not {shape}.")

    def _say(self, operators: str, kind: str, attributes: bytes = b"") -> None:
        """Add operators that show something to be read, as an element of its kind."""
        if self.tags and not self._in_figure:
            told = attributes or (_HEAD_CELL if kind == "TH" else b"")
            if kind == "Artifact":
                operators = f"{ARTIFACT}{operators}{END}"
            else:
                mark = self.tags.mark(kind, self._open[-1], self._page.marks, told)
                operators = f"/{kind} <</MCID {mark}>> BDC {operators}{END}"
        self._page.operators.append(operators)

    def _decorate(self, operators: str) -> None:
        marked = self.tags and not self._in_figure
        self._page.operators.append(f"{ARTIFACT}{operators}{END}" if marked else operators)

    def _choose(self, style: Style, page: Page | None = None) -> str:
        page = page or self._page
        before, page.style = page.style, style
        return "" if style is before else self.letters.choose(style, before)


@lru_cache(4096)
def _start(x: float, y: float, leading: float) -> str:
    return f"{leading:g} TL {x:g} {y:.2f} Td "


def fit(text: str, style: Style, width: float) -> str:
    """Return a text cut to a width, with an ellipsis where something was cut."""
    return get_face(style.face).fit(text, style.size, width)


def _color(drawn: DrawnColor | None) -> Color:
    if drawn is None:
        raise TypeError("Every shape of a chart needs a color.")
    return Color(drawn.red, drawn.green, drawn.blue)
