"""The rows of a table, set: what a cell's texts wrap into and the operators that show it.

A cell begins at the left edge of its column one line above the row, in the style of a cell, and
ends where the next one begins, so that a text which comes again is written as it was before.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from reports import theme
from reports.fontset import Face, get_face
from reports.lettering import Letters
from reports.theme import Style

LEADING: Final = 9.5
_KEPT: Final = 1_000
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


class Manner(NamedTuple):
    """A style in a column: the way into it and back, and how long a text always fits."""

    face: Face
    room: float
    surely_fits: int
    before: str
    after: str
    style: Style


class Lines(dict[Text, tuple[str, int]]):
    """The texts of one column as operators with the count of their lines, set at first use."""

    def __init__(self, letters: Letters, column: Column, following: float | None) -> None:
        self.ways = Ways(0 if following is None else following - column.left)
        self._letters = letters
        self._width = column.width
        self._at_right = column.align == "right"
        self._manners: dict[Style, Manner] = {}

    def __missing__(self, text: Text) -> tuple[str, int]:
        words, style = text
        manner = self._manners.get(style) or self._manner(style)
        if words.isascii() and words.isprintable() and words[:1] > " ":
            shown = self._set_plain(words, manner)
        else:
            shown = self.show(manner.face.wrap(words, style.size, self._width), style)
        if len(words) <= _LONGEST_KEPT:
            if len(self) >= _KEPT:
                self.clear()
            self[text] = shown
        return shown

    def _set_plain(self, words: str, manner: Manner) -> tuple[str, int]:
        """Set a text of printable ASCII, which is nearly every one, on the shortest way."""
        face, room, surely_fits, before, after, style = manner
        if self._at_right:
            free = room - face.measure(words)
            if free < 0:
                return self.show(face.wrap_paragraph(words, room), style)
            across = free * self._width / room
            shown = f"{across:.2f} {-LEADING} Td ({_escaped(words)}) Tj {-across:.2f} 0 Td "
            return f"{before}{shown}{after}", 1
        if len(words) <= surely_fits:
            return f"{before}({_escaped(words)})' {after}", 1
        lines = face.wrap_paragraph(words, room)
        broken = _escaped("\n".join(lines)).replace("\n", ")' (")
        return f"{before}({broken})' {after}", len(lines)

    def _manner(self, style: Style) -> Manner:
        face, change = get_face(style.face), self._letters.change
        room = self._width * 1000 / style.size
        there, back = change(theme.CELL, style), change(style, theme.CELL)
        made = self._manners[style] = Manner(
            face, room, int(room / face.widest), there, back, style
        )
        return made

    def show(self, lines: Sequence[str], style: Style) -> tuple[str, int]:
        """Return the operators for lines, each of which goes one line down to show itself."""
        manner = self._manners.get(style) or self._manner(style)
        if self._at_right:
            shown = "".join([self._show_at_right(line.rstrip(), style) for line in lines])
        else:
            shown = "".join([self._letters.show_below(line, style) for line in lines])
        return f"{manner.before}{shown}{manner.after}" if lines else "", len(lines)

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
