"""The rows of a table, set: what a cell's texts wrap into and the operators that show it.

A cell begins at the left edge of its column one line above the row, in the style of a cell, and
ends where the next one begins, so that a text which comes again is written as it was before.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from reports import theme
from reports.fontset import ALIKE, get_face
from reports.lettering import Letters
from reports.theme import Style

LEADING: Final = 9.5
_KEPT: Final = 1_000
_LONGEST_KEPT: Final = 300
_LONGEST_SHAPE: Final = 24

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


class Manner(dict[str, tuple[str, int]]):
    """The texts of one column in one style: the operators of each, and how many lines it has.

    `ways` lead on from below so many lines.

    A text is set at its first use. A short one with figures in it is kept as its shape, with a
    zero for every figure, since all figures are equally wide: few shapes stand for all amounts,
    days and references of a report.
    """

    def __init__(
        self, letters: Letters, column: Column, style: Style, ways: Mapping[int, str]
    ) -> None:
        self._letters = letters
        self._ways = ways
        self._face = get_face(style.face)
        self._style = style
        self._width = column.width
        self._at_right = column.align == "right"
        self._room = column.width * 1000 / style.size
        # So long may a text be that always fits, whatever its letters.
        self._surely_fits = int(self._room / self._face.widest)
        self._before = letters.change(theme.CELL, style)
        self._after = letters.change(style, theme.CELL)
        self._shapes: dict[str, tuple[str, str]] = {}

    def __missing__(self, words: str) -> tuple[str, int]:
        if len(words) <= _LONGEST_SHAPE:
            shape = self._shapes.get(words.translate(ALIKE))
            if shape is not None:
                return f"{shape[0]}{words}{shape[1]}", 1
        if words.isascii() and words.isprintable() and words[:1] > " ":
            shown = self._set_plain(words)
        else:
            shown = self.show(self._face.wrap(words, self._style.size, self._width))
        if len(words) <= _LONGEST_KEPT:
            if len(self) >= _KEPT:
                self.clear()
            self[words] = shown
        return shown

    def _set_plain(self, words: str) -> tuple[str, int]:
        """Set a text of printable ASCII, which is nearly every one, on the shortest way."""
        if self._at_right:
            free = self._room - self._face.measure(words)
            if free < 0:
                return self.show(self._face.wrap_paragraph(words, self._room))
            across = free * self._width / self._room
            begin, end = f"{across:.2f} {-LEADING} Td (", f") Tj {-across:.2f} 0 Td "
            return self._set_shape(words, f"{self._before}{begin}", f"{end}{self._after}")
        if len(words) <= self._surely_fits:
            return self._set_shape(words, f"{self._before}(", f")' {self._after}")
        lines = self._face.break_lines(words, self._room)
        broken = _escaped("\n".join(lines)).replace("\n", ")' (")
        return f"{self._before}({broken})' {self._after}{self._ways[len(lines)]}", len(lines)

    def _set_shape(self, words: str, begin: str, end: str) -> tuple[str, int]:
        """Set a text on one line, and remember how for all texts of its shape."""
        end += self._ways[1]
        escaped = _escaped(words)
        if escaped == words and len(words) <= _LONGEST_SHAPE and self._face.has_shapes:
            self._shapes[words.translate(ALIKE)] = begin, end
        return f"{begin}{escaped}{end}", 1

    def show(self, lines: Sequence[str]) -> tuple[str, int]:
        """Return the operators for lines, each of which goes one line down to show itself."""
        if self._at_right:
            shown = "".join([self._show_at_right(line.rstrip()) for line in lines])
        else:
            shown = "".join([self._letters.show_below(line, self._style) for line in lines])
        if lines:
            shown = f"{self._before}{shown}{self._after}"
        return f"{shown}{self._ways[len(lines)]}", len(lines)

    def _show_at_right(self, line: str) -> str:
        free = self._width - self._face.width(line, self._style.size)
        shown = self._letters.show(line, self._style)
        return f"{free:.2f} {-LEADING} Td {shown}{-free:.2f} 0 Td "


class Styles(dict[Style, Manner]):
    """The texts of one column by style."""

    def __init__(self, letters: Letters, column: Column, ways: Mapping[int, str]) -> None:
        self._letters, self._column, self._ways = letters, column, ways

    def __missing__(self, style: Style) -> Manner:
        made = self[style] = Manner(self._letters, self._column, style, self._ways)
        return made


class Cells:
    """The texts of one column: those alone in a cell lead on to the next, others stay below it."""

    def __init__(self, letters: Letters, column: Column, following: float | None) -> None:
        self.ways = Ways(0 if following is None else following - column.left)
        self.alone = Styles(letters, column, self.ways)
        self.among = Styles(letters, column, defaultdict(str))
        self._column = column

    def wrap(self, texts: Texts) -> list[Run]:
        """Break the texts of a cell into lines, to be split between pages."""
        width = self._column.width
        return [
            Run(get_face(style.face).wrap(text, style.size, width), style) for text, style in texts
        ]

    def join(self, runs: Sequence[Run]) -> str:
        """Return the operators of a cell from its lines."""
        shown = [self.among[style].show(lines)[0] for lines, style in runs]
        return "".join(shown) + self.ways[sum(len(lines) for lines, _ in runs)]


def _escaped(text: str) -> str:
    if "(" in text or ")" in text or "\\" in text:
        return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return text


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
        self._cells = [Cells(letters, column, next_left) for column, next_left in pairs]

    def set(self, row: Sequence[Texts]) -> tuple[list[str], int]:
        """Return the cells of a row as operators, and how many lines the highest has."""
        cells = []
        height = 1
        for known, texts in zip(self._cells, row, strict=True):
            if len(texts) == 1:
                ((words, style),) = texts
                cell, lines = known.alone[style][words]
            else:
                cell, lines = "", 0
                for words, style in texts:
                    shown, count = known.among[style][words]
                    cell += shown
                    lines += count
                cell += known.ways[lines]
            cells.append(cell)
            if lines > height:  # noqa: PLR1730  # of every cell of a long report
                height = lines
        return cells, height

    def wrap(self, row: Sequence[Texts]) -> list[list[Run]]:
        """Return the lines of a row, to be split between pages."""
        pairs = zip(self._cells, row, strict=True)
        return [known.wrap(texts) for known, texts in pairs]

    def set_runs(self, cells: Sequence[Sequence[Run]]) -> list[str]:
        """Return the cells of a part of a row as operators."""
        pairs = zip(self._cells, cells, strict=True)
        return [known.join(runs) for known, runs in pairs]
