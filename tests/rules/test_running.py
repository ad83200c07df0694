"""The running total after each share, for every way to lay the year."""

from datetime import date

import pytest

from compliance_app.rules.running import Entry, running_totals
from compliance_app.rules.windows import RollingMethod, Year, YearBasis

ENTRIES = [
    Entry(date.fromisoformat(day), cents)
    for day, cents in [
        ("2026-04-15", 1_00),
        ("2026-07-01", 2_00),
        ("2026-12-31", 4_00),
        ("2027-01-01", 8_00),
        ("2027-04-14", 16_00),
        ("2027-04-15", 32_00),
        ("2027-04-15", 64_00),
    ]
]


@pytest.mark.parametrize(
    ("year", "dollars"),
    [
        pytest.param(Year(), [1, 3, 7, 8, 24, 56, 120], id="calendar"),
        pytest.param(
            Year(YearBasis.FISCAL, (7, 1)), [1, 2, 6, 14, 30, 62, 126], id="fiscal from July"
        ),
        pytest.param(Year(YearBasis.ROLLING), [1, 3, 7, 15, 31, 32, 96], id="from the first gift"),
        pytest.param(
            Year(YearBasis.ROLLING, method=RollingMethod.TRAILING),
            [1, 3, 7, 15, 31, 62, 126],
            id="twelve months back",
        ),
    ],
)
def test_each_entry_shows_what_its_year_comes_to_with_it(year: Year, dollars: list[int]) -> None:
    assert running_totals(ENTRIES, year) == [amount * 100 for amount in dollars]


def test_nobody_without_gifts_has_a_total() -> None:
    assert running_totals([], Year()) == []
