"""The last page: who signed the report, what that means, and how to check it."""

from collections.abc import Iterable
from typing import Final

from reports import theme
from reports.paper import Book
from reports.signing import Signature, Signer
from reports.theme import Span, grid

MEANING: Final = """\
The signature covers every byte of this file. It says that whoever holds the key named here signed
the report as it was made from the register, and that nothing in it was changed since. It does not
say that what people entered into the register is true, and it is no approval by any regulator.

The signature is dated with the reading of the register, or with the first day of the key where
that came later, so that the same reading gives the same file. Only a time stamp, where the profile
is B-T, says when it was signed.

A certificate that the firm made itself proves who signed only to those who received its
fingerprint from the firm in another way. Compare it with the one given here."""
UNSIGNED: Final = """\
This file carries no signature. It has a seal, a SHA-256 over all its bytes, by which any changed
byte is found; but whoever makes another file can seal that too. The content hash tells whether the
data are those of the package; who made them is told by the manifest, the trail and how the package
was received."""
SIGNATURE: Final = "The signature"
CHECKS: Final = (
    ("Everything at once", "tally3220 verify {pdf}"),
    (SIGNATURE, "pdfsig {pdf}"),
    ("The data inside", "pdfdetach -saveall {pdf}"),
    ("The content hash", "sha256sum {csv}"),
)


def write_verification(
    book: Book,
    title: str,
    *,
    pdf: str,
    csv: str,
    signature: Signature | None,
    signer: Signer | None,
) -> None:
    """Write the page, with the field of the signature if there is one."""
    book.turn()
    book.enter("Sect", depth=1)
    book.mark(title, level=0, top=theme.PAGE_HEIGHT)
    book.text(theme.LEFT, 536, title, theme.PART)
    left = grid(0, 6)
    y = _write_texts(book, left, 506, "What it means", MEANING if signer else UNSIGNED)
    checks = (
        (told, command.format(pdf=pdf, csv=csv))
        for told, command in CHECKS
        if signer or told != SIGNATURE
    )
    _write_facts(book, left, y - 14, "How to check it", checks)
    if signer and signature:
        right = grid(7, 5)
        book.text(right.left, 506, "Signature", theme.HEADING)
        signature.put((right.left, 372, right.right, 492))
        _write_facts(book, right, 348, "Certificate", signer.facts)


def _write_texts(book: Book, span: Span, y: float, title: str, text: str) -> float:
    book.text(span.left, y, title, theme.HEADING)
    y -= 17
    for paragraph in text.split("\n\n"):
        y = book.paragraph(span, y, paragraph.replace("\n", " "), theme.BODY) - 5
    return y


def _write_facts(
    book: Book, span: Span, y: float, title: str, facts: Iterable[tuple[str, str]]
) -> None:
    book.text(span.left, y, title, theme.HEADING)
    y -= 18
    for label, value in facts:
        book.text(span.left, y, label, theme.BODY_NOTE)
        y = book.paragraph(Span(span.left + 96, span.width - 96), y, value, theme.BODY) - 6
        book.rule(y + 10.5, span=span)
