"""The report as data: CSV for spreadsheets and JSON for programs, every character kept."""

import csv
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum, auto
from functools import cache
from io import StringIO
from itertools import islice
from operator import attrgetter
from typing import Any, Final, NamedTuple, cast

import orjson

from compliance_app.rules.money import format_decimal
from compliance_app.rules.report_kinds import ReportKind
from compliance_app.rules.spreadsheet import harmless
from reports.figures import add_up
from reports.source import DecisionLine, QuarterReport

_ROWS_OF_A_CHUNK: Final = 500
_AS_THEY_ARE: Final = frozenset({str, int, bool, date, type(None)})


def write_csv(report: QuarterReport) -> bytes:
    """Return one row for each share, with a header row."""
    return b"".join(csv_chunks(report))


def csv_chunks(report: QuarterReport) -> Iterator[bytes]:
    """Yield the CSV piece by piece, so that it is never held as a whole."""
    target = StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(column.name for column in columns_for(report.meta.kind))
    rows = show_rows(report)
    while piece := list(islice(rows, _ROWS_OF_A_CHUNK)):
        writer.writerows(piece)
        yield target.getvalue().encode()
        target.seek(0)
        target.truncate()
    yield target.getvalue().encode()


def show_rows(report: QuarterReport) -> Iterator[list[str]]:
    """Yield the cells of each share, as the CSV and the workbook show them alike."""
    columns = columns_for(report.meta.kind)
    read = attrgetter(*(column.field for column in columns))
    shown = [column.show for column in columns]
    for share in report.shares:
        yield [show(value) for show, value in zip(shown, read(share), strict=True)]


def write_json(report: QuarterReport) -> bytes:
    """Return the report in canonical form: sorted keys, no spare space, money as strings."""
    return b"".join(json_chunks(report))


def json_chunks(report: QuarterReport) -> Iterator[bytes]:
    """Yield the JSON piece by piece, so that it is never held as a whole."""
    yield b'{"evidence":' + _canonical(report.evidence)
    yield b',"figures":' + _canonical(add_up(report))
    yield b',"meta":' + _canonical(report.meta)
    yield b',"shares":['
    yield from _canonical_all(report.shares)
    yield b'],"totals":['
    yield from _canonical_all(report.totals)
    yield b"]}\n"


def _canonical_all(records: Iterable[object]) -> Iterator[bytes]:
    """Yield the members of a list, with the commas between them."""
    left = iter(records)
    comma = b""
    while piece := list(islice(left, _ROWS_OF_A_CHUNK)):
        yield comma + b",".join(map(_canonical, piece))
        comma = b","


def _canonical(value: object) -> bytes:
    return orjson.dumps(_plain(value), option=orjson.OPT_SORT_KEYS)


def _plain(value: object) -> object:
    """Return what JSON holds: moments as text, records by the names of their fields."""
    if type(value) in _AS_THEY_ARE:
        return value
    match value:
        case dict():
            return {_key(name): _member(name, each) for name, each in value.items()}
        case tuple() if hasattr(value, "_asdict"):
            return _plain(value._asdict())
        case list() | tuple():
            return [_plain(each) for each in value]
        case datetime():
            return _moment(value)
    return _record(value) if is_dataclass(value) else value


def _record(value: object) -> dict[str, object]:
    """Return the members of a record."""
    kind: Any = type(value)
    members, read = _members_of(kind)
    return {
        key: (each if type(each) in _AS_THEY_ARE else _plain(each))
        if name is None
        # An amount is told from other numbers by the name of its field.
        else _member(name, each)
        for (key, name), each in zip(members, read(value), strict=True)
    }


@cache
def _members_of(
    kind: Hashable,
) -> tuple[list[tuple[str, str | None]], Callable[[Any], Any]]:
    """Return the keys of a kind of record, the names of its amounts, and how all are read."""
    names = [field.name for field in fields(cast("Any", kind))]
    members = [(_key(name), name if name.endswith("cents") else None) for name in names]
    return members, attrgetter(*names)


def _key(name: str) -> str:
    """Return how a member is named: cents, being shown as dollars, without them."""
    return name.removesuffix("cents").rstrip("_") or "amount" if name.endswith("cents") else name


def _member(name: str, value: object) -> object:
    return _amount(value) if name.endswith("cents") else _plain(value)


def _amount(cents: object) -> str | None:
    return format_decimal(cents) if isinstance(cents, int) else None


def _money(cents: int | None) -> str:
    return "" if cents is None else format_decimal(cents)


def _texts(texts: tuple[str, ...]) -> str:
    return harmless("\n".join(texts))


def _flag(value: object) -> str:
    return "" if value is None else "yes" if value else "no"


def _moment(at: datetime) -> str:
    in_utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return f"{in_utc.isoformat(timespec='seconds')[:19]}Z"


def _decisions(decisions: tuple[DecisionLine, ...]) -> str:
    return _texts(tuple(map(_decision, decisions)))


def _decision(line: DecisionLine) -> str:
    reason = f": {line.reason}" if line.reason else ""
    return f"{_moment(line.decided_at)} {line.kind} by {line.decided_by}{reason}"


class Kind(Enum):
    """What a spreadsheet should take the cells of a column for."""

    TEXT = auto()
    DATE = auto()
    NUMBER = auto()
    MONEY = auto()


class Column(NamedTuple):
    """A column of the data: the field of a share it shows, how, and as what."""

    name: str
    field: str
    show: Callable[[Any], str]
    kind: Kind = Kind.TEXT


# The columns of the gift file come first, so that a report can be read back as one.
COLUMNS: Final = (
    Column("reference", "gift_reference", harmless),
    Column("given_on", "given_on", date.isoformat, Kind.DATE),
    Column("giver_email", "giver_email", harmless),
    Column("logged_by_email", "logged_by_email", harmless),
    Column("recipient_name", "recipient", harmless),
    Column("recipient_email", "recipient_email", harmless),
    Column("employer", "employer", harmless),
    Column("category", "category", harmless),
    Column("description", "description", harmless),
    Column("purpose", "purpose", harmless),
    Column("cost", "cost_cents", _money, Kind.MONEY),
    Column("market_value", "market_value_cents", _money, Kind.MONEY),
    Column("face_value", "face_value_cents", _money, Kind.MONEY),
    Column("tax", "tax_cents", _money, Kind.MONEY),
    Column("delivery", "delivery_cents", _money, Kind.MONEY),
    Column("quantity", "quantity", str, Kind.NUMBER),
    Column("payer", "payer", harmless),
    Column("host_present", "host_present", _flag),
    Column("state", "state", harmless),
    Column("counted_value", "counted_cents", _money, Kind.MONEY),
    Column("version", "version", str, Kind.NUMBER),
    Column("logged_on", "logged_on", date.isoformat, Kind.DATE),
    Column("recipient_id", "recipient_id", str, Kind.NUMBER),
    Column("giver_name", "giver", harmless),
    Column("logged_by_name", "logged_by", harmless),
    Column("counts", "counts", _flag),
    Column("running_total", "running_cents", _money, Kind.MONEY),
    Column("limit", "limit_cents", _money, Kind.MONEY),
    Column("excess", "excess_cents", _money, Kind.MONEY),
    Column("verdict", "verdict", harmless),
    Column("regime", "regime", harmless),
    Column("ground", "ground", harmless),
    Column("planned", "planned", _flag),
    Column("late", "late", _flag),
    Column("reasons", "reasons", _texts),
    Column("flags", "flags", _texts),
    Column("decisions", "decisions", _decisions),
    Column("exemption", "exemption", harmless),
    Column("waited_at_end", "waited_at_end", _flag),
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
