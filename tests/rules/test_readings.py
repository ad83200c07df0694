"""Another reading that would decide otherwise is pointed out, and nothing else is."""

import pytest

from compliance_app.rules.assessment import Verdict
from compliance_app.rules.facts import Category, RecipientClass
from compliance_app.rules.reasons import ReasonCode
from compliance_app.rules.settings import Policy, Transition
from compliance_app.rules.valuation import Basis
from compliance_app.rules.windows import Year, YearBasis
from tests.rules.make import judge, make_facts, sentences

ANCHORED = Year(YearBasis.ROLLING)


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


def test_the_first_day_of_the_new_limit_already_leaves_old_gifts_out() -> None:
    policy = Policy(transition=Transition.IGNORE)
    answer = judge(make_facts("2026-03-30"), ("2026-03-29", 90_00), policy=policy)
    assert answer.prior_cents == 0
    on_the_day = judge(make_facts("2026-04-01"), ("2026-03-30", 90_00), policy=policy)
    assert on_the_day.prior_cents == 90_00


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


def test_the_question_about_a_fee_names_the_fee() -> None:
    facts = make_facts(
        cost_cents=305_95,
        market_value_cents=400_00,
        evidence={"fee_not_tax_or_delivery": "5.95"},
    )
    answer = judge(facts)
    assert answer.claim is not None
    assert answer.claim.sentence == (
        "Whether the fee of $5.95 counts decides the result: with it the total is over the "
        "limit, without it within. The rule leaves out only tax and delivery (Rule 3220, "
        "supplementary material on valuation)."
    )


def test_a_gift_that_is_all_fee_counts_for_nothing_without_it() -> None:
    facts = make_facts(cost_cents=5_95, evidence={"fee_not_tax_or_delivery": "5.95"})
    answer = judge(facts, ("2026-04-01", 300_00))
    assert answer.claim is not None
    assert answer.claim.code is ReasonCode.FEE


def test_a_face_value_that_would_exceed_is_pointed_out_too() -> None:
    facts = make_facts(category=Category.GIFT_CARD, cost_cents=290_00, face_value_cents=300_01)
    assert [note.code for note in judge(facts).notes] == [ReasonCode.OTHER_VALUE_EXCEEDS]


def test_another_value_that_would_reach_what_may_not_be_reached_is_pointed_out() -> None:
    facts = make_facts(
        cost_cents=230_00,
        market_value_cents=240_00,
        recipient_classes=(RecipientClass.ERISA_FIDUCIARY,),
    )
    answer = judge(facts, ("2026-04-01", 10_00))
    assert answer.regime == "DOL_ERISA_250"
    assert ReasonCode.OTHER_VALUE_EXCEEDS in [note.code for note in answer.notes]


def test_another_value_is_divided_and_rounded_like_the_first() -> None:
    facts = make_facts(cost_cents=300_00, market_value_cents=900_01, recipients_count=3)
    assert [note.code for note in judge(facts).notes] == [ReasonCode.OTHER_VALUE_EXCEEDS]


def test_the_first_day_of_a_rolling_year_is_before_the_change_like_the_others() -> None:
    policy = Policy(year=ANCHORED)
    answer = judge(make_facts(cost_cents=250_00), ("2026-02-01", 90_00), policy=policy)
    assert [note.code for note in answer.notes] == [ReasonCode.TRANSITION]


def test_a_gift_of_the_day_of_the_change_is_not_from_before() -> None:
    answer = judge(make_facts(cost_cents=250_00), ("2026-03-30", 90_00))
    assert answer.notes == ()


def test_leaving_old_gifts_out_is_said_where_it_decides() -> None:
    policy = Policy(transition=Transition.IGNORE)
    answer = judge(make_facts(cost_cents=250_00), ("2026-02-01", 90_00), policy=policy)
    assert sentences(answer)[-1] == (
        "Gifts from before March 30, 2026 decide this result. FINRA has not said whether they "
        "count toward the new limit; the firm's policy is to leave them out (Regulatory Notice "
        "26-05)."
    )


@pytest.mark.parametrize(
    ("cents", "evidence", "asked"),
    [
        pytest.param(0, {}, True, id="it cost nothing"),
        pytest.param(1, {}, False, id="it cost a cent"),
        pytest.param(1, {"regifted": ""}, True, id="it was passed on"),
        pytest.param(1, {"unused": ""}, False, id="something else is said of it"),
    ],
)
def test_only_an_item_passed_on_raises_the_question_of_its_value(
    cents: int, evidence: dict[str, str], asked: bool
) -> None:
    facts = make_facts(cost_cents=cents, market_value_cents=250_00, evidence=evidence)
    claim = judge(facts).claim
    assert (claim is not None and claim.code is ReasonCode.PASSED_ON) is asked


def test_a_rate_rests_on_no_law() -> None:
    answer = judge(make_facts(evidence={"currency": "EUR"}))
    assert answer.notes[-1].as_document()["authority"] == ""


def test_fund_personnel_are_told_the_law_of_their_own_duty() -> None:
    classes = (RecipientClass.REGISTERED_FUND_ADVISORY_PERSONNEL,)
    answer = judge(make_facts(recipient_classes=classes))
    assert sentences(answer)[-1] == (
        "This person advises a registered fund and has a duty of their own under which no amount "
        "is always safe (ICA 17(e)(1); SEC IM Guidance 2015-01)."
    )
