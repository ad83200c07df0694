"""The embedded fonts: how wide a text is and which lines it wraps into.

A character no font holds prints as a black square, so a reader sees that something stood there.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Final

from reportlab.pdfbase.ttfonts import TTFontFace

from reports.theme import SANS, SEMI, SERIF, SERIF_SEMI

MISSING: Final = ord("■")
FILES: Final = {
    SANS: ("font_source_sans_pro", "SourceSansPro-Regular.ttf"),
    SEMI: ("font_source_sans_pro", "SourceSansPro-Semibold.ttf"),
    SERIF: ("font_source_serif_pro", "SourceSerifPro-Regular.ttf"),
    SERIF_SEMI: ("font_source_serif_pro", "SourceSerifPro-Semibold.ttf"),
}
_VARIATION_SELECTORS: Final = range(0xFE00, 0xFE10)
# What was measured is kept for texts that may come again, as names and words do.
_KEPT: Final = 8_000
_LONGEST_KEPT: Final = 80


class Widths(dict[str, float]):
    """How wide each character prints, found at its first use."""

    def __init__(self, face: "Face") -> None:
        self._face = face

    def __missing__(self, character: str) -> float:
        shown = self._face.shown(character)
        wide = self._face.file.charWidths.get(ord(shown), 0.0) if shown else 0.0
        self[character] = wide
        return wide


class Face:
    """One font: its glyphs and their widths, in thousandths of the type size."""

    def __init__(self, file: TTFontFace) -> None:
        self.file = file
        self.glyphs: dict[int, int] = file.charToGlyph
        self._characters = Widths(self)
        self._words: dict[str, float] = {}
        self._widest = max(self._characters[chr(point)] for point in range(32, 127))

    def shown(self, character: str) -> str:
        """Return what is printed for a character: itself, the square, or nothing."""
        # Joiners, soft hyphens, marks of direction and the like have no ink of their own.
        if unicodedata.category(character) == "Cf" or ord(character) in _VARIATION_SELECTORS:
            return ""
        if character.isspace():
            return " "
        return character if ord(character) in self.glyphs else chr(MISSING)

    def width(self, text: str, size: float) -> float:
        """Return how wide a text is at a size."""
        return self._measure(text) * size / 1000

    def fit(self, text: str, size: float, width: float) -> str:
        """Return a text cut to a width, with an ellipsis where something was cut."""
        if self.width(text, size) <= width:
            return text
        room = width * 1000 / size - self._characters["…"]
        return self._cut(text, room)[0].rstrip() + "…"

    def wrap(self, text: str, size: float, width: float) -> Sequence[str]:
        """Break a text into lines no wider than `width`; every word survives.

        A line that goes on ends in a space, so that a search finds words across lines; a
        word broken because it alone is too wide does not.
        """
        room = width * 1000 / size
        if text.isascii() and text.isprintable():
            if len(text) * self._widest <= room or self._measure(text) <= room:
                return [text] if text.strip() else []
            return self._wrap_paragraph(text.split(), room)
        text = unicodedata.normalize("NFC", text)
        paragraphs = text.splitlines()
        if len(paragraphs) == 1 and self._measure(text) <= room:
            return paragraphs if text.strip() else []
        return [
            line
            for paragraph in paragraphs
            for line in self._wrap_paragraph(paragraph.split(), room)
        ]

    def _wrap_paragraph(self, words: list[str], room: float) -> list[str]:
        space = self._measure(" ")
        lines: list[str] = []
        line: list[str] = []
        used = -space
        for word in words:
            wide = self._measure(word)
            if used + space + wide > room:
                if line:
                    lines.append(" ".join(line) + " ")
                if wide > room:
                    *whole, word = self._cut(word, room)  # noqa: PLW2901
                    lines += whole
                    wide = self._measure(word)
                line, used = [], -space
            line.append(word)
            used += space + wide
        if line:
            lines.append(" ".join(line))
        return lines

    def _cut(self, word: str, room: float) -> list[str]:
        pieces = [""]
        used = 0.0
        for character in word:
            wide = self._characters[character]
            if used + wide > room and pieces[-1]:
                pieces.append("")
                used = 0.0
            pieces[-1] += character
            used += wide
        return pieces

    def _measure(self, text: str) -> float:
        found = self._words.get(text)
        if found is None:
            found = sum(map(self._characters.__getitem__, text))
            if len(self._words) >= _KEPT:
                self._words.clear()
            if len(text) <= _LONGEST_KEPT:
                self._words[text] = found
        return found


@cache
def get_face(name: str) -> Face:
    """Load a font of the report, once for all reports."""
    package, file = FILES[name]
    return Face(TTFontFace(BytesIO(files(package).joinpath("files", file).read_bytes())))
