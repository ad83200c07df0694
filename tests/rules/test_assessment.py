from datetime import date

import pytest

from compliance_app.rules.assessment import Verdict, assess
from compliance_app.rules.facts import Category, PriorShare, RecipientClass, Standing
from compliance_app.rules.reasons import ReasonCode
from compliance_app.rules.regimes import Limit
from compliance_app.rules.settings import EarlierYear, Policy, Transition, carry_over
from compliance_app.rules.valuation import Basis
from compliance_app.rules.windows import RollingMethod, Year, YearBasis
from tests.rules.make import judge, make_facts, make_prior, sentences

FISCAL_JULY = Year(YearBasis.FISCAL, (7, 1))
ANCHORED = Year(YearBasis.ROLLING)
TRAILING = Year(YearBasis.ROLLING, method=RollingMethod.TRAILING)
FIRM_LIMIT = (Limit(date(2026, 3, 30), 200_00, "the firm's own limit", checked=True),)


@pytest.mark.parametrize(
    ("day", "cents", "verdict"),
    [
        pytest.param("2026-03-29", 100_00, Verdict.WITHIN_LIMIT, id="old limit, reached"),
        pytest.param("2026-03-29", 100_01, Verdict.EXCEEDS_LIMIT, id="old limit, a cent over"),
        pytest.param("2026-03-30", 300_00, Verdict.WITHIN_LIMIT, id="new limit, reached"),
        pytest.param("2026-03-30", 300_01, Verdict.EXCEEDS_LIMIT, id="new limit, a cent over"),
        pytest.param("1980-01-01", 100_01, Verdict.EXCEEDS_LIMIT, id="before the first row"),
    ],
)
def test_a_gift_is_judged_by_the_limit_of_its_day(day: str, cents: int, verdict: Verdict) -> None:
    assert judge(make_facts(day, cost_cents=cents)).verdict is verdict


def test_the_sum_and_its_steps_are_told() -> None:
    answer = judge(make_facts("2026-09-01", cost_cents=37_45), ("2026-04-20", 250_00))
    valued, before, summed = sentences(answer)
    assert valued == "This gift counts for $37.45: its cost without tax and delivery."
    assert before == (
        "The firm's other gifts to this person in 2026 come to $250.00 up to that day."
    )
    assert summed == (
        "All gifts from the firm to this person in 2026 come to $287.45 with this one; the limit "
        "is $300.00 (Rule 3220(a))."
    )
    assert answer.near


def test_a_gift_over_the_limit_says_by_how_much() -> None:
    answer = judge(make_facts("2026-09-01", cost_cents=60_00), ("2026-04-20", 250_00))
    assert answer.excess_cents == 10_00
    assert answer.left_before_cents == 50_00
    assert answer.left_after_cents == 0
    assert sentences(answer)[2] == (
        "All gifts from the firm to this person in 2026 would come to $310.00 with this one, "
        "which is $10.00 over the limit of $300.00 (Rule 3220(a))."
    )


def test_a_divided_gift_tells_the_division() -> None:
    answer = judge(make_facts(cost_cents=420_00, recipients_count=7, quantity=2))
    assert sentences(answer)[0] == (
        "This share counts for $120.00: $840.00 divided among 7 recipients (2 items at $420.00 "
        "each, its cost without tax and delivery)."
    )


def test_waiting_shares_hold_room_and_are_shown_apart() -> None:
    prior = [
        PriorShare(date(2026, 4, 1), 100_00, "G-1"),
        PriorShare(date(2026, 4, 2), 150_00, "G-2", pending=True),
    ]
    answer = assess(make_facts(cost_cents=60_00), prior, Policy())
    assert answer.prior_cents == 250_00
    assert answer.pending_cents == 150_00
    assert sentences(answer)[1] == (
        "The firm's other gifts to this person in 2026 come to $250.00 up to that day; $150.00 of "
        "it is not given yet."
    )
    assert answer.verdict is Verdict.EXCEEDS_LIMIT


@pytest.mark.parametrize(
    ("cents", "near"), [(239_99, False), (240_00, True), (300_00, True), (300_01, False)]
)
def test_near_begins_at_the_warning_level_and_ends_at_the_limit(cents: int, near: bool) -> None:
    assert judge(make_facts(cost_cents=cents)).near is near


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


def test_the_firms_own_limit_is_the_stricter_and_can_be_excepted() -> None:
    policy = Policy(firm_limits=FIRM_LIMIT)
    answer = judge(make_facts(cost_cents=250_00), policy=policy)
    assert answer.verdict is Verdict.EXCEEDS_LIMIT
    assert answer.limit_cents == 200_00
    assert answer.is_within_rule
    assert answer.authority == "the firm's policy"
    assert "The firm's own limit of $200.00 is lower than the rule's $300.00 and applies." in (
        sentences(answer)
    )
    assert not judge(make_facts(cost_cents=300_01), policy=policy).is_within_rule


