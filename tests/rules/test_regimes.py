"""Each law beside Rule 3220, at its edges; the strictest decides and is named."""

from datetime import date
from types import MappingProxyType

import pytest

from compliance_app.rules.assessment import Assessment, Verdict, assess
from compliance_app.rules.facts import Category, Facts, PriorShare, RecipientClass, Standing
from compliance_app.rules.reasons import ReasonCode
from compliance_app.rules.settings import Policy
from tests.rules.make import judge, make_facts, sentences

NO_LOBBYIST = MappingProxyType({"source_employs_registered_lobbyist": "false"})


def to(*classes: RecipientClass) -> tuple[RecipientClass, ...]:
    return classes


def under(answer: Assessment, regime: str) -> Assessment:
    return next(one for one in (answer, *answer.others) if one.regime == regime)


FEDERAL = to(RecipientClass.US_FEDERAL_EXECUTIVE)
HOUSE = to(RecipientClass.US_HOUSE)
SENATE = to(RecipientClass.US_SENATE)
ERISA = to(RecipientClass.ERISA_FIDUCIARY)
UNION = to(RecipientClass.UNION_OFFICIAL)
CALIFORNIA = to(RecipientClass.CA_PUBLIC_OFFICIAL)
MUNICIPAL = to(RecipientClass.MUNICIPAL_ISSUER_EMPLOYEE)
BROKER = to(RecipientClass.THIRD_PARTY_BD_REP)
EXAMINER = to(RecipientClass.FINRA_EMPLOYEE)


@pytest.mark.parametrize(
    ("classes", "regime", "prior_cents", "cents", "verdict"),
    [
        (FEDERAL, "US_5CFR_2635_204a_occasion", 0, 20_00, Verdict.WITHIN_LIMIT),
        (FEDERAL, "US_5CFR_2635_204a_occasion", 0, 20_01, Verdict.EXCEEDS_LIMIT),
        (FEDERAL, "US_5CFR_2635_204a_year", 40_00, 10_00, Verdict.WITHIN_LIMIT),
        (FEDERAL, "US_5CFR_2635_204a_year", 40_00, 10_01, Verdict.EXCEEDS_LIMIT),
        (HOUSE, "US_HOUSE_R25_gift", 0, 49_99, Verdict.WITHIN_LIMIT),
        (HOUSE, "US_HOUSE_R25_gift", 0, 50_00, Verdict.EXCEEDS_LIMIT),
        (HOUSE, "US_HOUSE_R25_year", 60_00, 39_99, Verdict.WITHIN_LIMIT),
        (HOUSE, "US_HOUSE_R25_year", 60_00, 40_00, Verdict.EXCEEDS_LIMIT),
        (SENATE, "US_SENATE_R35_gift", 0, 50_00, Verdict.EXCEEDS_LIMIT),
        (SENATE, "US_SENATE_R35_year", 60_00, 40_00, Verdict.EXCEEDS_LIMIT),
        (ERISA, "DOL_ERISA_250", 150_00, 99_99, Verdict.WITHIN_LIMIT),
        (ERISA, "DOL_ERISA_250", 150_00, 100_00, Verdict.EXCEEDS_LIMIT),
        (UNION, "DOL_LM10_250", 200_00, 50_00, Verdict.WITHIN_LIMIT),
        (UNION, "DOL_LM10_250", 200_00, 50_01, Verdict.EXCEEDS_LIMIT),
        (CALIFORNIA, "CA_PRA_2025_2026", 500_00, 130_00, Verdict.WITHIN_LIMIT),
        (CALIFORNIA, "CA_PRA_2025_2026", 500_00, 130_01, Verdict.EXCEEDS_LIMIT),
    ],
)
def test_each_law_is_judged_at_its_own_edge(
    classes: tuple[RecipientClass, ...],
    regime: str,
    prior_cents: int,
    cents: int,
    verdict: Verdict,
) -> None:
    facts = make_facts(
        "2026-10-05", cost_cents=cents, recipient_classes=classes, evidence=NO_LOBBYIST
    )
    earlier = [("2026-04-05", prior_cents)] if prior_cents else []
    assert under(judge(facts, *earlier), regime).verdict is verdict


