"""The quarterly report as PDF, CSV, JSON and XLSX, all from one reading that was reconciled."""

from hashlib import sha256
from io import BytesIO
from typing import BinaryIO, Final

from reports import lists
from reports.archive import attach
from reports.binding import bind
from reports.data_files import write_csv, write_json
from reports.figures import Figures, add_up
from reports.front import write_cover, write_summary
from reports.listing import Listing
from reports.method import write_method
from reports.paper import Book
from reports.reconcile import ReconciliationError, reconcile
from reports.register import write_register, write_totals
from reports.signing import Signature, Signer
from reports.source import QuarterReport
from reports.theme import PAGE_HEIGHT
from reports.verification import write_verification
from reports.workbook import write_workbook

__all__ = [
    "ReconciliationError",
    "build_csv",
    "build_json",
    "build_pdf",
    "build_xlsx",
]

_REGISTER_NOTE: Final = (
    "Every gift of the period by the recipient's employer on that day, with the recipient's running"
    " total against the limit of the day. Amounts in USD, times in UTC."
)
_TOTALS_NOTE: Final = (
    "What each recipient's gifts of the period come to, and the running total against the limit at"
    " the end of the period. Amounts in USD."
)
_EXCEPTIONS_NOTE: Final = (
    "Every gift, and every attempt, that is over a limit or was excepted from one, with the finding"
    " and what was decided about it."
)
_EXCLUSIONS_NOTE: Final = "Gifts kept out of the limit, by ground, with who decided the claim."
_PENDING_NOTE: Final = (
    "Gifts that waited for a decision when the register was read. What counts of them is reserved:"
    " it is part of the running totals."
)
_LATE_NOTE: Final = "Gifts that were logged later than the policy allows."
_DECISIONS_NOTE: Final = "Who decided what, when and why, in the order of time."
_CSV_TOLD: Final = "Every share of the report, one to a row; its SHA-256 is the content hash"
_JSON_TOLD: Final = "The whole report for programs"
# Enough for the whole part, so that it is read on one page.
_METHOD_ROOM: Final = 440.0
_METHOD_NOTE: Final = "How the numbers were made, how to check them, and what the words mean."


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
    report = reconcile(report)
    data = write_csv(report)
    title = f"Gifts and gratuities register, {report.meta.period}"
    book = Book(target, report.meta, title, digest=sha256(data).hexdigest(), tagged=tagged)
    name = report.meta.stem
    attach(book, f"{name}.csv", "text/csv", _CSV_TOLD, [data])
    attach(book, f"{name}.json", "application/json", _JSON_TOLD, [write_json(report)])
    signature = Signature(book, signer) if signer else None
    _write_parts(book, report, signer, signature)
    bind(book, extra=signature.catalog if signature else b"")
    if signature:
        signature.seal(target)


def _write_parts(
    book: Book, report: QuarterReport, signer: Signer | None, signature: Signature | None
) -> None:
    cover = book.turn(furniture=False, held=True)
    book.mark("Cover", level=0, top=PAGE_HEIGHT)
    summary = book.turn(held=True)
    book.mark("A. Summary", level=0, top=PAGE_HEIGHT)
    figures = add_up(report)
    _write_body(Listing(book), report, figures)
    name = report.meta.stem
    write_verification(book, "J. Verification", name=name, signature=signature, signer=signer)
    book.reopen(cover)
    write_cover(book, report, figures)
    book.reopen(summary)
    write_summary(book, report, figures)


def build_csv(report: QuarterReport) -> bytes:
    """Return the shares of the report as CSV, one row for each."""
    return write_csv(reconcile(report))


def build_json(report: QuarterReport) -> bytes:
    """Return the whole report as canonical JSON."""
    return write_json(reconcile(report))


def build_xlsx(report: QuarterReport) -> bytes:
    """Return the shares of the report as a workbook, cell for cell as in the CSV."""
    return write_workbook(reconcile(report))


def _write_body(listing: Listing, report: QuarterReport, figures: Figures) -> None:
    shares = report.shares
    listing.begin_part("B. Register by employer", _REGISTER_NOTE)
    write_register(listing, shares)
    listing.begin_part("C. Totals by recipient", _TOTALS_NOTE)
    write_totals(listing, report.totals)
    listing.begin_part("D. Exceptions and breaches", _EXCEPTIONS_NOTE)
    lists.write_exceptions(listing, shares)
    listing.begin_part("E. Exclusions by ground", _EXCLUSIONS_NOTE)
    lists.write_exclusions(listing, shares)
    listing.begin_part("F. Waiting for a decision", _PENDING_NOTE)
    lists.write_pending(listing, shares)
    listing.begin_part("G. Late entries", _LATE_NOTE)
    lists.write_late(listing, shares)
    listing.begin_part("H. Decisions", _DECISIONS_NOTE)
    lists.write_decisions(listing, shares)
    listing.begin_part("I. Method and words", _METHOD_NOTE, room=_METHOD_ROOM)
    write_method(listing, report.meta)
