"""The quarterly report as PDF, CSV, JSON and XLSX, all from one reading that was reconciled."""

from io import BytesIO
from typing import BinaryIO, Final

from reports.archive import attach, attach_data
from reports.binding import bind
from reports.content import Content
from reports.data_files import csv_chunks, write_csv
from reports.figures import Figures, add_up
from reports.front import highest_of, write_cover, write_summary
from reports.json_file import json_chunks, write_json
from reports.listing import Listing
from reports.page import Page
from reports.paper import Book
from reports.parts import write_parts
from reports.reconcile import ReconciliationError, reconcile
from reports.sealing import put_seal
from reports.signing import Signature, Signer
from reports.source import QuarterReport
from reports.theme import PAGE_HEIGHT
from reports.verification import write_verification
from reports.volume_listing import Volume, VolumeListing
from reports.wording import range_words
from reports.workbook import write_workbook

__all__ = [
    "ReconciliationError",
    "build_csv",
    "build_json",
    "build_pdf",
    "build_xlsx",
]

_CSV_TOLD: Final = "Every share of the report, one to a row; its SHA-256 is the content hash"
_JSON_TOLD: Final = "The whole report for programs"


def build_pdf(report: QuarterReport, *, tagged: bool = True, signer: Signer | None = None) -> bytes:
    """Return the report as a PDF to be read from front to back."""
    target = BytesIO()
    write_pdf(report, target, tagged=tagged, signer=signer)
    return target.getvalue()


def write_pdf(
    report: QuarterReport,
    target: BinaryIO,
    *,
    tagged: bool = True,
    signer: Signer | None = None,
) -> None:
    """Write the report as a PDF, page by page as it is made, and sign it with the firm's key."""
    write_reconciled(reconcile(report), target, tagged=tagged, signer=signer)


def write_reconciled(
    report: QuarterReport,
    target: BinaryIO,
    *,
    tagged: bool = True,
    signer: Signer | None = None,
    volume: Volume | None = None,
    content: Content | None = None,
) -> None:
    """Write a report that was reconciled, or one volume of it; the data are in the first.

    The first tells `content` their digest, which the others ask for when their pages are written.
    """
    title = f"{report.meta.title}, {range_words(report.meta.period)}"
    if volume:
        title = f"{title}, {volume.words}"
    book = Book(target, report.meta, title, tagged=tagged)
    name = report.meta.stem
    content = content or Content()
    is_first = not volume or volume.number == 1
    if is_first:
        attach_data(book, f"{name}.csv", "text/csv", _CSV_TOLD, csv_chunks(report))
        attach(book, f"{name}.json", "application/json", _JSON_TOLD, json_chunks(report))
        content.tell(book.digest)
    signature = Signature(book, signer) if signer else None
    figures = add_up(report)
    cover, summary = _write_pages(book, report, figures, signer, signature, volume)
    if not is_first:
        book.digest = content.wait()
    book.reopen(cover)
    write_cover(book, report, figures, volume=volume.words if volume else "")
    book.reopen(summary)
    write_summary(book, report, figures)
    bind(book, extra=signature.catalog if signature else b"")
    if signature:
        signature.seal(target)
    else:
        put_seal(target, book.document.seal_place)


def _write_pages(
    book: Book,
    report: QuarterReport,
    figures: Figures,
    signer: Signer | None,
    signature: Signature | None,
    volume: Volume | None,
) -> tuple[Page, Page]:
    """Write all pages but the two that come first, which are held; return these."""
    cover = book.turn(furniture=False, held=True)
    book.mark("Cover", level=0, top=PAGE_HEIGHT)
    summary = book.turn(held=True)
    book.mark("A. Summary", level=0, top=PAGE_HEIGHT)
    book.wanted = {total.recipient_id for total in highest_of(report.totals)}
    listing = VolumeListing(book, volume.rows) if volume else Listing(book)
    letter = write_parts(listing, report, figures)
    name = report.meta.stem
    write_verification(
        book,
        f"{letter}. Verification",
        pdf=volume.name(name) if volume else f"{name}.pdf",
        csv=f"{name}.csv",
        signature=signature,
        signer=signer,
    )
    return cover, summary


def build_csv(report: QuarterReport) -> bytes:
    """Return the shares of the report as CSV, one row for each."""
    return write_csv(reconcile(report))


def build_json(report: QuarterReport) -> bytes:
    """Return the whole report as canonical JSON."""
    return write_json(reconcile(report))


def build_xlsx(report: QuarterReport) -> bytes:
    """Return the shares of the report as a workbook, cell for cell as in the CSV."""
    return write_workbook(reconcile(report))