def test_a_firm_limit_holds_from_its_day_and_only_where_it_is_lower() -> None:
    policy = Policy(firm_limits=FIRM_LIMIT)
    assert judge(make_facts("2026-03-29"), policy=policy).limit_cents == 100_00
    looser = (Limit(date(2020, 1, 1), 150_00, "the firm's own limit", checked=True),)
    assert judge(make_facts("2026-03-29"), policy=Policy(firm_limits=looser)).limit_cents == 100_00


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


def test_carrying_over_remembers_each_change_of_year() -> None:
    first = Policy(version="1")
    second = Policy(version="2", effective_on=date(2026, 4, 1), warning_percent=70)
    third = Policy(version="3", effective_on=date(2026, 7, 1), year=FISCAL_JULY)
    carried = carry_over([first, second, third])
    assert carried.version == "3"
    assert carried.earlier_years == (EarlierYear(Year(), date(2026, 7, 1)),)


def test_gifts_from_before_the_change_count_unless_the_firm_leaves_them_out() -> None:
    facts = make_facts("2026-04-10", cost_cents=250_00)
    counting = judge(facts, ("2026-01-20", 90_00))
    leaving_out = judge(facts, ("2026-01-20", 90_00), policy=Policy(transition=Transition.IGNORE))
    assert counting.verdict is Verdict.EXCEEDS_LIMIT
    assert leaving_out.verdict is Verdict.WITHIN_LIMIT
    assert sentences(counting)[-1] == (
        "Gifts from before March 30, 2026 decide this result. FINRA has not said whether they "
        "count toward the new limit; the firm's policy is to count them "
        "(Regulatory Notice 26-05)."
    )
    assert "leave them out" in sentences(leaving_out)[-1]


def test_the_transition_is_not_mentioned_where_it_decides_nothing() -> None:
    far_over = judge(make_facts("2026-04-10", cost_cents=400_00), ("2026-01-20", 90_00))
    assert ReasonCode.TRANSITION not in {reason.code for reason in far_over.reasons}


def test_old_gifts_count_toward_the_old_limit_whatever_the_transition() -> None:
    policy = Policy(transition=Transition.IGNORE)
    answer = judge(make_facts("2026-03-01", cost_cents=20_00), ("2026-01-20", 90_00), policy=policy)
    assert answer.verdict is Verdict.EXCEEDS_LIMIT


def test_another_value_that_would_exceed_is_pointed_out() -> None:
    answer = judge(make_facts(cost_cents=280_00, market_value_cents=320_00))
    assert answer.verdict is Verdict.WITHIN_LIMIT
    assert sentences(answer)[-1] == (
        "Take care: valued at $320.00 (the highest of cost, market and face value), the total "
        "would be over the limit (Rule 3220, supplementary material on valuation)."
    )


def test_a_value_at_cost_that_would_do_is_pointed_out() -> None:
    policy = Policy(valuation_basis=Basis.HIGHER)
    answer = judge(make_facts(cost_cents=280_00, market_value_cents=320_00), policy=policy)
    assert answer.verdict is Verdict.EXCEEDS_LIMIT
    assert sentences(answer)[-1] == (
        "Valued at cost, $280.00, the total would be within the limit; the firm's policy uses "
        "the higher value (Rule 3220, supplementary material on valuation)."
    )


def test_values_that_agree_on_the_outcome_are_not_mentioned() -> None:
    policy = Policy(valuation_basis=Basis.HIGHER)
    for facts in (
        make_facts(cost_cents=280_00, market_value_cents=300_00),
        make_facts(cost_cents=310_00, market_value_cents=320_00),
        make_facts(cost_cents=None, market_value_cents=320_00),
    ):
        assert judge(facts, policy=policy).notes == ()


def test_an_item_that_cost_nothing_is_counted_at_market_until_someone_decides() -> None:
    answer = judge(make_facts(cost_cents=0, market_value_cents=250_00))
    assert answer.verdict is Verdict.NEEDS_COMPLIANCE_JUDGEMENT
    assert answer.counted_cents == 250_00
    question, held, summed = sentences(answer)
    assert question == (
        "The item cost nothing and was passed on. Cost alone would count it as zero, so its "
        "value must be decided; the market value is counted until then (Rule 3220, "
        "supplementary material on valuation)."
    )
    assert held == "Until someone in compliance decides, $250.00 is counted."
    assert summed.endswith("come to $250.00 with this one; the limit is $300.00 (Rule 3220(a)).")


