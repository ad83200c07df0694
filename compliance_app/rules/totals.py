"""The sum of a share's window, and what adding to it does on that day and on later ones.

A gift is judged by the limit of its day. One entered late is also added to the totals on
the days of the gifts after it in the same window, each judged by the limit of its own day.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import accumulate
from typing import NamedTuple, Protocol

from compliance_app.rules.facts import PriorShare
from compliance_app.rules.money import format_decimal
from compliance_app.rules.regimes import LIMIT_RAISED_ON, Counting, Operator, Regime
from compliance_app.rules.settings import Policy, Transition, limit_for
from compliance_app.rules.windows import (
    CALENDAR_YEAR,
    Window,
    Year,
    fixed_window,
    is_anchored,
    is_trailing,
    trailing_start,
    window_of,
    year_end,
)


class Share(NamedTuple):
    """What is added: the day, what it counts for, and the limit of that day."""

    day: date
    cents: int
    limit_cents: int


class Counted(Protocol):
    """Whatever knows what a share counts for, under Rule 3220 and under each other regime."""

    @property
    def counted_cents(self) -> int:
        """What it counts for unless a regime says otherwise."""

    @property
    def regime_cents(self) -> Mapping[str, int]:
        """What it counts for under the regimes that count otherwise."""


class LaterPoint(NamedTuple):
    """The day of a later gift in the same window, and the total that day with the new one."""

    reference: str
    given_on: date
    running_cents: int
    limit_cents: int


class Totals(NamedTuple):
    """The sums of one window; `running_cents` includes the share, `prior_cents` does not.

    Both end with the share's day; `later_cents` is what the rest of the window holds.
    """

    window: Window
    prior_cents: int
    pending_cents: int
    later_cents: int
    running_cents: int
    left_before_cents: int
    left_after_cents: int
    excess_cents: int
    is_over: bool
    later: LaterPoint | None = None
    is_earlier_year: bool = False

    def as_document(self) -> dict[str, str]:
        """Return the sums as an assessment's document says them."""
        return {
            "window_start": self.window.start.isoformat(),
            "window_end": self.window.end.isoformat(),
            "prior": format_decimal(self.prior_cents),
            "pending": format_decimal(self.pending_cents),
            "running": format_decimal(self.running_cents),
            "left_before": format_decimal(self.left_before_cents),
            "left_after": format_decimal(self.left_after_cents),
            "excess": format_decimal(self.excess_cents),
        }


def total_up(regime: Regime, share: Share, prior: Sequence[PriorShare], policy: Policy) -> Totals:
    """Sum the window the share falls in; of two running years, the stricter."""
    prior = considered(regime, share.day, prior, policy)
    totals = _sum_up(regime, share, prior, policy, year_under(regime, policy))
    if regime.counting is not Counting.FIRM_YEAR:
        return totals
    for earlier in policy.earlier_years:
        other = _sum_up(regime, share, prior, policy, earlier.year)
        if other.window.start < earlier.changed_on and _is_stricter(other, totals):
            totals = other._replace(is_earlier_year=True)
    return totals


def year_under(regime: Regime, policy: Policy) -> Year | None:
    """Return the year over which a regime adds up; None where each occasion stands alone."""
    if regime.counting is Counting.OCCASION:
        return None
    return CALENDAR_YEAR if regime.counting is Counting.CALENDAR_YEAR else policy.year


def considered(
    regime: Regime, day: date, prior: Sequence[PriorShare], policy: Policy
) -> Sequence[PriorShare]:
    """Leave out the gifts from before the limit rose, where the firm has chosen so (U3)."""
    if policy.transition is Transition.COUNT or not regime.is_3220 or day < LIMIT_RAISED_ON:
        return prior
    return [share for share in prior if share.given_on >= LIMIT_RAISED_ON]


def is_over(running_cents: int, limit_cents: int, operator: Operator) -> bool:
    """Say whether a total is too much."""
    return running_cents > limit_cents or (operator is Operator.GE and running_cents == limit_cents)


def counted_under(share: Counted, regime: Regime) -> int:
    """Return what a share of the register counts for under a regime."""
    return share.regime_cents.get(regime.code, share.counted_cents)


