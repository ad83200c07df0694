"""The numbers of the report, added up once from its shares, and which share belongs where."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from compliance_app.rules.money import format_dollars
from compliance_app.rules.reasons import MONTHS
from compliance_app.rules.report_kinds import ReportKind
from compliance_app.rules.verdicts import EXEMPT, Verdict
from compliance_app.rules.workflow import DecisionKind, State, standing
from reports.source import DatedLimit, QuarterReport, RecipientTotal, ShareLine
from reports.wording import count, plural

PENDING: Final = frozenset({State.SUBMITTED, State.SENT_BACK})
OVER: Final = frozenset({Verdict.EXCEEDS_LIMIT, Verdict.PROHIBITED})
# How many months are added up together, and how many such groups are shown.
STEPS: Final = (1, 3, 12, 60, 240)
MOST_MONTHS: Final = 13
BANDS: Final = ("up to 25%", "up to 50%", "up to 75%", "up to 100%", "over the limit")


class MonthFigure(NamedTuple):
    """One month of the period, or several; `limit` is one that takes effect in it.

    `limit_place` is how far into it that is, in thousandths.
    """

    label: str
    gifts: int
    cents: int
    limit: DatedLimit | None = None
    limit_place: int = 0


class CategoryFigure(NamedTuple):
    """One category of gifts."""

    category: str
    gifts: int
    cents: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The key figures; a gift to several recipients is one gift of several shares.

    `bands` says how many recipients have used how much of the limit, as `BANDS` names them.
    """

    gifts: int
    shares: int
    counted_cents: int
    recipients: int
    employers: int
    over: int
    excluded: int
    pending: int
    late: int
    decisions: int
    months: tuple[MonthFigure, ...]
    categories: tuple[CategoryFigure, ...]
    bands: tuple[int, ...]


class KeyFigure(NamedTuple):
    """One number of the cover, with what it counts."""

    number: str
    caption: str
    is_alarming: bool = False


def key_figures(
    kind: ReportKind,
    *,
    gifts: int,
    recipients: int,
    counted_cents: int,
    pending: int,
    over: int,
    policies: int,
) -> tuple[KeyFigure, ...]:
    """Return what the cover of a kind of report says in large figures."""
    if kind is ReportKind.POLICY:
        return (KeyFigure(f"{policies:,}", f"{plural(policies, 'version')} of the policy"),)
    to = f"{plural(gifts, 'gift')} to {count(recipients, 'recipient')}"
    if kind.is_for_the_client:
        value = KeyFigure(format_dollars(counted_cents), "value of these gifts")
        return (KeyFigure(f"{gifts:,}", to), value)
    return (
        KeyFigure(f"{gifts:,}", to),
        KeyFigure(format_dollars(counted_cents), "counted toward the limit"),
        KeyFigure(f"{pending:,}", "waiting for a decision"),
        KeyFigure(f"{over:,}", "over the limit, each recorded", over > 0),
    )


def is_over(share: ShareLine) -> bool:
    """Say whether the share was, or would have been, over a limit."""
    return share.verdict in OVER or share.state == State.BREACH or share.excess_cents > 0


def is_exception(share: ShareLine) -> bool:
    """Say whether the share belongs with the exceptions, exemptions and breaches."""
    stand = standing(share.decisions)
    granted = any(line.kind == DecisionKind.GRANT_EXCEPTION for line in stand)
    return granted or is_over(share) or bool(share.exemption)


def is_excluded(share: ShareLine) -> bool:
    """Say whether the share is kept out of the limit by an exclusion."""
    return share.verdict in EXEMPT


def is_pending(share: ShareLine) -> bool:
    """Say whether the share still waits for a decision."""
    return share.state in PENDING


