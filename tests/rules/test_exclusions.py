"""What does not count, what must be shown for it, and what only a person can say."""

from datetime import date
from types import MappingProxyType

import pytest

from compliance_app.rules.assessment import Verdict
from compliance_app.rules.exclusions import EXCLUSIONS
from compliance_app.rules.facts import (
    Category,
    Facts,
    FactsError,
    GiverType,
    Payer,
    RecipientClass,
    Standing,
)
from compliance_app.rules.reasons import ReasonCode
from compliance_app.rules.settings import Policy
from tests.rules.make import judge, make_facts, sentences

RECORDED = Verdict.EXEMPT_RECORD_ONLY
FREE = Verdict.EXEMPT_NO_RECORD_REQUIRED
ASKED = Verdict.NEEDS_COMPLIANCE_JUDGEMENT
WITHIN = Verdict.WITHIN_LIMIT
OVER = Verdict.EXCEEDS_LIMIT

FRIEND = MappingProxyType({"pre_existing_personal_relationship": ""})
CONTRACT = MappingProxyType(
    {
        "written_agreement_before_service": "",
        "nature_and_amount_stated": "",
        "employer_written_consent": "",
    }
)
NOMINAL = Policy(nominal_value_threshold_cents=50_00)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        pytest.param(
            make_facts(
                category=Category.WEDDING,
                payer=Payer.GIVER_PERSONAL,
                cost_cents=500_00,
                evidence=FRIEND,
            ),
            RECORDED,
            id="a friend's wedding, own money",
        ),
        pytest.param(
            make_facts(category=Category.BIRTH, payer=Payer.GIVER_PERSONAL, evidence=FRIEND),
            RECORDED,
            id="a friend's child, own money",
        ),
        pytest.param(
            make_facts(category=Category.WEDDING, evidence=FRIEND), WITHIN, id="the firm pays"
        ),
        pytest.param(
            make_facts(category=Category.WEDDING, payer=Payer.GIVER_REIMBURSED, evidence=FRIEND),
            WITHIN,
            id="the firm pays it back",
        ),
        pytest.param(
            make_facts(category=Category.WEDDING, payer=Payer.GIVER_PERSONAL),
            ASKED,
            id="known from work only",
        ),
        pytest.param(
            make_facts(category=Category.WEDDING, payer=Payer.THIRD_PARTY, evidence=FRIEND),
            ASKED,
            id="somebody else pays",
        ),
        pytest.param(
            make_facts(category=Category.HOLIDAY, payer=Payer.GIVER_PERSONAL, evidence=FRIEND),
            WITHIN,
            id="a holiday present is business",
        ),
        pytest.param(
            make_facts(category=Category.BEREAVEMENT, evidence={"deceased_relation": "spouse"}),
            FREE,
            id="a spouse's death",
        ),
        pytest.param(
            make_facts(
                category=Category.BEREAVEMENT,
                cost_cents=1_000_00,
                evidence={"deceased_relation": "parent"},
            ),
            FREE,
            id="bereavement at the review level",
        ),
        pytest.param(
            make_facts(
                category=Category.BEREAVEMENT,
                cost_cents=1_000_01,
                evidence={"deceased_relation": "parent"},
            ),
            ASKED,
            id="bereavement above the review level",
        ),
        pytest.param(
            make_facts(
                category=Category.BEREAVEMENT,
                evidence={"deceased_relation": "parent", "lavish": ""},
            ),
            ASKED,
            id="bereavement, lavish",
        ),
        pytest.param(
            make_facts(category=Category.BEREAVEMENT, evidence={"deceased_relation": "cousin"}),
            ASKED,
            id="a cousin's death",
        ),
        pytest.param(make_facts(category=Category.BEREAVEMENT), ASKED, id="whose death?"),
        pytest.param(
            make_facts(category=Category.COMMEMORATIVE, evidence={"solely_decorative": ""}),
            FREE,
            id="a tombstone",
        ),
        pytest.param(make_facts(category=Category.COMMEMORATIVE), WITHIN, id="a useful memento"),
        pytest.param(
            make_facts(
                category=Category.DISASTER_DONATION,
                cost_cents=800_00,
                evidence={"federal_major_disaster_declaration": "DR-4999"},
            ),
            RECORDED,
            id="a federal disaster",
        ),
        pytest.param(
            make_facts(
                category=Category.DISASTER_DONATION,
                cost_cents=800_00,
                evidence={"state_declaration_only": ""},
            ),
            OVER,
            id="a state's disaster",
        ),
        pytest.param(make_facts(category=Category.CHARITABLE), ASKED, id="a charity"),
        pytest.param(
            make_facts(
                category=Category.COMPENSATION_FOR_SERVICES, cost_cents=5_000_00, evidence=CONTRACT
            ),
            RECORDED,
            id="a contract",
        ),
        pytest.param(
            make_facts(
                category=Category.COMPENSATION_FOR_SERVICES,
                cost_cents=5_000_00,
                evidence={**CONTRACT, "employer_written_consent": "false"},
            ),
            OVER,
            id="a contract the employer denied",
        ),
        pytest.param(
            make_facts(evidence={"recipient_reimbursed": "10.00"}), ASKED, id="paid back in part"
        ),
        pytest.param(make_facts(standing=Standing.RETURNED), ASKED, id="sent back"),
        pytest.param(make_facts(giver_type=GiverType.CLIENT), RECORDED, id="received, not given"),
        pytest.param(
            make_facts(evidence={"recipient_names_missing": ""}), WITHIN, id="one recipient only"
        ),
        pytest.param(
            make_facts(recipients_count=7, evidence={"recipient_names_missing": ""}),
            ASKED,
            id="seven without names",
        ),
    ],
)
def test_only_the_clear_ends_are_settled_without_a_person(facts: Facts, verdict: Verdict) -> None:
    assert judge(facts).verdict is verdict