def test_a_total_that_must_stay_below_says_so() -> None:
    facts = make_facts("2026-10-05", cost_cents=99_99, recipient_classes=ERISA)
    below = under(judge(facts, ("2026-04-05", 150_00)), "DOL_ERISA_250")
    assert sentences(below)[2] == (
        "All gifts from the firm to this person in 2026 come to $249.99 with this one; the "
        "total must stay below $250.00 (DOL/EBSA Enforcement Manual, Fiduciary Investigations "
        "Program)."
    )
    reaching = judge(facts, ("2026-04-05", 150_01))
    assert reaching.verdict is Verdict.EXCEEDS_LIMIT
    assert sentences(reaching)[2].startswith(
        "All gifts from the firm to this person in 2026 would come to $250.00 with this one, but "
        "the total must stay below $250.00"
    )


def test_an_occasion_is_its_day() -> None:
    facts = make_facts("2026-10-05", cost_cents=15_00, recipient_classes=FEDERAL)
    answer = judge(facts, ("2026-10-04", 15_00), ("2026-10-05", 6_00))
    occasion = under(answer, "US_5CFR_2635_204a_occasion")
    assert occasion.window_start == occasion.window_end == date(2026, 10, 5)
    assert occasion.prior_cents == 6_00
    assert occasion.verdict is Verdict.EXCEEDS_LIMIT
    assert "on October 5, 2026" in sentences(occasion)[2]


def test_public_servants_are_judged_by_market_value() -> None:
    facts = make_facts(
        "2026-10-05", cost_cents=15_00, market_value_cents=25_00, recipient_classes=FEDERAL
    )
    answer = judge(facts)
    assert answer.regime == "US_5CFR_2635_204a_occasion"
    assert answer.counted_cents == 25_00
    assert answer.regime_cents == {
        "FINRA_3220": 15_00,
        "US_5CFR_2635_204a_occasion": 25_00,
        "US_5CFR_2635_204a_year": 25_00,
    }


def test_what_a_share_counts_for_under_each_law_comes_back_with_it() -> None:
    prior = [
        PriorShare(date(2026, 4, 1), 25_00, regime_cents={"FINRA_3220": 15_00}),
    ]
    facts = make_facts("2026-10-05", cost_cents=10_00, recipient_classes=FEDERAL)
    answer = assess(facts, prior, Policy())
    assert under(answer, "FINRA_3220").prior_cents == 15_00
    assert under(answer, "US_5CFR_2635_204a_year").prior_cents == 25_00


@pytest.mark.parametrize(
    ("classes", "category", "regime"),
    [
        (FEDERAL, Category.CASH, "US_5CFR_2635_204a_occasion"),
        (HOUSE, Category.GIFT_CARD, "US_HOUSE_R25_gift"),
        (SENATE, Category.CASH, "US_SENATE_R35_gift"),
        (ERISA, Category.CASH, "DOL_ERISA_250"),
    ],
)
def test_some_may_never_be_given_money(
    classes: tuple[RecipientClass, ...], category: Category, regime: str
) -> None:
    facts = make_facts(
        category=category, cost_cents=5_00, recipient_classes=classes, evidence=NO_LOBBYIST
    )
    answer = judge(facts)
    assert (answer.verdict, answer.regime) == (Verdict.PROHIBITED, regime)
    assert answer.counted_cents == answer.running_cents == 5_00
    words = category.value.replace("_", " ")
    assert sentences(answer)[1].startswith(f"Gifts of this kind ({words}) may not be given")


@pytest.mark.parametrize(
    ("evidence", "policy", "verdict"),
    [
        ({}, Policy(), Verdict.NEEDS_COMPLIANCE_JUDGEMENT),
        ({}, Policy(employs_lobbyist=True), Verdict.PROHIBITED),
        ({}, Policy(employs_lobbyist=False), Verdict.WITHIN_LIMIT),
        (NO_LOBBYIST, Policy(employs_lobbyist=True), Verdict.WITHIN_LIMIT),
        (
            {"source_employs_registered_lobbyist": "true"},
            Policy(employs_lobbyist=False),
            Verdict.PROHIBITED,
        ),
    ],
)
def test_congress_may_take_nothing_from_who_employs_a_lobbyist(
    evidence: dict[str, str], policy: Policy, verdict: Verdict
) -> None:
    facts = make_facts(cost_cents=30_00, recipient_classes=HOUSE, evidence=evidence)
    assert judge(facts, policy=policy).verdict is verdict


