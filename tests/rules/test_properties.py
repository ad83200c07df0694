"""What must hold for any gift, history and policy, not only for the cases we thought of."""

from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from compliance_app.rules.assessment import assess
from compliance_app.rules.facts import Category, Facts, PriorShare, RecipientClass
from compliance_app.rules.money import divide_half_up, divide_up
from compliance_app.rules.settings import Policy, Transition
from compliance_app.rules.valuation import Basis, Rounding
from compliance_app.rules.verdicts import STRICTNESS
from compliance_app.rules.windows import RollingMethod, Year, YearBasis

DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2029, 12, 31))
CENTS = st.integers(min_value=1, max_value=400_00)
YEARS = st.one_of(
    st.just(Year()),
    st.dates(min_value=date(2028, 1, 1), max_value=date(2028, 12, 31)).map(
        lambda start: Year(YearBasis.FISCAL, (start.month, start.day))
    ),
    st.sampled_from(RollingMethod).map(lambda method: Year(YearBasis.ROLLING, method=method)),
)
POLICIES = st.builds(
    Policy,
    year=YEARS,
    valuation_basis=st.sampled_from([Basis.RULE_ON_GIFT_DATE, Basis.COST, Basis.HIGHER]),
    prorata_rounding=st.sampled_from(Rounding),
    transition=st.sampled_from(Transition),
)
SHARES = st.builds(
    PriorShare,
    given_on=DAYS,
    counted_cents=CENTS,
    reference=st.sampled_from(["G-1", "G-2", "G-3"]),
    pending=st.booleans(),
)
HISTORIES = st.lists(SHARES, max_size=12)
CATEGORIES = [Category.MERCHANDISE, Category.TICKET, Category.HOLIDAY, Category.PRIZE]
CLASSES = st.lists(st.sampled_from(RecipientClass), min_size=1, max_size=2, unique=True).map(tuple)
# Not `builds`, which would make up the fields that are left out of a named tuple.
GIFTS = st.fixed_dictionaries(
    {
        "given_on": DAYS,
        "category": st.sampled_from(CATEGORIES),
        "cost_cents": CENTS,
        "market_value_cents": st.none() | CENTS,
        "face_value_cents": st.none() | CENTS,
        "quantity": st.integers(min_value=1, max_value=4),
        "recipients_count": st.integers(min_value=1, max_value=9),
    }
).map(lambda fields: Facts(**fields))  # type: ignore[arg-type]


@given(GIFTS, HISTORIES, SHARES, POLICIES.filter(lambda policy: policy.year.basis != "rolling"))
def test_another_gift_never_lowers_a_total(
    gift: Facts, history: list[PriorShare], another: PriorShare, policy: Policy
) -> None:
    before = assess(gift, history, policy)
    after = assess(gift, [*history, another], policy)
    assert after.running_cents >= before.running_cents
    assert after.excess_cents >= before.excess_cents
    assert STRICTNESS[after.verdict] >= STRICTNESS[before.verdict]


@given(GIFTS, st.permutations(range(12)), HISTORIES, POLICIES)
def test_the_order_of_the_history_changes_nothing(
    gift: Facts, order: list[int], history: list[PriorShare], policy: Policy
) -> None:
    shuffled = [history[index] for index in order if index < len(history)]
    assert assess(gift, shuffled, policy) == assess(gift, history, policy)


@given(
    st.integers(min_value=0, max_value=10**9),
    st.integers(min_value=1, max_value=500),
)
def test_a_divided_gift_never_loses_a_cent(amount: int, parts: int) -> None:
    assert divide_up(amount, parts) * parts >= amount
    assert divide_up(amount, parts) * parts - amount < parts
    assert abs(divide_half_up(amount, parts) * parts * 2 - amount * 2) <= parts


@given(GIFTS, CLASSES, HISTORIES, POLICIES, CENTS)
def test_a_dearer_gift_is_never_judged_more_mildly(
    gift: Facts,
    classes: tuple[RecipientClass, ...],
    history: list[PriorShare],
    policy: Policy,
    more: int,
) -> None:
    gift = gift._replace(recipient_classes=classes, market_value_cents=None)
    dearer = gift._replace(cost_cents=(gift.cost_cents or 0) + more)
    cheap, dear = assess(gift, history, policy), assess(dearer, history, policy)
    assert STRICTNESS[dear.verdict] >= STRICTNESS[cheap.verdict]


