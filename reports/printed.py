"""What a PDF prints and holds inside, read back to be compared with the data files."""

import logging
from collections.abc import Mapping
from typing import IO, Any, Final

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from compliance_app.rules.report_kinds import ReportKind
from reports.figures import key_figures
from reports.reading_back import UnreadableError, cents

# What it notices of a damaged file is told in one sentence of ours.
logging.getLogger("pypdf").addHandler(logging.NullHandler())
logging.getLogger("pypdf").propagate = False
# Whatever a PDF that was tampered with can make its reader raise.
_DAMAGE: Final = (
    PyPdfError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    RecursionError,
    OSError,
    AssertionError,
    NotImplementedError,
)


class PrintedReport:
    """A PDF of a report: the data inside, and the words of its cover."""

    def __init__(self, file: IO[bytes]) -> None:
        try:
            reader = PdfReader(file)
            self.inside = {name: data[0] for name, data in reader.attachments.items()}
            self.cover = " ".join(reader.pages[0].extract_text().split())
        except _DAMAGE as error:
            raise UnreadableError("it cannot be read as a PDF of a report") from error

    def check_cover(self, document: Mapping[str, Any], digest: str) -> None:
        """Raise UnreadableError unless the cover prints the figures of the data, and their hash."""
        figures = document["figures"]
        told = key_figures(
            ReportKind(document["meta"]["kind"]),
            gifts=int(figures["gifts"]),
            recipients=len(document["totals"]),
            counted_cents=cents(figures["counted"]),
            pending=int(figures["pending"]),
            over=int(figures["over"]),
            policies=len(document["evidence"]["policies"]),
        )
        for each in (*(f"{one.number} {one.caption}" for one in told), digest):
            if each not in self.cover:
                raise UnreadableError(f"its cover does not print {each!r}, as its data say")