def test_small_gifts_do_not_count_toward_the_year_of_congress() -> None:
    facts = make_facts("2026-10-05", cost_cents=9_99, recipient_classes=HOUSE, evidence=NO_LOBBYIST)
    answer = judge(facts, ("2026-04-01", 95_00))
    year = under(answer, "US_HOUSE_R25_year")
    assert year.verdict is Verdict.WITHIN_LIMIT
    assert (year.counted_cents, year.counts) == (0, False)
    assert sentences(year)[-1].startswith("Gifts below $10.00 do not count toward this yearly")
    assert answer.regime_cents["US_HOUSE_R25_year"] == 0


def test_a_report_to_be_filed_forbids_nothing() -> None:
    facts = make_facts("2026-10-05", cost_cents=50_01, recipient_classes=UNION)
    answer = judge(facts, ("2026-04-05", 200_00))
    assert (answer.verdict, answer.regime) == (Verdict.WITHIN_LIMIT, "FINRA_3220")
    assert sentences(answer)[-1] == (
        "Gifts to this union official in 2026 come to $250.01, more than $250.00: they are "
        "allowed, but the firm must report them on Form LM-10 (DOL OLMS Form LM-10 FAQ (Q50))."
    )


@pytest.mark.parametrize(
    ("day", "evidence", "limit_cents"),
    [
        ("2026-05-31", {}, 100_00),
        ("2026-06-01", {}, 300_00),
        ("2026-06-01", {"firm_type": "finra_member_dealer"}, 300_00),
        ("2026-11-30", {"firm_type": "municipal_advisor"}, 100_00),
        ("2026-11-30", {"firm_type": "another_kind"}, 100_00),
        ("2026-12-01", {"firm_type": "non_member_bank_dealer"}, 300_00),
    ],
)
def test_municipal_limits_rise_later_and_by_kind_of_firm(
    day: str, evidence: dict[str, str], limit_cents: int
) -> None:
    facts = make_facts(day, recipient_classes=MUNICIPAL, evidence=evidence)
    answer = under(judge(facts), "MSRB_G20")
    assert answer.limit_cents == limit_cents
    assert any("has not been checked against the text" in said for said in sentences(answer))


def test_a_gift_unrelated_to_municipal_activity_is_not_under_g20() -> None:
    evidence = {"relates_to_municipal_securities_activity": "false"}
    answer = judge(make_facts(recipient_classes=MUNICIPAL, evidence=evidence))
    assert (answer.regime, answer.others) == ("FINRA_3220", ())


@pytest.mark.parametrize(
    ("claimed", "regime"),
    [
        ("", "FINRA_2341"),
        ("true", "FINRA_2341"),
        ("2341", "FINRA_2341"),
        ("2310", "FINRA_2310"),
        ("2320", "FINRA_2320"),
        ("5110", "FINRA_5110"),
    ],
)
def test_non_cash_compensation_has_the_rule_of_its_product(claimed: str, regime: str) -> None:
    facts = make_facts(recipient_classes=BROKER, evidence={"non_cash_compensation": claimed})
    answer = judge(facts)
    assert [other.regime for other in answer.others] == [regime]
    assert answer.regime == "FINRA_3220"


def test_compensation_that_is_denied_is_none() -> None:
    facts = make_facts(recipient_classes=BROKER, evidence={"non_cash_compensation": "false"})
    assert judge(facts).others == ()


def test_a_reward_for_sales_is_prohibited() -> None:
    evidence = {"non_cash_compensation": "", "preconditioned_on_sales": "true"}
    answer = judge(make_facts(recipient_classes=BROKER, evidence=evidence))
    assert (answer.verdict, answer.regime) == (Verdict.PROHIBITED, "FINRA_2341")
    assert sentences(answer)[1] == (
        "A gift must never depend on reaching a sales target (FINRA 2341)."
    )


def test_an_examiner_of_the_firm_may_be_given_nothing() -> None:
    evidence = {"regulatory_matter_involving_member": ""}
    answer = judge(make_facts(recipient_classes=EXAMINER, evidence=evidence))
    assert (answer.verdict, answer.regime) == (Verdict.PROHIBITED, "FINRA_2070c")
    assert answer.others == ()


def test_another_employee_of_finra_is_a_recipient_like_any_other() -> None:
    answer = judge(make_facts(recipient_classes=EXAMINER))
    assert (answer.verdict, answer.regime) == (Verdict.WITHIN_LIMIT, "FINRA_3220")