def _is_stricter(one: Totals, other: Totals) -> bool:
    return (one.is_over, one.excess_cents, -one.left_before_cents) > (
        other.is_over,
        other.excess_cents,
        -other.left_before_cents,
    )


def _sum_up(
    regime: Regime,
    share: Share,
    prior: Sequence[PriorShare],
    policy: Policy,
    year: Year | None,
) -> Totals:
    """Sum one window; without a year, the day itself."""
    day, cents, limit_cents = share
    window = _window(regime, day, prior, year)
    # In a trailing year, the last day whose own window holds this one.
    horizon = year_end(day) if year is not None and is_trailing(year) else window.end
    total, pending, after, has_later = _added(regime.code, day, prior, window, horizon)
    left = limit_cents - total
    totals = Totals(
        window,
        total,
        pending,
        after,
        total + cents,
        max(0, left),
        left - cents if left > cents else 0,
        cents - left if cents > left else 0,
        cents > left or (cents == left and regime.operator is Operator.GE),
    )
    if not has_later or year is None:
        return totals
    span = Window(window.start, horizon)
    later = _tightest_later(regime, share, prior, policy, year=year, span=span)
    return _with_later(totals, share, regime, later)


def _added(
    code: str, day: date, prior: Sequence[PriorShare], window: Window, horizon: date
) -> tuple[int, int, int, bool]:
    """Return what is held up to the day, what of it waits, what later days hold, if any do."""
    # The hot loop of the engine: one pass, no calls.
    start, end = window
    total = pending = after = 0
    has_later = False
    for given_on, counted, _, waits, by_regime in prior:
        if start <= given_on <= day:
            held = by_regime.get(code, counted) if by_regime else counted
            total += held
            if waits:
                pending += held
        elif day < given_on <= horizon:
            has_later = True
            if given_on <= end:
                after += by_regime.get(code, counted) if by_regime else counted
    return total, pending, after, has_later


def _with_later(totals: Totals, share: Share, regime: Regime, later: LaterPoint | None) -> Totals:
    """Look at the tightest later day as well as at the day itself."""
    if later is None:
        return totals
    left = min(totals.left_before_cents, max(_room(later) + share.cents, 0))
    totals = totals._replace(left_before_cents=left, left_after_cents=max(left - share.cents, 0))
    # A share that counts for nothing makes no later gift exceed.
    if share.cents == 0 or not is_over(later.running_cents, later.limit_cents, regime.operator):
        return totals
    excess = max(totals.excess_cents, -_room(later))
    return totals._replace(excess_cents=excess, is_over=True, later=later)


def _window(regime: Regime, day: date, prior: Sequence[PriorShare], year: Year | None) -> Window:
    if year is None:
        return Window(day, day)
    if is_anchored(year):
        # Only gifts that count open a window.
        code = regime.code
        days = [
            given_on
            for given_on, counted, _, _, by_regime in prior
            if (by_regime.get(code, counted) if by_regime else counted)
        ]
        return window_of(day, year, days)
    return fixed_window(day, year)


def _tightest_later(
    regime: Regime,
    share: Share,
    prior: Sequence[PriorShare],
    policy: Policy,
    *,
    year: Year,
    span: Window,
) -> LaterPoint | None:
    """Return the later day that leaves least room, its total with the share included."""
    # By reference too: of equal days, the order of the history must not choose the one named.
    ordered = sorted(
        (other for other in prior if other.given_on <= span.end),
        key=lambda other: (other.given_on, other.reference),
    )
    days = [other.given_on for other in ordered]
    sums = [0, *accumulate(counted_under(other, regime) for other in ordered)]
    tightest: LaterPoint | None = None
    for other in ordered[bisect_right(days, share.day) :]:
        limit = limit_for(regime, other.given_on, policy).cents
        if limit is None or counted_under(other, regime) == 0:
            continue
        start = trailing_start(other.given_on) if is_trailing(year) else span.start
        total = sums[bisect_right(days, other.given_on)] - sums[bisect_left(days, start)]
        point = LaterPoint(other.reference, other.given_on, total + share.cents, limit)
        if tightest is None or _room(point) < _room(tightest):
            tightest = point
    return tightest


def _room(point: LaterPoint) -> int:
    return point.limit_cents - point.running_cents
