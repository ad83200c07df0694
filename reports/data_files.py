"""The report as a table of its shares: the columns, and the CSV, every character kept."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from enum import Enum, auto
from functools import partial
from itertools import islice
from operator import attrgetter
from typing import Any, Final, NamedTuple

from compliance_app.rules.report_kinds import ReportKind
from compliance_app.rules.spreadsheet import all_harmless, harmless
from reports.json_file import decimal, moment_for_programs
from reports.source import DecisionLine, QuarterReport

_ROWS_OF_A_CHUNK: Final = 500
_QUOTE: Final = '"'
_BREAKING: Final = (_QUOTE, ",", "\n", "\r")


def write_csv(report: QuarterReport) -> bytes:
    """Return one row for each share, with a header row."""
    return b"".join(csv_chunks(report))


def csv_chunks(report: QuarterReport) -> Iterator[bytes]:
    """Yield the CSV piece by piece, so that it is never held as a whole."""
    names = ",".join(column.name for column in columns_for(report.meta.kind))
    yield f"{names}\r\n".encode()
    for shown in _show_columns(report):
        rows = map(",".join, zip(*map(_quoted, shown), strict=True))
        yield "".join([f"{row}\r\n" for row in rows]).encode()


def _quoted(texts: Sequence[str]) -> Sequence[str]:
    """Return the cells of a column as CSV has them: in quotes where they would break a row."""
    joined = "\0".join(texts)
    if not any(sign in joined for sign in _BREAKING):
        return texts
    return [
        f'"{text.replace(_QUOTE, 2 * _QUOTE)}"' if any(sign in text for sign in _BREAKING) else text
        for text in texts
    ]


def show_rows(report: QuarterReport) -> Iterator[tuple[str, ...]]:
    """Yield the cells of each share, as the CSV and the workbook show them alike."""
    for shown in _show_columns(report):
        yield from zip(*shown, strict=True)


def _show_columns(report: QuarterReport) -> Iterator[list[Sequence[str]]]:
    """Yield the cells of some shares at a time by column, which is quicker than cell by cell."""
    columns = columns_for(report.meta.kind)
    read = attrgetter(*(column.field for column in columns))
    shares = iter(report.shares)
    while piece := list(islice(shares, _ROWS_OF_A_CHUNK)):
        by_column = zip(*map(read, piece), strict=True)
        yield [column.show(values) for column, values in zip(columns, by_column, strict=True)]


def _each(show: Callable[[Any], str], values: Sequence[Any]) -> list[str]:
    return list(map(show, values))


def _money(cents: int | None) -> str:
    return "" if cents is None else decimal(cents)


def _lines(texts: tuple[str, ...]) -> str:
    return harmless("\n".join(texts)) if texts else ""


def _decisions(decisions: tuple[DecisionLine, ...]) -> str:
    return _lines(tuple(map(_decision, decisions)))


def _decision(line: DecisionLine) -> str:
    reason = f": {line.reason}" if line.reason else ""
    return f"{moment_for_programs(line.decided_at)} {line.kind} by {line.decided_by}{reason}"


_ANSWER: Final = {None: "", True: "yes", False: "no"}
_ANSWERS: Final = partial(_each, _ANSWER.__getitem__)
_AMOUNTS: Final = partial(_each, _money)
_DAYS: Final = partial(_each, date.isoformat)
_NUMBERS: Final = partial(_each, str)
_TEXTS: Final = partial(_each, _lines)
_DECISIONS: Final = partial(_each, _decisions)


class Kind(Enum):
    """What a spreadsheet should take the cells of a column for."""

    TEXT = auto()
    DATE = auto()
    NUMBER = auto()
    MONEY = auto()


class Column(NamedTuple):
    """A column of the data: the field of shares it shows, how it shows them, and as what."""

    name: str
    field: str
    show: Callable[[Sequence[Any]], Sequence[str]]
    kind: Kind = Kind.TEXT


# The columns of the gift file come first, so that a report can be read back as one.
COLUMNS: Final = (
    Column("reference", "gift_reference", all_harmless),
    Column("given_on", "given_on", _DAYS, Kind.DATE),
    Column("giver_email", "giver_email", all_harmless),
    Column("logged_by_email", "logged_by_email", all_harmless),
    Column("recipient_name", "recipient", all_harmless),
    Column("recipient_email", "recipient_email", all_harmless),
    Column("employer", "employer", all_harmless),
    Column("category", "category", all_harmless),
    Column("description", "description", all_harmless),
    Column("purpose", "purpose", all_harmless),
    Column("cost", "cost_cents", _AMOUNTS, Kind.MONEY),
    Column("market_value", "market_value_cents", _AMOUNTS, Kind.MONEY),
    Column("face_value", "face_value_cents", _AMOUNTS, Kind.MONEY),
    Column("tax", "tax_cents", _AMOUNTS, Kind.MONEY),
    Column("delivery", "delivery_cents", _AMOUNTS, Kind.MONEY),
    Column("quantity", "quantity", _NUMBERS, Kind.NUMBER),
    Column("payer", "payer", all_harmless),
    Column("host_present", "host_present", _ANSWERS),
    Column("state", "state", all_harmless),
    Column("counted_value", "counted_cents", _AMOUNTS, Kind.MONEY),
    Column("version", "version", _NUMBERS, Kind.NUMBER),
    Column("logged_on", "logged_on", _DAYS, Kind.DATE),
    Column("recipient_id", "recipient_id", _NUMBERS, Kind.NUMBER),
    Column("giver_name", "giver", all_harmless),
    Column("logged_by_name", "logged_by", all_harmless),
    Column("counts", "counts", _ANSWERS),
    Column("running_total", "running_cents", _AMOUNTS, Kind.MONEY),
    Column("limit", "limit_cents", _AMOUNTS, Kind.MONEY),
    Column("excess", "excess_cents", _AMOUNTS, Kind.MONEY),
    Column("verdict", "verdict", all_harmless),
    Column("regime", "regime", all_harmless),
    Column("ground", "ground", all_harmless),
    Column("planned", "planned", _ANSWERS),
    Column("late", "late", _ANSWERS),
    Column("reasons", "reasons", _TEXTS),
    Column("flags", "flags", _TEXTS),
    Column("decisions", "decisions", _DECISIONS),
    Column("exemption", "exemption", all_harmless),
    Column("waited_at_end", "waited_at_end", _ANSWERS),
)
# What a client is told of each gift.
_FOR_THE_CLIENT: Final = frozenset(
    {
        "reference",
        "given_on",
        "recipient_name",
        "recipient_email",
        "employer",
        "category",
        "description",
        "quantity",
        "counted_value",
        "giver_name",
        "counts",
    }
)


def columns_for(kind: ReportKind) -> tuple[Column, ...]:
    """Return the columns of a kind of report."""
    if kind.is_for_the_client:
        return tuple(column for column in COLUMNS if column.name in _FOR_THE_CLIENT)
    return COLUMNS