@given(GIFTS, CLASSES, HISTORIES, POLICIES)
def test_the_strictest_law_decides(
    gift: Facts,
    classes: tuple[RecipientClass, ...],
    history: list[PriorShare],
    policy: Policy,
) -> None:
    answer = assess(gift._replace(recipient_classes=classes), history, policy)
    for other in answer.others:
        if other.regime != "DOL_LM10_250":
            assert STRICTNESS[answer.verdict] >= STRICTNESS[other.verdict]


@given(GIFTS, CLASSES, HISTORIES, POLICIES)
def test_every_answer_explains_itself_and_adds_up(
    gift: Facts,
    classes: tuple[RecipientClass, ...],
    history: list[PriorShare],
    policy: Policy,
) -> None:
    answer = assess(gift._replace(recipient_classes=classes), history, policy)
    assert answer.reasons
    assert all(reason.sentence.endswith(".") for reason in answer.reasons)
    assert all(isinstance(reason.authority, str) for reason in answer.reasons)
    for one in (answer, *answer.others):
        assert one.running_cents == one.prior_cents + one.counted_cents
        assert one.pending_cents <= one.prior_cents
        if one.window_start is not None and one.window_end is not None:
            assert one.window_start <= gift.given_on <= one.window_end
    assert (
        answer.as_document()
        == assess(gift._replace(recipient_classes=classes), list(history), policy).as_document()
    )


@given(GIFTS, HISTORIES, POLICIES)
def test_the_room_left_is_exactly_what_can_still_be_given(
    gift: Facts, history: list[PriorShare], policy: Policy
) -> None:
    plain = gift._replace(
        category=Category.MERCHANDISE,
        market_value_cents=None,
        quantity=1,
        recipients_count=1,
    )
    left = assess(plain, history, policy).left_before_cents
    assert left is not None
    if left > 0:
        fits = assess(plain._replace(cost_cents=left), history, policy)
        assert fits.verdict == "within_limit"
    over = assess(plain._replace(cost_cents=left + 1), history, policy)
    assert over.verdict == "exceeds_limit"


def plain_total(
    day: date, cents: int, history: list[PriorShare], in_window: Callable[[date], bool]
) -> int:
    """Add up as one would by hand."""
    return cents + sum(
        share.counted_cents
        for share in history
        if share.given_on <= day and in_window(share.given_on)
    )


@given(DAYS, CENTS, HISTORIES)
def test_the_calendar_total_is_the_sum_by_hand(
    day: date, cents: int, history: list[PriorShare]
) -> None:
    answer = assess(Facts(day, Category.MERCHANDISE, cost_cents=cents), history, Policy())
    assert answer.running_cents == plain_total(
        day, cents, history, lambda given_on: given_on.year == day.year
    )


@given(DAYS, CENTS, HISTORIES)
def test_the_rolling_total_is_the_sum_of_the_windows_laid_one_by_one(
    day: date, cents: int, history: list[PriorShare]
) -> None:
    """Lay the windows day by day, the slow way, and compare."""
    days = sorted({share.given_on for share in history if share.given_on <= day} | {day})
    start = days[0]
    for given_on in days:
        years = timedelta(days=365 if not _holds_leap_day(start) else 366)
        if given_on >= start + years:
            start = given_on
    policy = Policy(year=Year(YearBasis.ROLLING))
    answer = assess(Facts(day, Category.MERCHANDISE, cost_cents=cents), history, policy)
    assert answer.window_start == start
    assert answer.running_cents == plain_total(
        day, cents, history, lambda given_on: given_on >= start
    )


def _holds_leap_day(start: date) -> bool:
    """Say whether the year from `start` holds a 29 February."""
    return any((start + timedelta(days=step)).strftime("%m-%d") == "02-29" for step in range(366))
