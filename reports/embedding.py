"""The fonts of a report, embedded: the glyphs of each subset, their widths and their letters."""

from threading import Lock
from typing import Final

from reportlab.pdfbase.ttfonts import TTFontFace

from reports.fontset import get_face
from reports.stream import StreamDocument

# A font file is read by position, which two threads must not mix.
_READING: Final = Lock()
_SYMBOLIC: Final = 4
_NONSYMBOLIC: Final = 32
_BLOCK: Final = 100
_MAP_HEAD: Final = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
    "/CIDSystemInfo <</Registry(Adobe)/Ordering(UCS)/Supplement 0>> def\n"
    "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
    "1 begincodespacerange\n<00> <FF>\nendcodespacerange"
)
_MAP_TAIL: Final = "endcmap CMapName currentdict /CMap defineresource pop end end"


def embed(document: StreamDocument, face: str, subset: int, points: list[int]) -> int:
    """Write a subset of a font, given as code points by code; return its number."""
    file = get_face(face).file
    name = f"{_prefix(subset)}+{file.name.decode()}".encode()
    with _READING:
        glyphs = file.makeSubset(points)
    program = document.put_stream(document.reserve(), glyphs, b"/Length1 %d" % len(glyphs))
    descriptor = document.put(document.reserve(), _descriptor(file, name, program))
    letters = document.put_stream(document.reserve(), _letters(points).encode())
    widths = b" ".join(
        [b"%d" % round(file.charWidths.get(point, file.defaultWidth)) for point in points]
    )
    return document.put(
        document.reserve(),
        b"<</Type/Font/Subtype/TrueType/BaseFont/%b/FirstChar 0/LastChar %d/Widths[%b]"
        b"/FontDescriptor %d 0 R/ToUnicode %d 0 R>>"
        % (name, len(points) - 1, widths, descriptor, letters),
    )


def _descriptor(file: TTFontFace, name: bytes, program: int) -> bytes:
    box = b" ".join([b"%d" % side for side in file.bbox])
    lines = file.ascent, file.descent, file.capHeight, file.italicAngle, file.stemV
    return b"<</Type/FontDescriptor/FontName/%b/Flags %d/FontBBox[%b]%b/FontFile2 %d 0 R>>" % (
        name,
        file.flags & ~_NONSYMBOLIC | _SYMBOLIC,
        box,
        b"/Ascent %d/Descent %d/CapHeight %d/ItalicAngle %d/StemV %d" % lines,
        program,
    )


def _letters(points: list[int]) -> str:
    """Return the map that tells what letter each code is, so that text can be copied."""
    pairs = [
        f"<{code:02X}> <{chr(point).encode('utf-16-be').hex()}>"
        for code, point in enumerate(points)
        if point
    ]
    blocks = [pairs[i : i + _BLOCK] for i in range(0, len(pairs), _BLOCK)]
    told = [f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks]
    return "\n".join([_MAP_HEAD, *told, _MAP_TAIL])


def _prefix(subset: int) -> str:
    """Return six letters of its own for a subset, as the format asks for."""
    return f"AAAA{chr(ord('A') + subset // 26)}{chr(ord('A') + subset % 26)}"
