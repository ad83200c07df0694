"""The whole list of a what-if as CSV, row by row, so that its length costs no memory."""

import csv
import io
from collections.abc import Iterable, Iterator

from compliance_app.rules.money import format_decimal
from compliance_app.rules.spreadsheet import harmless
from compliance_app.services.what_if import Change

HEADER = (
    "reference",
    "given_on",
    "recipient",
    "verdict_then",
    "verdict_now",
    "counted_then",
    "counted_now",
    "excess_then",
    "excess_now",
)


def csv_lines(changes: Iterable[Change]) -> Iterator[str]:
    """Yield the header, then a line for each change."""
    yield _line(HEADER)
    for change in changes:
        then, now = change.then, change.now
        yield _line(
            (
                change.reference,
                change.given_on.isoformat(),
                harmless(change.recipient),
                then.verdict.value,
                now.verdict.value,
                format_decimal(then.counted_cents),
                format_decimal(now.counted_cents),
                format_decimal(then.excess_cents),
                format_decimal(now.excess_cents),
            )
        )


def _line(cells: Iterable[str]) -> str:
    target = io.StringIO(newline="")
    csv.writer(target).writerow(cells)
    return target.getvalue()