class Sums:
    """What was added up so far, in one way through the shares of a report."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self.employers: set[str] = set()
        self.shares = self.over = self.excluded = self.pending = self.late = self.decisions = 0
        self.gifts_of_month: Counter[int] = Counter()
        self.cents_of_month: Counter[int] = Counter()
        self.gifts_of_category: Counter[str] = Counter()
        self.cents_of_category: Counter[str] = Counter()

    def add(self, share: ShareLine) -> None:
        """Add a share; what is said of its gift counts once, with the first of its shares."""
        month = _month(share.given_on)
        is_first = share.gift_reference not in self._seen
        self.gifts_of_month[month] += is_first
        self.gifts_of_category[share.category] += is_first
        if is_first:
            self._seen.add(share.gift_reference)
            self.decisions += len(share.decisions)
        if share.counts:
            self.cents_of_month[month] += share.counted_cents
            self.cents_of_category[share.category] += share.counted_cents
        self.employers.add(share.employer)
        self.shares += 1
        self.over += is_over(share)
        self.excluded += is_excluded(share)
        self.pending += is_pending(share)
        self.late += share.late

    @property
    def gifts(self) -> int:
        """How many gifts there are."""
        return len(self._seen)


def add_up(report: QuarterReport) -> Figures:
    """Add up the figures of a report."""
    sums = Sums()
    for share in report.shares:
        sums.add(share)
    return Figures(
        gifts=sums.gifts,
        shares=sums.shares,
        counted_cents=sums.cents_of_month.total(),
        recipients=len(report.totals),
        employers=len(sums.employers),
        over=sums.over,
        excluded=sums.excluded,
        pending=sums.pending,
        late=sums.late,
        decisions=sums.decisions,
        months=_by_month(report, sums),
        categories=_by_category(sums),
        bands=_by_use(report),
    )


def gifts_in(shares: Iterable[ShareLine]) -> int:
    """Return of how many gifts these are shares."""
    return len({share.gift_reference for share in shares})


def _by_month(report: QuarterReport, sums: Sums) -> tuple[MonthFigure, ...]:
    """Return the sums by month or, where there are too many to be read, by several together."""
    first, last = _month(report.meta.first_day), _month(report.meta.last_day)
    step = next((step for step in STEPS if (last - first) // step < MOST_MONTHS), STEPS[-1])
    gifts: Counter[int] = Counter()
    cents: Counter[int] = Counter()
    for month, number in sums.gifts_of_month.items():
        gifts[month // step] += number
        cents[month // step] += sums.cents_of_month[month]
    changes = {
        _month(limit.from_day) // step: limit
        for limit in report.meta.limits
        if limit.from_day > report.meta.first_day
    }
    return tuple(
        MonthFigure(
            _label(group, step),
            gifts[group],
            cents[group],
            changes.get(group),
            _place(changes[group].from_day, step) if group in changes else 0,
        )
        for group in range(first // step, last // step + 1)
    )


def _place(day: date, step: int) -> int:
    """Return how far into its group of months a day is, in thousandths."""
    return (_month(day) % step * 1_000 + (day.day - 1) * 1_000 // 31) // step


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _label(group: int, step: int) -> str:
    year, month = divmod(group * step, 12)
    if step == 1:
        return f"{MONTHS[month]} {year}"
    if step < len(MONTHS):
        return f"{year}Q{month // step + 1}"
    return str(year) if step == len(MONTHS) else f"{year}-{year + step // 12 - 1}"


def _by_category(sums: Sums) -> tuple[CategoryFigure, ...]:
    figures = (
        CategoryFigure(category, number, sums.cents_of_category[category])
        for category, number in sums.gifts_of_category.items()
    )
    return tuple(sorted(figures, key=lambda each: (-each.gifts, each.category)))


def _by_use(report: QuarterReport) -> tuple[int, ...]:
    bands = [0] * len(BANDS)
    for total in report.totals:
        band = use_of_limit(total)
        if band is not None:
            bands[band] += 1
    return tuple(bands)


def use_of_limit(total: RecipientTotal) -> int | None:
    """Return which of `BANDS` a recipient's running total falls in; None without a limit."""
    if total.over:
        return len(BANDS) - 1
    if total.limit_cents is None:
        return None
    quarters = -(-total.running_cents * 4 // max(1, total.limit_cents))
    return min(max(quarters, 1), len(BANDS) - 1) - 1
