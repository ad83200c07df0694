from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_app.rules.windows import (
    RollingMethod,
    Window,
    Year,
    YearBasis,
    is_trailing,
    trailing_start,
    window_of,
    year_end,
)

ANCHORED = Year(YearBasis.ROLLING)
TRAILING = Year(YearBasis.ROLLING, method=RollingMethod.TRAILING)


def fiscal(month: int, day: int) -> Year:
    return Year(YearBasis.FISCAL, (month, day))


@pytest.mark.parametrize(
    ("day", "year", "start", "end"),
    [
        pytest.param("2026-01-01", Year(), "2026-01-01", "2026-12-31", id="calendar, first day"),
        pytest.param("2026-12-31", Year(), "2026-01-01", "2026-12-31", id="calendar, last day"),
        pytest.param(
            "2026-06-30", fiscal(7, 1), "2025-07-01", "2026-06-30", id="fiscal, the last day"
        ),
        pytest.param(
            "2026-07-01", fiscal(7, 1), "2026-07-01", "2027-06-30", id="fiscal, the first day"
        ),
        pytest.param(
            "2027-02-28", fiscal(2, 29), "2026-03-01", "2027-02-28", id="leap start, common years"
        ),
        pytest.param(
            "2028-02-29", fiscal(2, 29), "2028-02-29", "2029-02-28", id="leap start, leap year"
        ),
        pytest.param(
            "2028-02-28",
            fiscal(2, 29),
            "2027-03-01",
            "2028-02-28",
            id="the day before a leap start",
        ),
        pytest.param("0001-03-01", fiscal(7, 1), "0001-01-01", "0001-06-30", id="the first year"),
        pytest.param("9999-08-01", fiscal(7, 1), "9999-07-01", "9999-12-31", id="the last year"),
        pytest.param("2027-04-20", TRAILING, "2026-04-21", "2027-04-20", id="trailing"),
        pytest.param("2028-02-29", TRAILING, "2027-03-01", "2028-02-29", id="trailing, leap day"),
        pytest.param(
            "2029-02-28", TRAILING, "2028-02-29", "2029-02-28", id="trailing to a leap day"
        ),
        pytest.param("0001-05-05", TRAILING, "0001-01-01", "0001-05-05", id="trailing, year one"),
    ],
)
def test_a_gift_falls_in_the_year_the_firm_has_chosen(
    day: str, year: Year, start: str, end: str
) -> None:
    expected = Window(date.fromisoformat(start), date.fromisoformat(end))
    assert window_of(date.fromisoformat(day), year) == expected


@pytest.mark.parametrize(
    ("day", "earlier", "start", "end"),
    [
        pytest.param("2026-04-15", [], "2026-04-15", "2027-04-14", id="the first gift"),
        pytest.param("2027-04-14", ["2026-04-15"], "2026-04-15", "2027-04-14", id="the last day"),
        pytest.param(
            "2027-04-15", ["2026-04-15"], "2027-04-15", "2028-04-14", id="the anniversary"
        ),
        pytest.param(
            "2027-06-01",
            ["2027-05-01", "2026-04-15", "2027-04-01"],
            "2027-05-01",
            "2028-04-30",
            id="the second window, gifts in any order",
        ),
        pytest.param(
            "2029-02-28", ["2028-02-29"], "2028-02-29", "2029-02-28", id="leap anniversary"
        ),
        pytest.param(
            "2029-03-01", ["2028-02-29"], "2029-03-01", "2030-02-28", id="1 March opens anew"
        ),
        pytest.param(
            "2026-04-15", ["2026-05-01"], "2026-04-15", "2027-04-14", id="later gifts open nothing"
        ),
        pytest.param(
            "2027-05-01",
            ["2026-04-15", "2027-04-14"],
            "2027-05-01",
            "2028-04-30",
            id="the last day of a year opens none",
        ),
        pytest.param("9999-06-01", [], "9999-06-01", "9999-12-31", id="the end of time"),
    ],
)
def test_a_rolling_year_runs_from_the_first_gift(
    day: str, earlier: list[str], start: str, end: str
) -> None:
    window = window_of(date.fromisoformat(day), ANCHORED, map(date.fromisoformat, earlier))
    assert window == Window(date.fromisoformat(start), date.fromisoformat(end))


days = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))
fixed_years = st.one_of(
    st.just(Year()),
    st.dates(min_value=date(2028, 1, 1), max_value=date(2028, 12, 31)).map(
        lambda start: fiscal(start.month, start.day)
    ),
)


@given(days, fixed_years)
def test_every_day_is_in_one_window_and_windows_touch(day: date, year: Year) -> None:
    window = window_of(day, year)
    assert window.start <= day <= window.end
    assert window_of(window.start, year) == window
    assert window_of(window.end, year) == window
    following = window_of(date.fromordinal(window.end.toordinal() + 1), year)
    assert following.start.toordinal() == window.end.toordinal() + 1


@given(days, st.integers(min_value=0, max_value=800))
def test_the_trailing_year_is_never_looser_than_the_anchored(day: date, gap: int) -> None:
    later = date.fromordinal(day.toordinal() + gap)
    if later <= year_end(day):
        assert trailing_start(later) <= day
    else:
        assert trailing_start(later) > day


def test_a_method_of_rolling_means_nothing_to_a_fiscal_year() -> None:
    assert not is_trailing(Year(YearBasis.FISCAL, (7, 1), RollingMethod.TRAILING))


def test_a_century_has_its_leap_day_every_fourth_time_only() -> None:
    leap_day = Year(YearBasis.FISCAL, (2, 29))
    assert window_of(date(2100, 3, 5), leap_day).start == date(2100, 3, 1)
    assert window_of(date(2000, 3, 5), leap_day).start == date(2000, 2, 29)
