"""The days a report is about: a quarter by its label, or any range with both ends."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from compliance_app.rules.errors import InputError

QUARTER: Final = re.compile(r"(?P<year>(?:19|20|21)\d\d)Q(?P<number>[1-4])", re.ASCII)
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class Period:
    """A run of days; `label` is a quarter such as 2026Q3, or the two days of a range."""

    label: str
    first_day: date
    last_day: date

    @property
    def next_day(self) -> date:
        """Return the day after the last one."""
        return self.last_day + timedelta(days=1)

    @property
    def words(self) -> str:
        """Return the period as people say it: 2026Q3, or its first and its last day."""
        return self.label.replace("_", " to ")


def quarter_of(label: str) -> Period:
    """Return the quarter of a label such as 2026Q3; raises InputError."""
    match = QUARTER.fullmatch(label.strip().upper())
    if match is None:
        raise InputError(
            problems={"quarter": f"{label[:20]!r} is not a quarter. Write it as 2026Q3."}
        )
    year, number = int(match["year"]), int(match["number"])
    first = date(year, 3 * number - 2, 1)
    after = date(year + number // 4, 3 * number % 12 + 1, 1)
    return Period(match[0], first, after - timedelta(days=1))


def quarter_label(day: date) -> str:
    """Return the label of the quarter a day is in."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def range_of(since: date, until: date) -> Period:
    """Return the days from one to another, both included; raises InputError."""
    if until < since:
        raise InputError(
            problems={
                "until": f"The range ends on {until}, before it begins on {since}; "
                "give the earlier day first."
            }
        )
    if since < FIRST_DAY or until > LAST_DAY:
        name = "since" if since < FIRST_DAY else "until"
        raise InputError(
            problems={
                name: f"A range lies between {FIRST_DAY} and {LAST_DAY}; {since} to {until} "
                "does not."
            }
        )
    return Period(f"{since}_{until}", since, until)


def year_of(year: int) -> Period:
    """Return a calendar year as a range."""
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        raise InputError(
            problems={"year": f"{year} is not a year of the register. Write it as 2026."}
        )
    return range_of(date(year, 1, 1), date(year, 12, 31))
