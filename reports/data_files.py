"""The report as data: CSV for spreadsheets and JSON for programs, every character kept."""

import csv
import json
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, date, datetime
from io import StringIO
from typing import Final

from compliance_app.rules.money import format_decimal
from reports.figures import CategoryFigure, Figures, MonthFigure, add_up
from reports.source import (
    DatedLimit,
    DecisionLine,
    QuarterReport,
    RecipientTotal,
    ReportMeta,
    ShareLine,
)

# A spreadsheet runs a cell that begins with one of these as a formula.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")

# The columns of the gift file come first, so that a report can be read back as one.
COLUMNS: Final[dict[str, Callable[[ShareLine], str]]] = {
    "reference": lambda share: _text(share.gift_reference),
    "given_on": lambda share: share.given_on.isoformat(),
    "giver_email": lambda share: _text(share.giver_email),
    "logged_by_email": lambda share: _text(share.logged_by_email),
    "recipient_name": lambda share: _text(share.recipient),
    "recipient_email": lambda share: _text(share.recipient_email),
    "employer": lambda share: _text(share.employer),
    "category": lambda share: _text(share.category),
    "description": lambda share: _text(share.description),
    "purpose": lambda share: _text(share.purpose),
    "cost": lambda share: _money(share.cost_cents),
    "market_value": lambda share: _money(share.market_value_cents),
    "face_value": lambda share: _money(share.face_value_cents),
    "tax": lambda share: _money(share.tax_cents),
    "delivery": lambda share: _money(share.delivery_cents),
    "quantity": lambda share: str(share.quantity),
    "payer": lambda share: _text(share.payer),
    "host_present": lambda share: "" if share.host_present is None else _flag(share.host_present),
    "state": lambda share: _text(share.state),
    "counted_value": lambda share: _money(share.counted_cents),
    "version": lambda share: str(share.version),
    "logged_on": lambda share: share.logged_on.isoformat(),
    "recipient_id": lambda share: str(share.recipient_id),
    "giver_name": lambda share: _text(share.giver),
    "logged_by_name": lambda share: _text(share.logged_by),
    "counts": lambda share: _flag(share.counts),
    "running_total": lambda share: _money(share.running_cents),
    "limit": lambda share: _money(share.limit_cents),
    "excess": lambda share: _money(share.excess_cents),
    "verdict": lambda share: _text(share.verdict),
    "regime": lambda share: _text(share.regime),
    "ground": lambda share: _text(share.ground),
    "planned": lambda share: _flag(share.planned),
    "late": lambda share: _flag(share.late),
    "reasons": lambda share: _text("\n".join(share.reasons)),
    "flags": lambda share: _text("\n".join(share.flags)),
    "decisions": lambda share: _text("\n".join(map(_decision, share.decisions))),
}


def write_csv(report: QuarterReport) -> bytes:
    """Return one row for each share, with a header row."""
    target = StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    cells = tuple(COLUMNS.values())
    writer.writerows([cell(share) for cell in cells] for share in report.shares)
    return target.getvalue().encode()


def write_json(report: QuarterReport) -> bytes:
    """Return the report in canonical form: sorted keys, no spare space, money as strings."""
    document = {
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
        case DatedLimit() | MonthFigure() | CategoryFigure():
            return _named(value._asdict())
        case list() | tuple():
            return [_plain(each) for each in value]
        case datetime():
            return _moment(value)
        case date():
            return value.isoformat()
        case ReportMeta() | ShareLine() | DecisionLine() | RecipientTotal() | Figures():
            return _named({field.name: getattr(value, field.name) for field in fields(value)})
    return value


def _named(members: dict[str, object]) -> dict[str, object]:
    """Return the members of a record, each `..._cents` as an amount of dollars."""
    return dict(
        (key.removesuffix("_cents"), _amount(value))
        if key.endswith("cents")
        else (key, _plain(value))
        for key, value in members.items()
    )


def _amount(cents: object) -> str | None:
    return format_decimal(cents) if isinstance(cents, int) else None


def _money(cents: int | None) -> str:
    return "" if cents is None else format_decimal(cents)


def _text(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _flag(value: bool) -> str:  # noqa: FBT001
    return "yes" if value else "no"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _decision(line: DecisionLine) -> str:
    reason = f": {line.reason}" if line.reason else ""
    return f"{_moment(line.decided_at)} {line.kind} by {line.decided_by}{reason}"