@pytest.mark.parametrize(
    ("day", "verdict"),
    [
        ("2024-12-31", Verdict.NEEDS_COMPLIANCE_JUDGEMENT),
        ("2025-01-01", Verdict.WITHIN_LIMIT),
        ("2026-12-31", Verdict.WITHIN_LIMIT),
        ("2027-01-01", Verdict.NEEDS_COMPLIANCE_JUDGEMENT),
    ],
)
def test_a_year_whose_figure_is_not_on_file_goes_to_a_person(day: str, verdict: Verdict) -> None:
    assert judge(make_facts(day, recipient_classes=CALIFORNIA)).verdict is verdict


def test_a_foreign_official_is_always_judged() -> None:
    facts = make_facts(cost_cents=25_00, recipient_classes=to(RecipientClass.FOREIGN_OFFICIAL))
    answer = judge(facts)
    assert (answer.verdict, answer.regime) == (Verdict.NEEDS_COMPLIANCE_JUDGEMENT, "FCPA")
    assert answer.limit_cents is None
    assert sentences(answer)[1].startswith("The law gives no amount that is always allowed")


def test_the_strictest_law_decides_over_several_classes() -> None:
    both = to(RecipientClass.ERISA_FIDUCIARY, RecipientClass.CA_PUBLIC_OFFICIAL)
    answer = judge(make_facts("2026-10-05", cost_cents=260_00, recipient_classes=both))
    assert answer.regime == "DOL_ERISA_250"
    assert [other.regime for other in answer.others] == ["FINRA_3220", "CA_PRA_2025_2026"]


def test_of_equally_strict_laws_rule_3220_is_named() -> None:
    evidence = {"non_cash_compensation": "2341"}
    answer = judge(make_facts(recipient_classes=BROKER, evidence=evidence))
    assert answer.regime == "FINRA_3220"


def test_an_event_hosted_for_a_fiduciary_counts_under_erisa_alone() -> None:
    facts = make_facts(
        category=Category.ENTERTAINMENT,
        cost_cents=220_00,
        recipient_classes=ERISA,
        host_present=True,
    )
    answer = judge(facts)
    assert (answer.verdict, answer.regime) == (Verdict.WITHIN_LIMIT, "DOL_ERISA_250")
    assert answer.regime_cents == {"FINRA_3220": 0, "DOL_ERISA_250": 220_00}


@pytest.mark.parametrize("standing", [Standing.REFUSED, Standing.CANCELLED])
def test_what_was_not_conferred_counts_under_no_law(standing: Standing) -> None:
    evidence = {"regulatory_matter_involving_member": ""}
    facts = make_facts(standing=standing, recipient_classes=EXAMINER, evidence=evidence)
    assert judge(facts).verdict is Verdict.EXEMPT_RECORD_ONLY


def test_a_returned_gift_is_judged_under_every_law() -> None:
    facts: Facts = make_facts(standing=Standing.RETURNED, recipient_classes=ERISA)
    answer = judge(facts)
    assert {one.verdict for one in (answer, *answer.others)} == {Verdict.NEEDS_COMPLIANCE_JUDGEMENT}
    assert answer.claim is not None
    assert answer.claim.code is ReasonCode.RETURNED


def test_a_gift_of_ten_dollars_counts_toward_the_year_of_congress() -> None:
    ten = judge(make_facts(cost_cents=10_00, recipient_classes=HOUSE))
    assert under(ten, "US_HOUSE_R25_year").counted_cents == 10_00
    cent = judge(make_facts(cost_cents=1, recipient_classes=HOUSE))
    assert under(cent, "US_HOUSE_R25_year").counts is False
    assert under(cent, "FINRA_3220").counts is True
    assert under(cent, "US_HOUSE_R25_gift").counted_cents == 1


def test_laws_that_count_a_share_alike_need_no_values_of_their_own() -> None:
    assert judge(make_facts(recipient_classes=ERISA)).regime_cents == {}


def test_what_may_never_be_given_is_told_with_the_law() -> None:
    answer = judge(make_facts(category=Category.CASH, recipient_classes=FEDERAL))
    assert answer.claim is not None
    assert answer.claim.sentence == (
        "Gifts of this kind (cash) may not be given to this person at all (5 CFR 2635.204(a))."
    )


def test_what_counts_toward_rule_3220_is_known_where_another_law_decides() -> None:
    facts = make_facts(cost_cents=10_00, market_value_cents=60_00, recipient_classes=FEDERAL)
    answer = judge(facts)
    assert (answer.regime, answer.counted_cents) == ("US_5CFR_2635_204a_occasion", 60_00)
    assert answer.rule_3220_cents == 10_00
