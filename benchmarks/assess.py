"""How fast the engine is, beside a bare loop that only adds and compares.

Run: python -m benchmarks.assess. Goals: 100,000 assessments a second on one core with ten
prior gifts in a calendar year, and at most 15 times the time of the bare loop.
"""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from time import perf_counter

from compliance_app.rules.assessment import assess
from compliance_app.rules.facts import Category, Facts, PriorShare
from compliance_app.rules.settings import Policy
from compliance_app.rules.windows import RollingMethod, Year, YearBasis

PEOPLE = 200
ROUNDS = 100
LIMIT_CENTS = 300_00
POLICIES = {
    "calendar": Policy(),
    "fiscal": Policy(year=Year(YearBasis.FISCAL, (7, 1))),
    "rolling from the first gift": Policy(year=Year(YearBasis.ROLLING)),
    "trailing twelve months": Policy(year=Year(YearBasis.ROLLING, method=RollingMethod.TRAILING)),
}

Share = tuple[Facts, list[PriorShare]]


def make_shares(gifts_before: int, seed: int = 3220) -> list[Share]:
    """Make seeded gifts, each after so many others of the same year."""
    chance = random.Random(seed)
    first = date(2026, 4, 1)
    return [
        (
            Facts(date(2026, 12, 1), Category.MERCHANDISE, cost_cents=chance.randrange(1, 90_00)),
            [
                PriorShare(
                    first + timedelta(days=chance.randrange(240)),
                    chance.randrange(1, 40_00),
                    f"G-{number}",
                )
                for number in range(gifts_before)
            ],
        )
        for _ in range(PEOPLE)
    ]


def bare_loop(shares: Sequence[Share]) -> int:
    """Add and compare, and nothing else: what no engine can undercut in Python."""
    over = 0
    start = date(2026, 1, 1)
    for facts, prior in shares:
        day = facts.given_on
        total = facts.cost_cents or 0
        for share in prior:
            if start <= share.given_on <= day:
                total += share.counted_cents
        over += total > LIMIT_CENTS
    return over


def engine(shares: Sequence[Share], policy: Policy) -> int:
    """Judge the same gifts with everything the engine knows."""
    return sum(assess(facts, prior, policy).verdict == "exceeds_limit" for facts, prior in shares)


def best_time(work: Callable[[], int]) -> float:
    """Return the shortest of many short runs: the least disturbed by the rest of the machine."""
    times = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        work()
        times.append(perf_counter() - begun)
    return min(times)


def main() -> None:
    """Print the speed for each kind of year and for histories of several lengths."""
    shares = make_shares(10)
    if bare_loop(shares) != engine(shares, POLICIES["calendar"]):
        raise SystemExit("The bare loop and the engine disagree, so their times mean nothing.")
    bare = best_time(lambda: bare_loop(shares))
    print(f"bare loop, 10 prior gifts: {PEOPLE / bare:>10,.0f} a second")
    for name, policy in POLICIES.items():
        time = best_time(lambda policy=policy: engine(shares, policy))  # type: ignore[misc]
        print(f"{name:<28}{PEOPLE / time:>10,.0f} a second, {time / bare:4.1f} x the bare loop")
    for gifts_before in (0, 100, 1_000):
        longer = make_shares(gifts_before)[: 20_000 // (gifts_before + 100)]
        time = best_time(lambda longer=longer: engine(longer, POLICIES["calendar"]))  # type: ignore[misc]
        print(f"calendar, {gifts_before:>5,} prior gifts  {len(longer) / time:>10,.0f} a second")


if __name__ == "__main__":
    main()
