"""How a document writes text: the codes its fonts have, and the operators that show them.

A font is embedded in subsets of 256 codes. Those of the first are the same in every document:
Latin-1 keeps its own codes, so almost every text is written as it is. Other letters are given
codes in further subsets, in the order of first use.
"""

from collections.abc import Sequence
from functools import cache
from itertools import groupby
from typing import Final

from reports.fontset import MISSING, Face, get_face
from reports.theme import Color, Style

# Codes 9, 10 and 13 are white space to a reader of operators: signs that no one types rest there.
_LOW: Final = "ĀāĂăĄąĆć\u02d8\u02d9Čč\u02daĎďĐđĒēĖėĘęĚěĞğİıŁł"  # noqa: RUF001  # letters, not look-alikes
_MIDDLE: Final = "–—‘’“”•…€™ŃńŒœŘřŚśŠšŞşŮůŹźŻżŽžŐőű"  # noqa: RUF001
_HIGH: Final = "".join(map(chr, range(0xA1, 0x100)))
_ASCII: Final = "".join(map(chr, range(32, 127)))
CODE_PAGE: Final = tuple(map(ord, "\0" + _LOW + _ASCII + chr(MISSING) + _MIDDLE + _HIGH))


class Codes(dict[int, str]):
    """What is written for each character of a face: a table for `str.translate`.

    A character of the first subset is written as its code, escaped; one of subset n as the
    code point n * 256 + code, for `_runs` to take apart.
    """

    def __init__(self, face: Face) -> None:
        self.subsets: list[list[int]] = [list(CODE_PAGE)]
        self._face = face
        for code, point in enumerate(CODE_PAGE):
            self[point] = _escape(chr(code)) if code and face.shown(chr(point)) else ""
        del self[0]

    def __missing__(self, code_point: int) -> str:
        shown = self._face.shown(chr(code_point))
        if shown and ord(shown) not in self:
            self[ord(shown)] = self._give_code(ord(shown))
        written = self[code_point] = self[ord(shown)] if shown else ""
        return written

    def _give_code(self, code_point: int) -> str:
        if len(self.subsets) == 1 or len(self.subsets[-1]) == len(CODE_PAGE):
            self.subsets.append([0])
        self.subsets[-1].append(code_point)
        return chr((len(self.subsets) - 1) * 256 + len(self.subsets[-1]) - 1)


class Letters:
    """The fonts of one document, and what was written with them for texts that come again."""

    def __init__(self, faces: Sequence[str]) -> None:
        self.codes = {name: Codes(get_face(name)) for name in faces}
        self._changes: dict[tuple[Style, Style], str] = {}
        self._names = {name: f"/F{i}" for i, name in enumerate(faces)}

    def fonts(self) -> list[tuple[str, str, int, list[int]]]:
        """Return each embedded font: its name, face and subset, and its code points by code."""
        return [
            (self._name(face, subset), face, subset, points)
            for face, codes in self.codes.items()
            for subset, points in enumerate(codes.subsets)
        ]

    def choose(self, style: Style, before: Style | None = None) -> str:
        """Return the operators that go over to a style from the one before."""
        font = before is None or (style.face, style.size) != (before.face, before.size)
        color = before is None or style.color != before.color
        chosen = f"{self._names[style.face]} {style.size:g} Tf " if font else ""
        return f"{chosen}{color_operands(style.color)} rg " if color else chosen

    def change(self, before: Style, style: Style) -> str:
        """Return the operators that go over to a style, remembered as there are few of them."""
        found = self._changes.get((before, style))
        if found is None:
            found = self._changes[before, style] = self.choose(style, before)
        return found

    def show(self, text: str, style: Style) -> str:
        """Return the operators that show a line, in the style chosen."""
        written = self._write(text, style.face)
        if written is None:
            return self._show_runs(text, style)
        return f"({written}) Tj "

    def show_below(self, text: str, style: Style) -> str:
        """Return the operators that go to the next line and show it, in the style chosen."""
        written = self._write(text, style.face)
        if written is None:
            return f"T* {self._show_runs(text, style)}"
        return f"({written})' "

    def _write(self, text: str, face: str) -> str | None:
        """Return a text in the codes of the first subset, or None if it needs others."""
        if text.isascii() and text.isprintable():
            if "\\" in text or "(" in text or ")" in text:
                return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            return text
        written = text.translate(self.codes[face])
        return written if not written or max(written) < "\u0100" else None

    def _show_runs(self, text: str, style: Style) -> str:
        """Show a text in runs of one subset each, and return to the first."""
        pieces = []
        for subset, run in groupby(text.translate(self.codes[style.face]), _subset):
            codes = "".join(run)
            if subset:
                codes = "".join(_escape(chr(ord(code) & 255)) for code in codes)
            pieces.append(f"{self._name(style.face, subset)} {style.size:g} Tf ({codes}) Tj ")
        return f"{''.join(pieces)}{self._names[style.face]} {style.size:g} Tf "

    def _name(self, face: str, subset: int) -> str:
        return f"{self._names[face]}x{subset}" if subset else self._names[face]


@cache
def color_operands(color: Color) -> str:
    """Return a color as the operands of a color operator."""
    return f"{color.red:g} {color.green:g} {color.blue:g}"


def _subset(written: str) -> int:
    return ord(written) >> 8


def _escape(code: str) -> str:
    if code in "()\\":
        return f"\\{code}"
    return "\\r" if code == "\r" else code
