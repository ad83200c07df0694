"""The year a gift is summed in: calendar, fiscal, rolling from the first gift, or trailing.

An anniversary of 29 February falls on 1 March in a common year, the stricter choice.
"""

from calendar import isleap
from collections.abc import Iterable
from datetime import MAXYEAR, MINYEAR, date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

_DAY = timedelta(days=1)
_JANUARY_1 = (1, 1)


class YearBasis(StrEnum):
    """Which year the firm's written procedures name."""

    CALENDAR = "calendar"
    FISCAL = "fiscal"
    ROLLING = "rolling"


class RollingMethod(StrEnum):
    """How a rolling year runs."""

    ANCHORED = "anchored_first_gift"
    TRAILING = "trailing_12_months"


class Year(NamedTuple):
    """A year as the firm defines it; `fiscal_start` is a month and a day."""

    basis: YearBasis = YearBasis.CALENDAR
    fiscal_start: tuple[int, int] = _JANUARY_1
    method: RollingMethod = RollingMethod.ANCHORED


CALENDAR_YEAR = Year()


class Window(NamedTuple):
    """The days summed together, both ends included."""

    start: date
    end: date

    @property
    def params(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Return the days as a reason names them."""
        return ("start_on", self.start.isoformat()), ("end_on", self.end.isoformat())


def window_of(day: date, year: Year, earlier_days: Iterable[date] = ()) -> Window:
    """Return the window a gift of `day` falls in.

    Only a year rolling from the first gift looks at `earlier_days`: those of the counted
    gifts before it, in any order.
    """
    return _anchored_window(day, earlier_days) if is_anchored(year) else fixed_window(day, year)


@lru_cache(maxsize=4096)
def fixed_window(day: date, year: Year) -> Window:
    """Return the window of a year that does not depend on the gifts before."""
    if year.basis is YearBasis.CALENDAR:
        return Window(date(day.year, 1, 1), date(day.year, 12, 31))
    if year.basis is YearBasis.FISCAL:
        return _fiscal_window(day, *year.fiscal_start)
    return Window(trailing_start(day), day)


def is_trailing(year: Year) -> bool:
    """Say whether every gift has a window of its own, ending on its day."""
    return year.basis is YearBasis.ROLLING and year.method is RollingMethod.TRAILING


def is_anchored(year: Year) -> bool:
    """Say whether the window depends on the gifts before."""
    return year.basis is YearBasis.ROLLING and year.method is RollingMethod.ANCHORED


def trailing_start(day: date) -> date:
    """Return the first day of the twelve months that end on `day`."""
    if day.year == MINYEAR:
        return date.min
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 3, 1)
    return day.replace(year=day.year - 1) + _DAY


def year_end(start: date) -> date:
    """Return the last day of the year that begins on `start`."""
    return date.max if start.year == MAXYEAR else _on(start.year + 1, start.month, start.day) - _DAY


def _fiscal_window(day: date, month: int, first: int) -> Window:
    turn = _on(day.year, month, first)
    if turn > day:
        start = _on(day.year - 1, month, first) if day.year > MINYEAR else date.min
        return Window(start, turn - _DAY)
    end = _on(day.year + 1, month, first) - _DAY if day.year < MAXYEAR else date.max
    return Window(turn, end)


def _anchored_window(day: date, earlier_days: Iterable[date]) -> Window:
    start = end = None
    for earlier in sorted(earlier_days):
        if earlier > day:
            break
        if end is None or earlier > end:
            start, end = earlier, year_end(earlier)
    if start is None or end is None or day > end:
        return Window(day, year_end(day))
    return Window(start, end)


def _on(year: int, month: int, day: int) -> date:
    """Return the day of that year; 29 February is 1 March in a common year."""
    if (month, day) == (2, 29) and not isleap(year):
        return date(year, 3, 1)
    return date(year, month, day)
