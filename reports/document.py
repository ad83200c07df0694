"""The PDF file itself: ReportLab's canvas, fed with finished operators."""

from collections.abc import Sequence
from datetime import UTC
from functools import cache
from io import BytesIO
from threading import Lock
from typing import Final, NamedTuple

from reportlab import rl_config
from reportlab.pdfbase.pdfdoc import PDFDocument
from reportlab.pdfgen.canvas import Canvas

from reports import theme
from reports.fontset import Codes, get_face, in_subsets
from reports.source import ReportMeta
from reports.theme import Color, Style

# Text armor makes files larger and is slow where its C helper is not installed.
rl_config.useA85 = 0

_SAVING: Final = Lock()
_KEPT: Final = 20_000
_LONGEST_KEPT: Final = 80


class Link(NamedTuple):
    """A rectangle that leads to a marked place."""

    box: tuple[float, float, float, float]
    key: str
    title: str


class Page:
    """One page: what is drawn on it, where it leads, and what it is found by."""

    def __init__(self, number: int, *, furniture: bool) -> None:
        self.number = number
        self.furniture = furniture
        self.style: Style | None = None
        self.operators: list[str] = []
        self.links: list[Link] = []
        self.marks: list[tuple[str, float]] = []


class Document(Canvas):
    """A canvas that takes operators as they are and knows the codes of its fonts."""

    _doc: PDFDocument

    def __init__(self, meta: ReportMeta, title: str) -> None:
        self._target = BytesIO()
        super().__init__(
            self._target,
            pagesize=(theme.PAGE_WIDTH, theme.PAGE_HEIGHT),
            pageCompression=1,
            invariant=1,
            # The stub takes the name of a font for a number.
            initialFontName=get_face(theme.SANS).font.fontName,  # type: ignore[arg-type]
            lang="en-US",
        )
        self._codes: dict[str, Codes] = {}
        self._choices: dict[Style, str] = {}
        self._written: dict[Style, dict[str, str]] = {}
        self._describe(meta, title)

    def _describe(self, meta: ReportMeta, title: str) -> None:
        self.setTitle(title)
        self.setAuthor(meta.firm)
        self.setSubject(f"{meta.rule}, {meta.scope}, {meta.first_day} to {meta.last_day}")
        self.setCreator(meta.software)
        moment = f"D:{meta.made_at.astimezone(UTC):%Y%m%d%H%M%S}Z"
        self.setDateFormatter(lambda *_: moment)
        self.setViewerPreference("DisplayDocTitle", "true")
        self.showOutline()

    def choose(self, style: Style) -> str:
        """Return the operators that choose a face, a size and a color."""
        found = self._choices.get(style)
        if found is None:
            self._written[style] = {}
            self._codes.setdefault(style.face, Codes(get_face(style.face), self._doc))
            font = f"{self._resource(style.face, 0)} {style.size:g} Tf"
            found = self._choices[style] = f"{font} {color_operands(style.color)} rg"
        return found

    def show(self, lines: Sequence[str], style: Style) -> str:
        """Return the operators that show lines below one another in the style chosen last."""
        text = lines[0] if len(lines) == 1 else "\n".join(lines)
        written = self._written[style]
        found = written.get(text)
        if found is None:
            found = self._compose(text, style)
            if len(text) <= _LONGEST_KEPT and len(written) < _KEPT:
                written[text] = found
        return found

    def _compose(self, text: str, style: Style) -> str:
        codes = text.translate(self._codes[style.face])
        if codes.isascii():
            return f"({codes}) Tj".replace("\n", ") Tj T* (")
        return " T* ".join(self._show_in_subsets(line, style) for line in codes.split("\n"))

    def _show_in_subsets(self, written: str, style: Style) -> str:
        pieces = [
            f"{self._resource(style.face, subset)} {style.size:g} Tf ({codes}) Tj"
            for subset, codes in in_subsets(written)
        ]
        return " ".join([*pieces, f"{self._resource(style.face, 0)} {style.size:g} Tf"])

    def _resource(self, face: str, subset: int) -> str:
        name: str = get_face(face).font.getSubsetInternalName(subset, self._doc)
        return name

    def add(self, page: Page) -> None:
        """Add a finished page."""
        for key, top in page.marks:
            self.bookmarkHorizontalAbsolute(key, top)
        for link in page.links:
            self.linkAbsolute(link.title, link.key, link.box)
        self.addLiteral("\n".join(page.operators))
        self.showPage()

    def to_bytes(self) -> bytes:
        """Close the document and return the file."""
        # ReportLab reads the shared font files by position, which two threads must not mix.
        with _SAVING:
            self.save()
        return self._target.getvalue()


@cache
def color_operands(color: Color) -> str:
    """Return a color as the operands of a color operator."""
    return f"{color.red:g} {color.green:g} {color.blue:g}"