@pytest.mark.parametrize(
    ("classes", "verdict", "in_scope"),
    [
        ((RecipientClass.RETAIL_INDIVIDUAL,), FREE, False),
        ((RecipientClass.OWN_ASSOCIATED_PERSON,), FREE, False),
        ((RecipientClass.RETAIL_AND_INSTITUTIONAL,), ASKED, True),
        (
            (RecipientClass.RETAIL_INDIVIDUAL, RecipientClass.INSTITUTIONAL_CLIENT_EMPLOYEE),
            ASKED,
            True,
        ),
        ((RecipientClass.THIRD_PARTY_BD_REP,), WITHIN, True),
    ],
)
def test_the_rule_reaches_employees_of_other_firms_alone(
    classes: tuple[RecipientClass, ...], verdict: Verdict, in_scope: bool
) -> None:
    answer = judge(make_facts(recipient_classes=classes))
    assert (answer.verdict, answer.in_scope) == (verdict, in_scope)
    assert answer.record_required is in_scope


@pytest.mark.parametrize(
    ("category", "hosted", "evidence", "verdict"),
    [
        (Category.ENTERTAINMENT, True, {}, RECORDED),
        (Category.TICKET, True, {}, RECORDED),
        (Category.ENTERTAINMENT, False, {}, WITHIN),
        (Category.ENTERTAINMENT, None, {}, WITHIN),
        (Category.TICKET, None, {}, WITHIN),
        (Category.ENTERTAINMENT, None, {"host_present": "true"}, RECORDED),
        (Category.ENTERTAINMENT, False, {"host_present": "true"}, WITHIN),
        (Category.ENTERTAINMENT, True, {"virtual": ""}, WITHIN),
        (Category.ENTERTAINMENT, True, {"virtual": "", "consumed_during_event": ""}, RECORDED),
        (Category.ENTERTAINMENT, True, {"entertainment_count_in_quarter": "4"}, RECORDED),
        (Category.ENTERTAINMENT, True, {"entertainment_count_in_quarter": "5"}, ASKED),
        (Category.MERCHANDISE, True, {"incidental_to_entertainment": ""}, WITHIN),
        (Category.PRIZE, True, {"incidental_to_entertainment": ""}, WITHIN),
    ],
)
def test_entertainment_is_what_somebody_of_the_firm_hosts(
    category: Category, hosted: bool | None, evidence: dict[str, str], verdict: Verdict
) -> None:
    answer = judge(make_facts(category=category, host_present=hosted, evidence=evidence))
    assert answer.verdict is verdict
    if verdict is not WITHIN:
        assert answer.regime == "FINRA_business_entertainment"
        assert (answer.counts, answer.counted_cents) == (False, 0)


@pytest.mark.parametrize(
    ("category", "cents", "evidence", "policy", "verdict"),
    [
        (Category.DE_MINIMIS, 50_00, {}, NOMINAL, FREE),
        (Category.DE_MINIMIS, 50_01, {}, NOMINAL, WITHIN),
        (Category.DE_MINIMIS, 5_00, {}, Policy(), ASKED),
        (Category.PROMOTIONAL_LOGO, 50_00, {"has_logo": ""}, NOMINAL, FREE),
        (Category.PROMOTIONAL_LOGO, 50_00, {}, NOMINAL, WITHIN),
        (Category.PROMOTIONAL_LOGO, 310_00, {"has_logo": ""}, NOMINAL, OVER),
        (Category.PROMOTIONAL_LOGO, 5_00, {"has_logo": ""}, Policy(), ASKED),
    ],
)
def test_nominal_is_what_the_firm_says_or_a_person(
    category: Category, cents: int, evidence: dict[str, str], policy: Policy, verdict: Verdict
) -> None:
    facts = make_facts(category=category, cost_cents=cents, evidence=evidence)
    assert judge(facts, policy=policy).verdict is verdict


