"""The sum of a window: which shares it holds, and what a late entry does to later days."""

from datetime import date

import pytest

from compliance_app.rules.assessment import Verdict, assess
from compliance_app.rules.facts import PriorShare, RecipientClass
from compliance_app.rules.reasons import ReasonCode
from compliance_app.rules.regimes import Limit
from compliance_app.rules.settings import EarlierYear, Policy
from compliance_app.rules.windows import RollingMethod, Year, YearBasis
from tests.rules.make import judge, make_facts, sentences

FISCAL_JULY = Year(YearBasis.FISCAL, (7, 1))
ANCHORED = Year(YearBasis.ROLLING)
TRAILING = Year(YearBasis.ROLLING, method=RollingMethod.TRAILING)


def test_a_late_entry_that_makes_a_later_gift_exceed_names_that_gift() -> None:
    answer = judge(make_facts("2026-05-04", cost_cents=60_00), ("2026-08-01", 250_00))
    assert answer.verdict is Verdict.EXCEEDS_LIMIT
    assert (answer.prior_cents, answer.running_cents) == (0, 60_00)
    assert (answer.left_before_cents, answer.left_after_cents) == (50_00, 0)
    assert answer.excess_cents == 10_00
    assert sentences(answer)[-1] == (
        "A later gift (G-1) on August 1, 2026 is already in the register: with this one added, "
        "the total on that day would be $310.00, over the limit of $300.00 (Rule 3220(a))."
    )


def test_what_the_rest_of_the_year_holds_is_told_apart() -> None:
    classes = (RecipientClass.US_FEDERAL_EXECUTIVE,)
    prior = [
        PriorShare(date(2026, 5, 3), 1_00, "G-1"),
        PriorShare(date(2026, 5, 5), 2_00, "G-2"),
        PriorShare(date(2026, 12, 31), 4_00, "G-3", regime_cents={"FINRA_3220": 8_00}),
        PriorShare(date(2027, 1, 1), 16_00, "G-4"),
    ]
    facts = make_facts("2026-05-04", cost_cents=10_00, recipient_classes=classes)
    answer = assess(facts, prior, Policy())
    later = {one.regime: one.later_cents for one in (answer, *answer.others)}
    assert later == {
        "FINRA_3220": 10_00,
        "US_5CFR_2635_204a_occasion": 0,
        "US_5CFR_2635_204a_year": 6_00,
    }


def test_a_trailing_year_holds_nothing_later() -> None:
    answer = judge(make_facts("2026-05-04"), ("2026-05-05", 9_00), policy=Policy(year=TRAILING))
    assert answer.later_cents == 0


def test_a_late_entry_leaves_the_room_of_the_tightest_later_day() -> None:
    answer = judge(
        make_facts("2026-05-04", cost_cents=20_00), ("2026-08-01", 250_00), ("2026-12-01", 10_00)
    )
    assert answer.verdict is Verdict.WITHIN_LIMIT
    assert (answer.left_before_cents, answer.left_after_cents) == (40_00, 20_00)


def test_a_late_entry_before_the_change_is_held_to_the_old_limit_on_its_day_only() -> None:
    answer = judge(make_facts("2026-02-01", cost_cents=90_00), ("2026-08-01", 200_00))
    assert answer.verdict is Verdict.WITHIN_LIMIT
    assert answer.left_after_cents == 10_00


def test_a_later_gift_in_another_year_is_not_touched() -> None:
    answer = judge(make_facts("2026-05-04", cost_cents=60_00), ("2027-01-01", 300_00))
    assert answer.verdict is Verdict.WITHIN_LIMIT


def test_a_later_trailing_year_that_holds_the_day_is_looked_at() -> None:
    policy = Policy(year=TRAILING)
    facts = make_facts("2026-05-04", cost_cents=60_00)
    inside = judge(facts, ("2027-05-03", 250_00), policy=policy)
    outside = judge(facts, ("2027-05-04", 250_00), policy=policy)
    assert inside.verdict is Verdict.EXCEEDS_LIMIT
    assert outside.verdict is Verdict.WITHIN_LIMIT


def test_a_gift_that_counts_for_nothing_pushes_no_later_gift_over() -> None:
    answer = judge(make_facts(cost_cents=0), ("2026-08-01", 310_00))
    assert answer.verdict is Verdict.WITHIN_LIMIT
    assert answer.left_before_cents == 0


def test_a_later_share_that_counts_for_nothing_is_no_point_to_judge() -> None:
    answer = judge(make_facts(cost_cents=300_00), ("2026-08-01", 0))
    assert answer.verdict is Verdict.WITHIN_LIMIT


