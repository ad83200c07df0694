"""The signature of a report, put in while the file is written: nothing is read or written twice.

The field and an empty place for the signature are objects of the file like any other. When
the file is complete its bytes are hashed once, but for that place, and the signature goes in.
"""

from datetime import UTC, datetime
from typing import BinaryIO, Final, NamedTuple, Protocol

from reports import theme
from reports.lettering import color_operands
from reports.page import numbers
from reports.paper import Book
from reports.sealing import digest_around
from reports.stream import text_string
from reports.theme import Style

REASON: Final = "Made from the register as it was read, and not changed since"
# Room for the signature, its certificates and a time stamp, in bytes.
ROOM: Final = 16_384
_TOO_LONG: Final = (
    "The signature with its certificates has {size:,} bytes, and a report has room for {room:,};"
    " take certificates out of the key file that the signature does not need."
)
_RANGE: Final = b"[0 %010d %010d %010d]"
_NAME: Final = Style(theme.SERIF_SEMI, 15)


class ReportKeyError(Exception):
    """The key cannot sign a report; the text says why and what would do."""


class SignatureError(Exception):
    """The PDF is not what was signed, or its data are not those it was made with."""


class FoundSignature(NamedTuple):
    """A signature that holds: by whom, with which certificate, and since when it exists."""

    name: str
    fingerprint: str
    stamped_at: datetime | None


class Signer(Protocol):
    """Whoever holds the key: who that is, and what it says under a hash."""

    name: str

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What the certificate says, in words."""

    def signed_at(self, read_at: datetime) -> datetime:
        """Return the moment the signature is dated."""

    def sign(self, digest: bytes) -> bytes:
        """Return the signature of a SHA-256 hash, as it stands in the file."""


class Signature:
    """A signature on its way into a file."""

    def __init__(self, book: Book, signer: Signer) -> None:
        self._book = book
        self._signer = signer
        self._at = signer.signed_at(book.meta.made_at).astimezone(UTC)
        self._range_place = 0
        self._place = 0
        self.catalog = b""

    def put(self, box: tuple[float, float, float, float]) -> None:
        """Put the field on the current page, and the place for the signature in the file."""
        document = self._book.document
        value, widget = document.reserve(), document.reserve()
        shown = self._put_appearance(box[2] - box[0], box[3] - box[1])
        told = text_string(f"Digital signature of {self._signer.name}")
        extra = self._book.annotate(widget, kind="Form", told=told)
        document.put_plain(
            widget,
            b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature)/TU%b/F 132/Rect[%b]/P %d 0 R"
            b"/AP<</N %d 0 R>>/V %d 0 R%b>>"
            % (told, numbers(box).encode(), self._book.page_object, shown, value, extra),
        )
        self._put_value(value)
        self.catalog = b"/AcroForm<</Fields[%d 0 R]/SigFlags 3>>/Perms<</DocMDP %d 0 R>>" % (
            widget,
            value,
        )

    def _put_appearance(self, wide: float, high: float) -> int:
        """Write what is seen of the signature, in the fonts of the report."""
        edge = color_operands(theme.ACCENT)
        frame = numbers((0.375, 0.375, wide - 0.75, high - 0.75))
        drawn = [
            f"q {edge} RG 0.75 w {frame} re S {edge} rg 0 0 4 {high:g} re f Q",
            self._line("Digitally signed by", high - 22, theme.FACT_NOTE),
            self._line(self._signer.name, high - 43, _NAME),
            self._line(self._book.meta.firm, high - 62, theme.FACT),
            self._line(f"Dated {self._at:%Y-%m-%d %H:%M:%S} UTC", high - 84, theme.BODY_NOTE),
            self._line(REASON, high - 97, theme.BODY_NOTE),
        ]
        entries = b"/Type/XObject/Subtype/Form/BBox[0 0 %b]/Resources %d 0 R" % (
            numbers((wide, high)).encode(),
            self._book.fonts,
        )
        content = "\n".join(drawn).encode("latin-1")
        return self._book.document.put_stream(self._book.document.reserve(), content, entries)

    def _line(self, text: str, y: float, style: Style) -> str:
        letters = self._book.letters
        text = " ".join(text.split())
        return f"BT {letters.choose(style)}16 {y:g} Td {letters.show(text, style)}ET"

    def _put_value(self, number: int) -> None:
        moment = text_string(f"D:{self._at:%Y%m%d%H%M%S}+00'00'")
        head = (
            b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M%b/Name%b/Reason%b"
            b"/Reference[<</Type/SigRef/TransformMethod/DocMDP"
            b"/TransformParams<</Type/TransformParams/P 1/V/1.2>>>>]/ByteRange"
            % (moment, text_string(self._signer.name), text_string(REASON))
        )
        empty = _RANGE % (0, 0, 0)
        middle = b"/Contents"
        place = self._book.document.put_plain(
            number, b"%b%b%b<%b>>>" % (head, empty, middle, b"0" * (2 * ROOM))
        )
        self._range_place = place + len(head)
        self._place = self._range_place + len(empty) + len(middle)

    def seal(self, target: BinaryIO) -> None:
        """Sign all bytes of the finished file but those of the signature itself."""
        target.flush()
        end = target.seek(0, 2)
        begin, after = self._place, self._place + 2 * ROOM + 2
        target.seek(self._range_place)
        target.write(_RANGE % (begin, after, end - after))
        signature = self._signer.sign(digest_around(target, begin, after))
        if len(signature) > ROOM:
            raise ReportKeyError(_TOO_LONG.format(size=len(signature), room=ROOM))
        target.seek(begin + 1)
        target.write(signature.hex().encode())
        target.seek(end)