@pytest.mark.parametrize(("count", "verdict"), [("6", FREE), ("7", ASKED)])
def test_a_series_of_nominal_items_that_passes_the_limit_is_judged(
    count: str, verdict: Verdict
) -> None:
    evidence = {"has_logo": "", "promotional_items_to_recipient_in_period": count}
    facts = make_facts(category=Category.PROMOTIONAL_LOGO, cost_cents=50_00, evidence=evidence)
    answer = judge(facts, policy=NOMINAL)
    assert answer.verdict is verdict
    if verdict is ASKED:
        assert sentences(answer)[1].startswith(
            "Each item is of nominal value, but 7 of them this year come to $350.00, over the "
            "limit of $300.00."
        )


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        ({"exemption_id": "EX-1"}, RECORDED),
        ({"exemption_id": ""}, OVER),
        ({"exemption_id": "EX-1", "exemption_from": "2026-05-04"}, RECORDED),
        ({"exemption_id": "EX-1", "exemption_from": "2026-05-05"}, OVER),
        ({"exemption_id": "EX-1", "exemption_until": "2026-05-04"}, RECORDED),
        ({"exemption_id": "EX-1", "exemption_until": "2026-05-03"}, OVER),
    ],
)
def test_an_exemption_on_file_holds_on_its_days(evidence: dict[str, str], verdict: Verdict) -> None:
    assert judge(make_facts(cost_cents=350_00, evidence=evidence)).verdict is verdict


@pytest.mark.parametrize(
    ("evidence", "sentence"),
    [
        (
            {"exemption_id": "EX-1", "exemption_from": "soon"},
            'The fact "exemption_from" must be a day such as 2026-03-30, not "soon".',
        ),
        (
            {"fee_not_tax_or_delivery": "much"},
            (
                'The fact "fee_not_tax_or_delivery" must be an amount. "much" is not an amount. '
                'Write it as dollars and cents, for example "1,234.50".'
            ),
        ),
    ],
)
def test_a_fact_that_cannot_be_read_is_refused_with_its_name(
    evidence: dict[str, str], sentence: str
) -> None:
    with pytest.raises(FactsError) as refusal:
        judge(make_facts(cost_cents=350_00, evidence=evidence))
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("count", ["many", "-1", "1.5", "9" * 20])
def test_a_count_is_a_whole_number(count: str) -> None:
    facts = make_facts(
        category=Category.ENTERTAINMENT,
        host_present=True,
        evidence={"entertainment_count_in_quarter": count},
    )
    with pytest.raises(FactsError, match="must be a whole number, for example 3"):
        judge(facts)


def test_what_is_excluded_says_why_and_under_what() -> None:
    facts = make_facts(
        category=Category.WEDDING, payer=Payer.GIVER_PERSONAL, evidence=FRIEND, cost_cents=900_00
    )
    answer = judge(facts)
    (sentence,) = sentences(answer)
    assert sentence == (
        "The giver paid personally, has a personal relationship with the recipient, and the "
        "occasion is a private one. A personal gift does not count toward the limit (Rule "
        "3220, supplementary material on personal gifts)."
    )
    assert answer.claim is not None
    assert answer.claim.code is ReasonCode.PERSONAL


def test_every_exclusion_that_is_claimed_names_the_facts_it_asks_for() -> None:
    claimed = {code for code, exclusion in EXCLUSIONS.items() if exclusion.asks}
    assert claimed == {
        ReasonCode.EXEMPTION,
        ReasonCode.CONTRACT,
        ReasonCode.ENTERTAINMENT,
        ReasonCode.ENTERTAINMENT_OFTEN,
        ReasonCode.PERSONAL,
        ReasonCode.BEREAVEMENT,
        ReasonCode.PROMOTIONAL,
        ReasonCode.COMMEMORATIVE,
        ReasonCode.DISASTER,
    }


def test_an_undecided_gift_still_holds_its_room() -> None:
    facts = make_facts("2026-05-04", cost_cents=90_00, standing=Standing.RETURNED)
    answer = judge(facts, ("2026-04-01", 100_00))
    assert (answer.counted_cents, answer.running_cents) == (90_00, 190_00)
    assert (answer.window_start, answer.window_end) == (date(2026, 1, 1), date(2026, 12, 31))
