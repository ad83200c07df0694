"""The firm's settings as one frozen value; where the law is open, these decide.

`policy.parse_policy` reads one from TOML and refuses what would be looser than the rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from compliance_app.rules.reasons import MONTHS
from compliance_app.rules.regimes import Limit, Regime, limit_on
from compliance_app.rules.valuation import Basis, Rounding
from compliance_app.rules.windows import (
    CALENDAR_YEAR,
    RollingMethod,
    Year,
    YearBasis,
    fixed_window,
    is_anchored,
)


class Transition(StrEnum):
    """Whether gifts from before the limit rose count toward the new one (U3)."""

    COUNT = "count_prior_gifts_in_period"
    IGNORE = "ignore_gifts_before_2026-03-30"


class Route(StrEnum):
    """Who decides on a gift."""

    CLEARED = "cleared"
    SUPERVISOR = "supervisor"
    COMPLIANCE = "compliance"
    SUPERVISOR_AND_COMPLIANCE = "supervisor_and_compliance"


class RoutingRow(NamedTuple):
    """Send gifts that fit to somebody; a condition left empty fits every gift."""

    to: Route
    at_least_cents: int = 0
    category: str = ""
    recipient_class: str = ""
    employer_flag: str = ""


class EarlierYear(NamedTuple):
    """The year the firm used before it changed to another on a day."""

    year: Year
    changed_on: date


@dataclass(frozen=True, slots=True)
class Policy:
    """What the firm has decided; the defaults are those of policy_template.toml."""

    title: str = "Gifts and gratuities"
    version: str = "1"
    effective_on: date = date.min
    year: Year = CALENDAR_YEAR
    earlier_years: tuple[EarlierYear, ...] = ()
    valuation_basis: Basis = Basis.RULE_ON_GIFT_DATE
    prorata_rounding: Rounding = Rounding.CEILING
    transition: Transition = Transition.COUNT
    firm_limits: tuple[Limit, ...] = ()
    nominal_value_threshold_cents: int | None = None
    bereavement_review_cents: int = 1_000_00
    entertainment_review_count: int = 5
    employs_lobbyist: bool | None = None
    warning_percent: int = 80
    auto_clear_ceiling_cents: int = 100_00
    amount_ceiling_cents: int = 1_000_000_00
    late_after_days: int = 10
    splitting_days: int = 7
    several_givers_days: int = 7
    days_until_due: int = 5
    duplicate_shown_from: int = 45
    duplicate_suspected_from: int = 58
    routing: tuple[RoutingRow, ...] = (RoutingRow(Route.SUPERVISOR),)
    sha256: str = ""

    @property
    def year_basis(self) -> YearBasis:
        """Return which year the procedures name."""
        return self.year.basis

    @property
    def fiscal_year_start(self) -> tuple[int, int]:
        """Return the month and day the fiscal year starts."""
        return self.year.fiscal_start

    @property
    def rolling_method(self) -> RollingMethod:
        """Return how a rolling year runs."""
        return self.year.method

    @property
    def year_words(self) -> str:
        """Say which year gifts are added up in."""
        if self.year.basis is YearBasis.CALENDAR:
            return "calendar year"
        if self.year.basis is YearBasis.FISCAL:
            month, day = self.year.fiscal_start
            return f"fiscal year from {MONTHS[month - 1]} {day}"
        if self.year.method is RollingMethod.TRAILING:
            return "the twelve months that end with each gift"
        return "a year from the first gift to the person"


def limit_for(regime: Regime, day: date, policy: Policy) -> Limit:
    """Return the limit that holds: the law's, or the firm's own where that is lower."""
    limit = limit_on(day, regime.limits)
    if not (regime.is_3220 and policy.firm_limits) or policy.firm_limits[0].since > day:
        return limit
    firm = limit_on(day, policy.firm_limits)
    return firm if (firm.cents or 0) < (limit.cents or 0) else limit


def history_since(policy: Policy, day: date) -> date | None:
    """Return the earliest day whose shares `assess` needs; None for the whole history."""
    since = fixed_window(day, CALENDAR_YEAR).start
    for year in (policy.year, *(earlier.year for earlier in policy.earlier_years)):
        if is_anchored(year):
            return None
        since = min(since, fixed_window(day, year).start)
    return since


def carry_over(policies: Iterable[Policy]) -> Policy:
    """Return the last of the firm's policies, knowing the years it used before.

    A change of year never resets a running window: the engine looks at both until the
    old one has ended. The policies come in the order they took effect.
    """
    in_order = list(policies)
    current = in_order[-1]
    earlier = tuple(
        EarlierYear(before.year, after.effective_on)
        for before, after in pairwise(in_order)
        if before.year != after.year
    )
    return replace(current, earlier_years=earlier)
