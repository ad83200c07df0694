"""The report as data: CSV for spreadsheets and JSON for programs, every character kept."""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum, auto
from io import StringIO
from operator import attrgetter
from typing import Any, Final, NamedTuple

from compliance_app.rules.money import format_decimal
from compliance_app.rules.spreadsheet import harmless
from reports.figures import add_up
from reports.source import DecisionLine, QuarterReport


def write_csv(report: QuarterReport) -> bytes:
    """Return one row for each share, with a header row."""
    target = StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(column.name for column in COLUMNS)
    writer.writerows(show_rows(report))
    return target.getvalue().encode()


def show_rows(report: QuarterReport) -> Iterator[list[str]]:
    """Yield the cells of each share, as the CSV and the workbook show them alike."""
    read = attrgetter(*(column.field for column in COLUMNS))
    shown = [column.show for column in COLUMNS]
    for share in report.shares:
        yield [show(value) for show, value in zip(shown, read(share), strict=True)]


def write_json(report: QuarterReport) -> bytes:
    """Return the report in canonical form: sorted keys, no spare space, money as strings."""
    document = {
        "evidence": _plain(report.evidence),
        "figures": _plain(add_up(report)),
        "meta": _plain(report.meta),
        "shares": _plain(report.shares),
        "totals": _plain(report.totals),
    }
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{text}\n".encode()


def _plain(value: object) -> object:
    """Return what JSON holds: days and moments as text, records by the names of their fields."""
    match value:
        case dict():
            return _named(value)
        case tuple() if hasattr(value, "_asdict"):
            return _named(value._asdict())
        case list() | tuple():
            return [_plain(each) for each in value]
        case date():
            return _moment(value) if isinstance(value, datetime) else value.isoformat()
    if is_dataclass(value):
        return _named({field.name: getattr(value, field.name) for field in fields(value)})
    return value


def _named(members: dict[str, object]) -> dict[str, object]:
    """Return the members of a record, cents as an amount of dollars named without them."""
    return dict(
        (key.removesuffix("cents").rstrip("_") or "amount", _amount(value))
        if key.endswith("cents")
        else (key, _plain(value))
        for key, value in members.items()
    )


def _amount(cents: object) -> str | None:
    return format_decimal(cents) if isinstance(cents, int) else None


def _money(cents: int | None) -> str:
    return "" if cents is None else format_decimal(cents)


def _texts(texts: tuple[str, ...]) -> str:
    return harmless("\n".join(texts))


def _flag(value: object) -> str:
    return "" if value is None else "yes" if value else "no"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


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
