"""The rows of a table, set: what a cell's texts wrap into and the operators that show it.

A cell begins at the left edge of its column one line above the row, in the style of a cell, and
ends where the next one begins, so that a text which comes again is written as it was before.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from reports import theme
from reports.fontset import get_face
from reports.lettering import Letters
from reports.theme import Style

LEADING: Final = 9.5
_KEPT: Final = 2_000
_LONGEST_KEPT: Final = 300

Text = tuple[str, Style]
Texts = Sequence[Text]


class Column(NamedTuple):
    """A column of a table: `left` counts from the left margin."""

    title: str
    left: float
    width: float
    align: str = "left"


class Run(NamedTuple):
    """Lines of a cell in one style."""

    lines: Sequence[str]
    style: Style


class Lines(dict[Text, tuple[str, int]]):
    """The texts of one column as operators with the count of their lines, set at first use."""

    def __init__(self, letters: Letters, column: Column, following: float | None) -> None:
        self.ways = Ways(0 if following is None else following - column.left)
        self._letters = letters
        self._width = column.width
        self._at_right = column.align == "right"

    def __missing__(self, text: Text) -> tuple[str, int]:
        words, style = text
        shown = self.show(get_face(style.face).wrap(words, style.size, self._width), style)
        if len(words) <= _LONGEST_KEPT:
            if len(self) >= _KEPT:
                self.clear()
            self[text] = shown
        return shown

    def show(self, lines: Sequence[str], style: Style) -> tuple[str, int]:
        """Return the operators for lines, each of which goes one line down to show itself."""
        if self._at_right:
            shown = "".join([self._show_at_right(line.rstrip(), style) for line in lines])
        else:
            shown = "".join([self._letters.show_below(line, style) for line in lines])
        if style is not theme.CELL and lines:
            change = self._letters.change
            shown = f"{change(theme.CELL, style)}{shown}{change(style, theme.CELL)}"
        return shown, len(lines)

    def _show_at_right(self, line: str, style: Style) -> str:
        free = self._width - get_face(style.face).width(line, style.size)
        shown = self._letters.show(line, style)
        return f"{free:.2f} {-LEADING} Td {shown}{-free:.2f} 0 Td "

    def wrap(self, texts: Texts) -> list[Run]:
        """Break the texts of a cell into lines, to be split between pages."""
        return [
            Run(get_face(style.face).wrap(text, style.size, self._width), style)
            for text, style in texts
        ]


class Ways(dict[int, str]):
    """How one goes from below so many lines of a column to the beginning of the next."""

    def __init__(self, across: float) -> None:
        self._across = across

    def __missing__(self, lines: int) -> str:
        way = self[lines] = f"{self._across:g} {LEADING * lines:g} Td "
        return way


class TableSetter:
    """The columns of one table."""

    def __init__(self, letters: Letters, columns: Sequence[Column]) -> None:
        self.columns = columns
        following = [*(column.left for column in columns[1:]), None]
        pairs = zip(columns, following, strict=False)
        self._lines = [Lines(letters, column, next_left) for column, next_left in pairs]

    def set(self, row: Sequence[Texts]) -> tuple[list[str], int]:
        """Return the cells of a row as operators, and how many lines the highest has."""
        cells = []
        height = 1
        for known, texts in zip(self._lines, row, strict=True):
            lines = 0
            cell = ""
            for text in texts:
                shown, count = known[text]
                cell += shown
                lines += count
            cells.append(cell + known.ways[lines])
            if lines > height:  # noqa: PLR1730  # of every cell of a long report
                height = lines
        return cells, height

    def wrap(self, row: Sequence[Texts]) -> list[list[Run]]:
        """Return the lines of a row, to be split between pages."""
        pairs = zip(self._lines, row, strict=True)
        return [known.wrap(texts) for known, texts in pairs]

    def set_runs(self, cells: Sequence[Sequence[Run]]) -> list[str]:
        """Return the cells of a part of a row as operators."""
        pairs = zip(self._lines, cells, strict=True)
        return [_join(known, runs) for known, runs in pairs]


def _join(known: Lines, runs: Sequence[Run]) -> str:
    shown = [known.show(lines, style)[0] for lines, style in runs]
    return "".join(shown) + known.ways[sum(len(lines) for lines, _ in runs)]
