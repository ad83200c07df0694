"""How the report says amounts, moments, periods and codes."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache
from typing import Final

from compliance_app.rules.money import format_dollars
from compliance_app.rules.reasons import MONTHS
from compliance_app.rules.workflow import DecisionKind
from reports.source import DatedLimit

NOTHING: Final = "\N{EN DASH}"
_ORDINALS: Final = {"1": "first", "2": "second", "3": "third", "4": "fourth"}
_QUARTER: Final = re.compile(r"(\d{4})Q([1-4])")
_YEAR: Final = re.compile(r"(\d{4})-01-01_\1-12-31")


def amount(cents: int) -> str:
    """Return an amount for a column whose head names the currency."""
    return format_dollars(cents).replace("$", "")


def percent_of(part_cents: int, whole_cents: int) -> str:
    """Return a part of a limit in whole per cent: never 100% when it is above the limit."""
    if not whole_cents:
        return "over 100%" if part_cents else "0%"
    percent = part_cents * 100 // whole_cents
    if part_cents > whole_cents and part_cents * 100 % whole_cents:
        percent += 1
    return f"{percent:,}%"


def moment(at: datetime) -> str:
    """Return a moment in UTC to the minute; the column says that it is UTC."""
    in_utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return in_utc.isoformat(" ", "minutes")[:16]


def duration(minutes: int) -> str:
    """Return a time somebody waited, in the two largest units: "3 d 4 h", "25 min"."""
    hours, rest = divmod(minutes, 60)
    days, left = divmod(hours, 24)
    if days:
        return f"{days:,} d {left} h"
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def long_day(day: date) -> str:
    """Return a day in words."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def period_words(period: str) -> str:
    """Return "second quarter 2004" for "2004Q2", a whole year, or a range by first and last day."""
    if found := _QUARTER.fullmatch(period):
        return f"{_ORDINALS[found[2]]} quarter {found[1]}"
    found = _YEAR.fullmatch(period)
    return f"year {found[1]}" if found else range_words(period)


def range_words(period: str) -> str:
    """Return a quarter as its label, and a range as its first and its last day."""
    return period.replace("_", " to ")


def limit_words(limits: Iterable[DatedLimit]) -> str:
    """Return the limits with the days they are in force from."""
    each = (f"{format_dollars(limit.cents)} from {long_day(limit.from_day)}" for limit in limits)
    return "; ".join(each) or "none is set"


@cache
def words(code: str) -> str:
    """Return a code as the beginning of a sentence: "gift_card" as "Gift card"."""
    said = code.replace("_", " ")
    return said[:1].upper() + said[1:]


def decision_words(kind: DecisionKind) -> str:
    """Return what was decided, as the beginning of a sentence."""
    return words(kind.words)


def plural(number: int, noun: str) -> str:
    """Return a noun as it follows a number."""
    return noun if number == 1 else f"{noun}s"


def count(number: int, noun: str) -> str:
    """Return a number with its noun: "1 gift", "1,200 gifts"."""
    return f"{number:,} {plural(number, noun)}"
