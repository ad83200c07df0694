"""The flow of the report: parts, sections and tables whose rows go over as many pages as needed.

Nothing is clipped: a row taller than the room left moves to the next page, and one too tall
for that is split between its lines.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple, TypeVar

from reports import theme
from reports.fontset import get_face
from reports.page import Stamp
from reports.paper import Book, fit
from reports.setting import LEADING, Column, Run, TableSetter, Texts
from reports.theme import Style

__all__ = ["Column", "Item", "Listing", "Section", "Texts", "columns_of"]

ROW_PADDING: Final = 3.5
BASELINE: Final = 8.5
HEAD_HEIGHT: Final = 14.0
PART_GAP: Final = 30.0
PART_HEIGHT: Final = PART_GAP + 36 + 11.5
SENTENCE_HEIGHT: Final = 24.0
SECTION_HEIGHT: Final = 15.0
TITLE_LEADING: Final = 14.0
LINES_OF_A_TITLE: Final = 6
# A row of more lines than this is split rather than moved to the next page as a whole.
LINES_KEPT_TOGETHER: Final = 12
FEWEST_LINES: Final = 3

_PAGE_TOP: Final = 562.0
_LOWEST_ROW: Final = theme.BOTTOM + ROW_PADDING
_FACTS_WIDTH: Final = 250.0

# What a row is made of.
Item = TypeVar("Item")


class Part(NamedTuple):
    """A part of the report: its title, what is in it, and the room it wants on its page."""

    title: str
    note: str
    room: float


class Section(NamedTuple):
    """What stands over a table: a title, facts at its right, and its path in the outline."""

    title: str
    facts: str = ""
    alert: str = ""
    path: Sequence[str] = ()


class Above(NamedTuple):
    """What stands above rows that go on from the page before, and where it ends."""

    what: tuple[object, object]
    stamp: Stamp
    y: float


_CONTINUED: Final = Run(["continued"], theme.CELL_NOTE)


class Listing:
    """A cursor going down the pages of a book."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._y = 0.0
        self._table = TableSetter(book.letters, ())
        self._opened = False
        self._depth = 1
        self._part: Part | None = None
        self._section: Section | None = None
        self._running: tuple[str, Style] | None = None
        self._path: Sequence[str] = ()
        self._above: Above | None = None

    def begin_part(self, title: str, note: str, *, room: float = 0) -> None:
        """Begin a part with its title and what is in it, on a page with at least this room."""
        self._running, self._opened, self._path = None, False, ()
        # One of the part before whose rows are all of other volumes.
        self._section = None
        self._part = Part(title, note, room)

    def begin_section(self, section: Section) -> None:
        """Begin a section of a part; its title is written with its first row."""
        self._running, self._opened, self._section = None, False, section

    def begin_table(self, columns: Sequence[Column]) -> None:
        """Begin a table; its head is written with its first row, and again on every page."""
        if columns is not self._table.columns:
            self._table = TableSetter(self._book.letters, columns)
        self._opened = False

    def add_row(self, row: Sequence[Texts], *, place: int | None = None) -> None:
        """Write a row, each text on lines of its own; what does not fit goes on the next page.

        `place` says whose row it is, for links from the summary.
        """
        cells, count = self._table.set(row)
        if not self._opened:
            self._open_table(min(count, LINES_KEPT_TOGETHER))
        if self._y - LEADING * count < _LOWEST_ROW:
            room = self._lines_left()
            if count <= LINES_KEPT_TOGETHER or room < FEWEST_LINES:
                self._turn()
                room = self._lines_left()
            if count > room:
                self._place(place)
                self._add_split(self._table.wrap(row))
                return
        if place is not None:
            self._place(place)
        self._write_row(cells, count)

    def add_rows(self, items: Iterable[Item], row_of: Callable[[Item], Sequence[Texts]]) -> None:
        """Write a row for each item."""
        for item in items:
            self.add_row(row_of(item))

    def _place(self, place: int | None) -> None:
        if place is not None:
            self._book.place(place, top=self._y + 10)

    def _add_split(self, cells: Sequence[Sequence[Run]]) -> None:
        """Write a row that is taller than a page, or than what is left of this one."""
        room = self._lines_left()
        while _height(cells) > room:
            halves = [_split(cell, room) for cell in cells]
            self._write_row(self._table.set_runs([head for head, _ in halves]), room)
            self._turn()
            cells = [_go_on(*halves[0]), *(tail for _, tail in halves[1:])]
            room = self._lines_left()
        self._write_row(self._table.set_runs(cells), _height(cells))

    def passes_over(self, rows: int) -> bool:
        """Say whether so many rows to come are not to be written here; then they are done with."""
        return False

    def say(self, sentence: str) -> None:
        """Write one plain sentence, where there is nothing to list."""
        self._open(SENTENCE_HEIGHT)
        self._book.enter(None, depth=self._depth)
        self._y = self._book.paragraph(theme.LIVE, self._y - 12, sentence, theme.BODY)

    def _open_table(self, lines: int) -> None:
        self._open(HEAD_HEIGHT + LEADING * lines + ROW_PADDING)
        self._book.enter("Table", depth=self._depth)
        self._write_head(again=False)
        self._opened = True

    def _open(self, height: float) -> None:
        """Write the titles due, on a page that has room for what comes below them too."""
        title = _title_lines(self._section.title) if self._section else ()
        if self._section:
            height += SECTION_HEIGHT + TITLE_LEADING * len(title)
        if self._part:
            height = max(height + PART_HEIGHT, self._part.room)
        if self._y - height < theme.BOTTOM:
            self._turn()
        if self._part:
            self._write_part(self._part)
        if self._section:
            self._write_section(self._section, title)

    def _write_part(self, part: Part) -> None:
        if self._y < _PAGE_TOP:
            self._y -= PART_GAP
        self._book.enter("Sect", depth=1)
        self._depth = 2
        self._book.mark(part.title, level=0, top=self._y + 10)
        self._book.text(theme.LEFT, self._y - 18, part.title, theme.PART)
        self._y = self._book.paragraph(theme.LIVE, self._y - 36, part.note, theme.BODY_NOTE)
        self._running, self._part = (part.title, theme.SECTION_AGAIN), None

    def _write_section(self, section: Section, title: Sequence[str]) -> None:
        self._book.enter("Sect", depth=2)
        self._depth = 3
        self._mark(section.path)
        y = self._y - 22
        self._book.lines(theme.LEFT, y, title, theme.SECTION, leading=TITLE_LEADING)
        self._write_facts(y, section.facts, section.alert)
        self._y -= SECTION_HEIGHT + TITLE_LEADING * len(title)
        self._running, self._section = (section.title, theme.SECTION_AGAIN), None

    def _mark(self, path: Sequence[str]) -> None:
        for level, entry in enumerate(path, 1):
            if path[:level] != self._path[:level]:
                self._book.mark(entry, level=level, top=self._y + 10)
        self._path = path

    def _write_facts(self, y: float, facts: str, alert: str) -> None:
        if alert:
            self._book.text(theme.RIGHT, y, alert, theme.CELL_ALERT, align="right")
            facts += "; "
        taken = get_face(theme.CELL_ALERT.face).width(alert, theme.CELL_ALERT.size)
        self._book.text(theme.RIGHT - taken, y, facts, theme.CELL_NOTE, align="right")

    def _lines_left(self) -> int:
        return int((self._y - theme.BOTTOM - ROW_PADDING) // LEADING)

    def _write_row(self, cells: Sequence[str], count: int) -> None:
        top = self._y - BASELINE + LEADING
        self._book.row(theme.LEFT, top, cells, theme.CELL, leading=LEADING)
        self._y -= LEADING * count + ROW_PADDING
        self._book.hairline(self._y)

    def _write_head(self, *, again: bool) -> None:
        self._book.rule(self._y, weight=0.75, color=theme.INK)
        titles = [
            (theme.LEFT + left + (width if align == "right" else 0), align, title)
            for title, left, width, align in self._table.columns
        ]
        self._book.row_of_heads(titles, self._y - 9.5, again=again)
        self._y -= HEAD_HEIGHT
        self._book.rule(self._y, weight=0.4, color=theme.INK)

    def _turn(self) -> None:
        """Turn the page; what is above rows that go on is the same on all of their pages."""
        page = self._book.turn()
        above = self._running, self._table if self._opened else None
        if self._above and self._above.what == above:
            page.draw_again(self._above.stamp)
            self._y = self._above.y
            return
        self._y = _PAGE_TOP
        if self._running:
            self._write_running(*self._running)
        if self._opened:
            self._write_head(again=True)
        self._above = Above(above, page.stamp(), self._y)

    def _write_running(self, title: str, style: Style) -> None:
        shown = fit(title, style, theme.LIVE.width - 60)
        self._book.text(theme.LEFT, self._y - 10, shown, style)
        after = theme.LEFT + get_face(style.face).width(shown, style.size) + 5
        self._book.text(after, self._y - 10, "(continued)", theme.FURNITURE)
        self._y -= 18


def _title_lines(title: str) -> Sequence[str]:
    """Wrap the title of a section; the totals hold in full what is cut here."""
    style, width = theme.SECTION, theme.LIVE.width - _FACTS_WIDTH
    lines = get_face(style.face).wrap(title, style.size, width)
    if len(lines) <= LINES_OF_A_TITLE:
        return lines
    rest = "".join(lines[LINES_OF_A_TITLE - 1 :])
    return [*lines[: LINES_OF_A_TITLE - 1], fit(rest, style, width)]


def _height(cells: Sequence[Sequence[Run]]) -> int:
    return max([sum([len(lines) for lines, _ in cell]) for cell in cells])


def _split(cell: Sequence[Run], room: int) -> tuple[list[Run], list[Run]]:
    """Part the lines of a cell into those that have room and the rest."""
    head: list[Run] = []
    tail: list[Run] = []
    for lines, style in cell:
        head.append(Run(lines[: max(room, 0)], style))
        tail.append(Run(lines[max(room, 0) :], style))
        room -= len(lines)
    return head, tail


def _go_on(head: Sequence[Run], tail: Sequence[Run]) -> Sequence[Run]:
    """Return the rest of a row's first cell, or say whose row goes on."""
    if any(run.lines for run in tail):
        return tail
    return [*(Run(run.lines[:1], theme.CELL_NOTE) for run in head[:1]), _CONTINUED]


def columns_of(columns: Iterable[tuple[str, float, str]], *, gap: float = 8) -> list[Column]:
    """Place columns side by side from titles, widths and alignments."""
    placed: list[Column] = []
    left = 0.0
    for title, width, align in columns:
        placed.append(Column(title, left, width, align))
        left += width + gap
    return placed