def test_a_change_of_year_does_not_reset_a_running_one() -> None:
    policy = Policy(year=FISCAL_JULY, earlier_years=(EarlierYear(Year(), date(2026, 7, 1)),))
    answer = judge(
        make_facts("2026-09-01", cost_cents=200_00), ("2026-05-01", 200_00), policy=policy
    )
    assert answer.verdict is Verdict.EXCEEDS_LIMIT
    assert (answer.window_start, answer.window_end) == (date(2026, 1, 1), date(2026, 12, 31))
    assert (
        "The year the firm used before its policy changed still runs, in 2026, and is the "
        "stricter one here." in sentences(answer)
    )


def test_a_year_that_ended_before_the_change_plays_no_part() -> None:
    policy = Policy(year=FISCAL_JULY, earlier_years=(EarlierYear(Year(), date(2026, 7, 1)),))
    answer = judge(
        make_facts("2027-02-01", cost_cents=200_00), ("2026-05-01", 200_00), policy=policy
    )
    assert answer.window_start == date(2026, 7, 1)
    assert answer.verdict is Verdict.WITHIN_LIMIT


def test_of_two_years_that_are_equally_strict_the_present_one_is_shown() -> None:
    policy = Policy(year=FISCAL_JULY, earlier_years=(EarlierYear(Year(), date(2026, 7, 1)),))
    answer = judge(make_facts("2026-09-01"), ("2026-08-01", 20_00), policy=policy)
    assert (answer.window_start, answer.window_end) == (date(2026, 7, 1), date(2027, 6, 30))
    assert ReasonCode.EARLIER_YEAR not in {reason.code for reason in answer.reasons}


def test_both_years_are_looked_at_while_the_old_one_has_room_left() -> None:
    policy = Policy(year=FISCAL_JULY, earlier_years=(EarlierYear(Year(), date(2026, 7, 1)),))
    answer = judge(make_facts("2026-09-01"), ("2026-05-01", 100_00), policy=policy)
    assert answer.verdict is Verdict.WITHIN_LIMIT
    assert answer.window_start == date(2026, 1, 1)
    assert answer.left_before_cents == 200_00


def test_an_old_year_that_would_begin_after_the_change_is_no_longer_laid() -> None:
    policy = Policy(year=FISCAL_JULY, earlier_years=(EarlierYear(Year(), date(2026, 7, 1)),))
    answer = judge(
        make_facts("2027-09-01", cost_cents=200_00), ("2027-05-01", 200_00), policy=policy
    )
    assert answer.window_start == date(2027, 7, 1)
    assert answer.verdict is Verdict.WITHIN_LIMIT


def test_only_gifts_that_count_open_a_rolling_year() -> None:
    policy = Policy(year=ANCHORED)
    prior = [
        PriorShare(date(2026, 4, 1), 0, "G-1"),
        PriorShare(date(2026, 5, 1), 25_00, "G-2", regime_cents={"FINRA_3220": 0}),
        PriorShare(date(2026, 6, 1), 0, "G-3", regime_cents={"FINRA_3220": 25_00}),
    ]
    answer = assess(make_facts("2026-07-01"), prior, policy)
    assert answer.window_start == date(2026, 6, 1)
    assert answer.prior_cents == 25_00


def test_a_late_entry_in_a_rolling_year_is_judged_with_the_gifts_after_it() -> None:
    policy = Policy(year=ANCHORED)
    facts = make_facts("2026-05-04", cost_cents=60_00)
    inside = judge(facts, ("2027-05-03", 250_00), policy=policy)
    outside = judge(facts, ("2027-05-04", 250_00), policy=policy)
    assert inside.verdict is Verdict.EXCEEDS_LIMIT
    assert outside.verdict is Verdict.WITHIN_LIMIT


def test_the_tightest_later_day_may_be_one_under_the_old_limit() -> None:
    answer = judge(
        make_facts("2026-02-01", cost_cents=31_00), ("2026-03-01", 70_00), ("2026-08-01", 10_00)
    )
    assert answer.verdict is Verdict.EXCEEDS_LIMIT
    assert answer.left_before_cents == 30_00
    assert "A later gift (G-1) on March 1, 2026" in sentences(answer)[-1]


def test_an_old_year_that_would_begin_on_the_day_of_the_change_is_not_laid() -> None:
    policy = Policy(year=FISCAL_JULY, earlier_years=(EarlierYear(Year(), date(2027, 1, 1)),))
    answer = judge(
        make_facts("2027-09-01", cost_cents=200_00), ("2027-02-01", 200_00), policy=policy
    )
    assert answer.verdict is Verdict.WITHIN_LIMIT


def test_gifts_of_the_year_before_are_no_part_of_a_later_total() -> None:
    answer = judge(make_facts("2026-05-04"), ("2025-06-01", 90_00), ("2026-08-01", 250_00))
    assert answer.verdict is Verdict.WITHIN_LIMIT
    assert answer.left_after_cents == 0


