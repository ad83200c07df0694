"""The embedded fonts: how wide a text is and which lines it wraps into.

A character no font holds prints as a black square, so a reader sees that something stood there.
"""

import unicodedata
from collections.abc import Iterable, Sequence
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
# Makes a text its shape, which has a zero for each figure.
ALIKE: Final = str.maketrans("123456789", "000000000")
_VARIATION_SELECTORS: Final = range(0xFE00, 0xFE10)
# What was measured is kept for texts that may come again, as names and words do.
_KEPT: Final = 4_000
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


class Words(dict[str, float]):
    """How wide each word prints with the space after it, found at its first use.

    One with figures in it is as wide as its shape, which comes again when it does not.
    """

    def __init__(self, characters: Widths) -> None:
        self._characters = characters
        self.has_shapes = len({characters[figure] for figure in "0123456789"}) == 1

    def __missing__(self, word: str) -> float:
        shape = word.translate(ALIKE) if self.has_shapes else word
        if shape != word:
            return self[shape]
        wide = sum(map(self._characters.__getitem__, word)) + self._characters[" "]
        if len(self) >= _KEPT:
            self.clear()
        if len(word) <= _LONGEST_KEPT:
            self[word] = wide
        return wide


class Face:
    """One font: its glyphs and their widths, in thousandths of the type size."""

    def __init__(self, file: TTFontFace) -> None:
        self.file = file
        self.glyphs: dict[int, int] = file.charToGlyph
        self._characters = Widths(self)
        self._words = Words(self._characters)
        self.has_shapes = self._words.has_shapes
        self._space = self._characters[" "]
        self.widest = max(self._characters[chr(point)] for point in range(32, 127))

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
        return (self._words[text] - self._space) * size / 1000

    def measure(self, text: str) -> float:
        """Return how wide a text is, in thousandths of the size; it is not remembered."""
        return sum(map(self._characters.__getitem__, text))

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
            return self.wrap_paragraph(text, room)
        text = unicodedata.normalize("NFC", text)
        return [
            line for paragraph in text.splitlines() for line in self.wrap_paragraph(paragraph, room)
        ]

    def wrap_paragraph(self, text: str, room: float) -> list[str]:
        """Break a text without line ends into lines; `room` is in thousandths of the size."""
        if len(text) * self.widest <= room and text.isascii():
            return [text] if text.strip() else []
        return self.break_lines(text, room)

    def break_lines(self, text: str, room: float) -> list[str]:
        """Break a text that may well be wider than a line."""
        room += self._space
        words = text.split()
        lines: list[str] = []
        used = 0.0
        first = following = 0
        for wide in map(self._words.__getitem__, words):
            used += wide
            if used > room:
                if wide > room:
                    return self._wrap_wide(words, room - self._space)
                lines.append(" ".join(words[first:following]) + " ")
                first, used = following, wide
            following += 1  # noqa: SIM113  # counting along is quicker, and this is every word
        if words:
            lines.append(" ".join(words[first:]))
        return lines

    def _wrap_wide(self, words: Iterable[str], room: float) -> list[str]:
        """Break words into lines, some of which are wider than a line and are cut."""
        lines: list[str] = []
        line: list[str] = []
        used = 0.0
        for word in words:
            wide = self._words[word]
            if used + wide > room + self._space:
                if line:
                    lines.append(" ".join(line) + " ")
                *whole, word = self._cut(word, room)  # noqa: PLW2901
                lines += whole
                line, used = [], 0.0
                wide = self._words[word]
            line.append(word)
            used += wide
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


@cache
def get_face(name: str) -> Face:
    """Load a font of the report, once for all reports."""
    package, file = FILES[name]
    return Face(TTFontFace(BytesIO(files(package).joinpath("files", file).read_bytes())))