@pytest.mark.parametrize(
    ("cost", "verdict"),
    [
        pytest.param(305_95, Verdict.NEEDS_COMPLIANCE_JUDGEMENT, id="the fee decides"),
        pytest.param(205_95, Verdict.WITHIN_LIMIT, id="within with the fee"),
        pytest.param(405_95, Verdict.EXCEEDS_LIMIT, id="over without the fee"),
    ],
)
def test_a_fee_is_judged_only_where_it_decides(cost: int, verdict: Verdict) -> None:
    facts = make_facts(
        category=Category.GIFT_CARD,
        cost_cents=cost,
        evidence={"fee_not_tax_or_delivery": "5.95"},
    )
    assert judge(facts).verdict is verdict


def test_an_unknown_value_goes_to_a_person() -> None:
    answer = judge(make_facts(cost_cents=None))
    assert answer.verdict is Verdict.NEEDS_COMPLIANCE_JUDGEMENT
    assert sentences(answer)[0].startswith("No usable value is given.")


def test_a_foreign_price_says_the_rate_and_its_day() -> None:
    evidence = {"currency": "EUR", "rate": "1.0845", "rate_date": "2026-05-02"}
    assert sentences(judge(make_facts(evidence=evidence)))[-1] == (
        "The price was in EUR; it was converted to dollars at 1.0845, the rate of May 2, 2026."
    )
    assert sentences(judge(make_facts(evidence={"currency": "EUR"})))[-1] == (
        "The price was in EUR; it was converted to dollars at a rate that was not recorded, the "
        "rate of a day that was not recorded."
    )


def test_fund_personnel_are_warned_about_their_own_duty() -> None:
    classes = (RecipientClass.REGISTERED_FUND_ADVISORY_PERSONNEL,)
    answer = judge(make_facts(recipient_classes=classes))
    assert answer.verdict is Verdict.WITHIN_LIMIT
    assert answer.notes[0].code is ReasonCode.FUND_PERSONNEL


@pytest.mark.parametrize("standing", [Standing.REFUSED, Standing.CANCELLED])
def test_a_gift_that_never_arrived_counts_for_nothing(standing: Standing) -> None:
    answer = judge(make_facts(standing=standing), ("2026-04-01", 300_00))
    assert answer.verdict is Verdict.EXEMPT_RECORD_ONLY
    assert (answer.counted_cents, answer.counts, answer.limit_cents) == (0, False, None)
    assert answer.window_start is None
    assert answer.prior_cents == answer.pending_cents == answer.excess_cents == 0
    assert answer.left_before_cents is None


def test_the_same_inputs_give_the_same_document() -> None:
    facts = make_facts("2026-05-04", cost_cents=60_00, market_value_cents=310_00)
    prior = make_prior(("2026-08-01", 250_00), ("2026-02-01", 10_00))
    document = assess(facts, prior, Policy(sha256="ab")).as_document()
    assert document == assess(facts, prior[::-1], Policy(sha256="ab")).as_document()
    assert document["verdict"] == "exceeds_limit"
    assert document["running"] == "70.00"
    assert document["limit"] == "300.00"
    assert document["window_start"] == "2026-01-01"
    assert document["policy_sha256"] == "ab"
    exempt = judge(make_facts(standing=Standing.REFUSED)).as_document()
    assert exempt["limit"] is None
    assert exempt["window_end"] is None


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


def test_the_first_day_of_the_new_limit_already_leaves_old_gifts_out() -> None:
    policy = Policy(transition=Transition.IGNORE)
    answer = judge(make_facts("2026-03-30"), ("2026-03-29", 90_00), policy=policy)
    assert answer.prior_cents == 0
    on_the_day = judge(make_facts("2026-04-01"), ("2026-03-30", 90_00), policy=policy)
    assert on_the_day.prior_cents == 90_00


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


def test_the_transition_is_pointed_out_from_its_first_day() -> None:
    answer = judge(make_facts("2026-03-30", cost_cents=250_00), ("2026-01-20", 90_00))
    assert answer.notes[-1].code is ReasonCode.TRANSITION
    before = judge(make_facts("2026-03-29", cost_cents=50_00), ("2026-01-20", 90_00))
    assert before.notes == ()


def test_a_law_with_a_value_of_its_own_is_not_told_of_others() -> None:
    classes = (RecipientClass.MUNICIPAL_ISSUER_EMPLOYEE,)
    policy = Policy(valuation_basis=Basis.HIGHER)
    facts = make_facts(
        "2026-06-01", cost_cents=280_00, market_value_cents=320_00, recipient_classes=classes
    )
    answer = judge(facts, policy=policy)
    told = {one.regime: {note.code for note in one.notes} for one in (answer, *answer.others)}
    assert ReasonCode.OTHER_VALUE_WITHIN in told["FINRA_3220"]
    assert told["MSRB_G20"] == {ReasonCode.UNCHECKED}