def test_a_later_share_of_nothing_is_not_held_to_the_limit_of_its_day() -> None:
    stricter = (Limit(date(2026, 7, 1), 200_00, "the firm's own limit", checked=True),)
    policy = Policy(firm_limits=stricter)
    facts = make_facts("2026-05-04", cost_cents=250_00)
    assert judge(facts, ("2026-08-01", 0), policy=policy).verdict is Verdict.WITHIN_LIMIT
    assert judge(facts, ("2026-08-01", 1), policy=policy).verdict is Verdict.EXCEEDS_LIMIT


@pytest.mark.parametrize(
    ("cents", "verdict"), [(49_99, Verdict.WITHIN_LIMIT), (50_00, Verdict.EXCEEDS_LIMIT)]
)
def test_a_later_total_that_must_stay_below_may_not_be_reached(
    cents: int, verdict: Verdict
) -> None:
    classes = (RecipientClass.ERISA_FIDUCIARY,)
    facts = make_facts("2026-05-04", cost_cents=cents, recipient_classes=classes)
    assert judge(facts, ("2026-08-01", 200_00)).verdict is verdict


def test_a_later_trailing_year_has_left_older_gifts_behind() -> None:
    policy = Policy(year=TRAILING)
    facts = make_facts("2026-05-04", cost_cents=60_00)
    answer = judge(facts, ("2025-06-01", 200_00), ("2026-08-01", 100_00), policy=policy)
    assert answer.verdict is Verdict.WITHIN_LIMIT
    assert (answer.left_before_cents, answer.left_after_cents) == (100_00, 40_00)


def test_a_later_day_of_a_calendar_year_is_summed_from_its_january() -> None:
    facts = make_facts("2026-05-04", cost_cents=60_00)
    answer = judge(facts, ("2025-12-15", 90_00), ("2026-08-01", 200_00))
    assert answer.verdict is Verdict.WITHIN_LIMIT
    assert answer.left_after_cents == 40_00


def test_a_later_share_of_nothing_hides_none_after_it() -> None:
    facts = make_facts("2026-05-04", cost_cents=60_00)
    answer = judge(facts, ("2026-08-01", 0), ("2026-09-01", 250_00))
    assert answer.verdict is Verdict.EXCEEDS_LIMIT


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_later_gifts_of_one_day_the_first_reference_is_named(order: tuple[int, int]) -> None:
    day = date(2026, 8, 1)
    prior = [PriorShare(day, 200_00, "G-1"), PriorShare(day, 70_00, "G-2")]
    answer = assess(make_facts(), [prior[index] for index in order], Policy())
    assert sentences(answer)[-1].startswith("A later gift (G-1) on August 1, 2026 ")


def test_a_later_gift_without_a_reference_is_named_by_its_day() -> None:
    answer = assess(make_facts(), [PriorShare(date(2026, 8, 1), 270_00)], Policy())
    assert sentences(answer)[-1].startswith("A later gift on August 1, 2026 is already in ")


def test_a_later_gift_may_be_too_much_in_the_old_year_alone() -> None:
    policy = Policy(year=FISCAL_JULY, earlier_years=(EarlierYear(Year(), date(2026, 7, 1)),))
    facts = make_facts("2026-08-01", cost_cents=100_00)
    answer = judge(facts, ("2026-02-01", 150_00), ("2026-10-01", 100_00), policy=policy)
    assert answer.verdict is Verdict.EXCEEDS_LIMIT
    assert (answer.left_before_cents, answer.excess_cents) == (50_00, 50_00)


def test_a_later_share_counts_for_what_the_law_in_question_makes_of_it() -> None:
    year = "US_5CFR_2635_204a_year"
    classes = (RecipientClass.US_FEDERAL_EXECUTIVE,)
    facts = make_facts(cost_cents=10_00, recipient_classes=classes)
    prior = [PriorShare(date(2026, 8, 1), 60_00, "G-1", regime_cents={year: 5_00})]
    assert assess(facts, prior, Policy()).verdict is Verdict.WITHIN_LIMIT


def test_all_that_waits_is_added_up() -> None:
    day = date(2026, 4, 1)
    prior = [
        PriorShare(day, 10_00, "G-1", pending=True),
        PriorShare(day, 20_00, "G-2"),
        PriorShare(day, 5_00, "G-3", pending=True),
    ]
    assert assess(make_facts(), prior, Policy()).pending_cents == 15_00


def test_a_share_other_laws_value_otherwise_opens_a_rolling_year_all_the_same() -> None:
    prior = [PriorShare(date(2026, 4, 1), 25_00, "G-1", regime_cents={"MSRB_G20": 30_00})]
    answer = assess(make_facts(), prior, Policy(year=ANCHORED))
    assert answer.window_start == date(2026, 4, 1)
