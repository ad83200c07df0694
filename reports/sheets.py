"""The sheets of the workbook: the register first, then totals and what stands behind them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

from compliance_app.rules.money import format_decimal
from compliance_app.rules.spreadsheet import harmless
from reports.data_files import Kind, columns_for, show_rows
from reports.source import (
    AmendmentLine,
    PolicyLine,
    QuarterReport,
    RecipientTotal,
    RefusalLine,
    ReviewLine,
)

ROWS_OF_A_SHEET: Final = 1_048_576


class Head(NamedTuple):
    """The head of a column, and what a spreadsheet should take its cells for."""

    name: str
    kind: Kind = Kind.TEXT


class Sheet(NamedTuple):
    """A sheet: its name, its heads, how many rows it has, and how they are read."""

    name: str
    heads: Sequence[Head]
    row_count: int
    rows: Callable[[], Iterator[Sequence[str]]]


TOTALS: Final = (
    Head("recipient_id", Kind.NUMBER),
    Head("recipient"),
    Head("employer"),
    Head("gifts", Kind.NUMBER),
    Head("this_period", Kind.MONEY),
    Head("running_total", Kind.MONEY),
    Head("limit", Kind.MONEY),
    Head("over"),
)


def sheets_of(report: QuarterReport) -> Iterator[Sheet]:
    """Yield the sheets of a report; what one cannot hold goes on in the next."""
    heads = [Head(column.name, column.kind) for column in columns_for(report.meta.kind)]
    room = ROWS_OF_A_SHEET - 1
    for start in range(0, max(1, len(report.shares)), room):
        name = "Register" if not start else f"Register {start // room + 1}"
        count = min(room, len(report.shares) - start)
        yield Sheet(name, heads, count, partial(_some_rows, report, start, start + room))
    yield Sheet("Totals", TOTALS, len(report.totals), partial(_totals, report.totals))
    if report.meta.kind.is_for_the_client:
        return
    evidence = report.evidence
    yield _plain_sheet("Amendments", AmendmentLine, evidence.amendments)
    yield _plain_sheet("Supervision", ReviewLine, evidence.reviews)
    yield _plain_sheet("Refused attempts", RefusalLine, evidence.refusals)
    yield _plain_sheet("Policy versions", PolicyLine, evidence.policies)


def _some_rows(report: QuarterReport, start: int, stop: int) -> Iterator[Sequence[str]]:
    return islice(show_rows(report), start, stop)


def _totals(totals: Sequence[RecipientTotal]) -> Iterator[Sequence[str]]:
    for total in totals:
        yield (
            str(total.recipient_id),
            harmless(total.recipient),
            harmless(total.employer),
            str(total.gifts),
            format_decimal(total.quarter_cents),
            format_decimal(total.running_cents),
            "" if total.limit_cents is None else format_decimal(total.limit_cents),
            "yes" if total.over else "no",
        )


def _plain_sheet(
    name: str,
    kind: type[AmendmentLine | ReviewLine | RefusalLine | PolicyLine],
    lines: Sequence[tuple[object, ...]],
) -> Sheet:
    """Return a sheet with a column for each field of its lines, named alike."""
    fields = kind._fields
    heads = [_head(field, kind.__annotations__[field]) for field in fields]

    def rows() -> Iterator[Sequence[str]]:
        for line in lines:
            yield [_shown(field, value) for field, value in zip(fields, line, strict=True)]

    return Sheet(name, heads, len(lines), rows)


def _head(field: str, kind: object) -> Head:
    if field.endswith("_cents"):
        return Head(field.removesuffix("_cents"), Kind.MONEY)
    if kind is date:
        return Head(field, Kind.DATE)
    return Head(field, Kind.NUMBER if kind is int else Kind.TEXT)


def _shown(field: str, value: object) -> str:
    if isinstance(value, int):
        return format_decimal(value) if field.endswith("_cents") else str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return harmless("\n".join(map(str, value)))
    return "" if value is None else harmless(str(value))
