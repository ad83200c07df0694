from datetime import date

import pytest

from compliance_app.rules.assessment import Verdict, assess
from compliance_app.rules.facts import Category, PriorShare, RecipientClass, Standing
from compliance_app.rules.reasons import ReasonCode
from compliance_app.rules.regimes import Limit, Operator
from compliance_app.rules.settings import EarlierYear, Policy, carry_over
from compliance_app.rules.windows import Year, YearBasis
from tests.rules.make import judge, make_facts, make_prior, sentences

FISCAL_JULY = Year(YearBasis.FISCAL, (7, 1))
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


def test_carrying_over_remembers_each_change_of_year() -> None:
    first = Policy(version="1")
    second = Policy(version="2", effective_on=date(2026, 4, 1), warning_percent=70)
    third = Policy(version="3", effective_on=date(2026, 7, 1), year=FISCAL_JULY)
    carried = carry_over([first, second, third])
    assert carried.version == "3"
    assert carried.earlier_years == (EarlierYear(Year(), date(2026, 7, 1)),)


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


def test_over_the_rules_own_limit_no_exception_of_the_firm_helps() -> None:
    assert not judge(make_facts(cost_cents=300_01)).is_within_rule
    assert judge(make_facts(cost_cents=300_00)).is_within_rule


def test_a_later_gift_over_the_firms_limit_alone_can_be_excepted_too() -> None:
    policy = Policy(firm_limits=FIRM_LIMIT)
    facts = make_facts(cost_cents=60_00)
    assert judge(facts, ("2026-08-01", 240_00), policy=policy).is_within_rule
    assert not judge(facts, ("2026-08-01", 240_01), policy=policy).is_within_rule


def test_a_gift_that_is_barred_is_told_by_what_law_and_never_excepted() -> None:
    classes = (RecipientClass.ERISA_FIDUCIARY,)
    facts = make_facts(category=Category.CASH, recipient_classes=classes)
    answer = judge(facts, policy=Policy(sha256="ab" * 32))
    assert answer.verdict is Verdict.PROHIBITED
    assert answer.authority == "DOL/EBSA Enforcement Manual, Fiduciary Investigations Program"
    assert answer.operator is Operator.GE
    assert answer.policy_sha256 == "ab" * 32
    assert answer.is_within_rule is False


def test_what_does_not_count_keeps_the_policy_and_its_own_authority() -> None:
    facts = make_facts(category=Category.COMMEMORATIVE, evidence={"solely_decorative": ""})
    answer = judge(facts, policy=Policy(sha256="ab" * 32))
    assert answer.authority == (
        "Rule 3220, supplementary material on de minimis, promotional and commemorative items"
    )
    assert answer.policy_sha256 == "ab" * 32


def test_an_answer_that_is_owed_is_asked_for_in_words() -> None:
    answer = judge(make_facts(cost_cents=20_00, recipient_classes=(RecipientClass.US_SENATE,)))
    assert answer.claim is not None
    assert answer.claim.sentence == (
        "It is not known whether the firm employs a registered lobbyist; if it does, this gift "
        "is not allowed (Senate Rule 35.1)."
    )


def test_a_law_without_a_figure_says_so_with_its_name() -> None:
    answer = judge(make_facts(recipient_classes=(RecipientClass.FOREIGN_OFFICIAL,)))
    assert sentences(answer)[1] == (
        "The law gives no amount that is always allowed, so someone in compliance must judge "
        "(15 USC 78dd-1; FCPA Resource Guide)."
    )


def test_a_firm_with_a_lobbyist_may_give_where_the_law_does_not_ask() -> None:
    facts = make_facts(
        recipient_classes=(RecipientClass.THIRD_PARTY_BD_REP,),
        evidence={"non_cash_compensation": ""},
    )
    assert judge(facts, policy=Policy(employs_lobbyist=True)).verdict is Verdict.WITHIN_LIMIT


def test_of_laws_that_agree_the_one_with_least_room_decides() -> None:
    facts = make_facts(recipient_classes=(RecipientClass.ERISA_FIDUCIARY,))
    assert judge(facts).regime == "DOL_ERISA_250"


def test_a_limit_that_forbids_makes_no_report_due() -> None:
    facts = make_facts(cost_cents=320_00, recipient_classes=(RecipientClass.ERISA_FIDUCIARY,))
    told = {reason.code for reason in judge(facts).reasons}
    assert ReasonCode.REPORTABLE not in told


def test_every_reason_that_rests_on_the_firm_alone_names_no_law() -> None:
    policy = Policy(
        year=FISCAL_JULY,
        earlier_years=(EarlierYear(Year(), date(2026, 7, 1)),),
        firm_limits=FIRM_LIMIT,
    )
    facts = make_facts("2026-08-01", cost_cents=60_00)
    answer = judge(facts, ("2026-05-01", 90_00), policy=policy)
    alone = {note.code.value: note.as_document()["authority"] for note in answer.notes}
    assert alone == {"earlier_year_still_runs": "", "firm_limit": ""}


def test_a_figure_that_was_not_checked_names_where_it_comes_from() -> None:
    answer = judge(make_facts(recipient_classes=(RecipientClass.ERISA_FIDUCIARY,)))
    assert sentences(answer)[-1] == (
        "The figure of $250.00 comes from a secondary source (DOL/EBSA Enforcement Manual, "
        "August 2008); it has not been checked against the text of the law."
    )


def test_a_firm_limit_equal_to_the_rules_leaves_the_rule_named() -> None:
    firm = (Limit(date(2026, 3, 30), 300_00, "the firm's own limit", checked=True),)
    answer = judge(make_facts(cost_cents=301_00), policy=Policy(firm_limits=firm))
    assert (answer.authority, answer.is_within_rule) == ("Rule 3220(a)", False)


def test_a_firm_limit_holds_on_its_first_day() -> None:
    facts = make_facts("2026-03-30", cost_cents=200_01)
    assert judge(facts, policy=Policy(firm_limits=FIRM_LIMIT)).verdict is Verdict.EXCEEDS_LIMIT


def test_relief_that_covers_a_gift_is_named() -> None:
    answer = judge(make_facts(evidence={"exemption_id": "EX-2026-01"}))
    assert sentences(answer)[0] == (
        "The gift is covered by the relief FINRA granted under EX-2026-01 (Rule 9600 Series)."
    )


def test_a_firm_may_allow_no_gift_at_all() -> None:
    firm = (Limit(date(2026, 3, 30), 0, "the firm's own limit", checked=True),)
    answer = judge(make_facts(cost_cents=1), policy=Policy(firm_limits=firm))
    assert (answer.verdict, answer.excess_cents) == (Verdict.EXCEEDS_LIMIT, 1)
    assert sentences(answer)[-1] == (
        "The firm's own limit of $0.00 is lower than the rule's $300.00 and applies."
    )


def test_a_note_on_a_figure_names_a_law_only_where_the_law_says_it() -> None:
    classes = (RecipientClass.US_HOUSE, RecipientClass.ERISA_FIDUCIARY)
    answer = judge(make_facts(cost_cents=9_00, recipient_classes=classes))
    told = {
        note.code.value: note.as_document()["authority"]
        for one in (answer, *answer.others)
        for note in one.notes
    }
    assert told == {
        "figure_not_checked": "",
        "too_small_to_count": "House Rule 25 cl. 5, House Ethics Manual 2022",
    }
