"""The rows of a table, set: what a cell's texts wrap into and the operators that show it.

A cell begins at the left edge of its column one line above the row, and ends where the next
one begins, so that a cell which comes again is written as it was the last time.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from reports import theme
from reports.fontset import get_face
from reports.lettering import Letters
from reports.page import numbers
from reports.theme import Style

LEADING: Final = 9.5
_KEPT: Final = 2_000
_LONGEST_KEPT: Final = 400

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


class SetCell(NamedTuple):
    """A cell as operators, and how many lines it has."""

    operators: str
    height: int


class Setter(dict[tuple[Text, ...], SetCell]):
    """The cells of one column, set at their first use."""

    def __init__(self, letters: Letters, column: Column, following: float | None) -> None:
        self.column = column
        self._letters = letters
        self._following = following

    def __missing__(self, texts: tuple[Text, ...]) -> SetCell:
        cell = self.set(self.wrap(texts))
        if len(cell.operators) <= _LONGEST_KEPT:
            if len(self) >= _KEPT:
                self.clear()
            self[texts] = cell
        return cell

    def wrap(self, texts: Texts) -> list[Run]:
        """Break the texts of a cell into lines, each text beginning a line of its own."""
        width = self.column.width
        return [
            Run(get_face(style.face).wrap(text, style.size, width), style) for text, style in texts
        ]

    def set(self, runs: Sequence[Run]) -> SetCell:
        """Return the operators for a cell; it is entered and left in the style of a cell."""
        written: list[str] = []
        before, height, shift = theme.CELL, 0, 0.0
        for lines, style in runs:
            if style is not before and lines:
                written.append(self._letters.choose(style, before))
                before = style
            if self.column.align == "left":
                written += [self._letters.show_below(line, style) for line in lines]
            else:
                for line in lines:
                    operators, shift = self._show_at_right(line.rstrip(), style, shift)
                    written.append(operators)
            height += len(lines)
        if before is not theme.CELL:
            written.append(self._letters.choose(theme.CELL, before))
        if self._following is not None:
            away = self._following - self.column.left - shift
            written.append(f"{numbers((away, LEADING * height))} Td ")
        return SetCell("".join(written), height)

    def _show_at_right(self, line: str, style: Style, shift: float) -> tuple[str, float]:
        free = self.column.width - get_face(style.face).width(line, style.size)
        move = f"{numbers((free - shift, -LEADING))} Td "
        return f"{move}{self._letters.show(line, style)}", free


class TableSetter:
    """The columns of one table."""

    def __init__(self, letters: Letters, columns: Sequence[Column]) -> None:
        self.columns = columns
        following = [*(column.left for column in columns[1:]), None]
        pairs = zip(columns, following, strict=False)
        self._setters = [Setter(letters, column, next_left) for column, next_left in pairs]

    def set(self, row: Sequence[Texts]) -> tuple[list[str], int]:
        """Return the cells of a row as operators, and how many lines the highest has."""
        operators = []
        height = 1
        for setter, texts in zip(self._setters, row, strict=True):
            cell = setter[tuple(texts)]
            operators.append(cell.operators)
            height = max(height, cell.height)
        return operators, height

    def wrap(self, row: Sequence[Texts]) -> list[list[Run]]:
        """Return the lines of a row, to be split between pages."""
        pairs = zip(self._setters, row, strict=True)
        return [setter.wrap(texts) for setter, texts in pairs]

    def set_runs(self, cells: Sequence[Sequence[Run]]) -> list[str]:
        """Return the cells of a part of a row as operators."""
        pairs = zip(self._setters, cells, strict=True)
        return [setter.set(runs).operators for setter, runs in pairs]
