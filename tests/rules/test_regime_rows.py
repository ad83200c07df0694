"""The rows of the table of laws: each amount with its day, and whether it was checked."""

from datetime import date

import pytest

from compliance_app.rules.assessment import Assessment, Verdict
from compliance_app.rules.facts import Category, RecipientClass
from compliance_app.rules.regimes import REGIMES, Limit, limit_on
from compliance_app.rules.settings import Policy, Transition
from tests.rules.make import judge, make_facts

OLD, NEW = date(1992, 12, 28), date(2026, 3, 30)
ALWAYS = date.min


@pytest.mark.parametrize(
    ("code", "rows"),
    [
        ("FINRA_3220", [[(OLD, 100_00, True), (NEW, 300_00, True)]]),
        ("FINRA_2070c", [[(ALWAYS, None, True)]]),
        ("FINRA_2341", [[(OLD, 100_00, True), (NEW, 300_00, True)]]),
        ("FINRA_2320", [[(OLD, 100_00, True), (NEW, 300_00, True)]]),
        ("FINRA_2310", [[(OLD, 100_00, True), (NEW, 300_00, True)]]),
        ("FINRA_5110", [[(OLD, 100_00, True), (NEW, 300_00, True)]]),
        (
            "MSRB_G20",
            [
                [(date(1994, 4, 25), 100_00, False), (date(2026, 6, 1), 300_00, False)],
                [(date(1994, 4, 25), 100_00, False), (date(2026, 12, 1), 300_00, False)],
            ],
        ),
        ("DOL_ERISA_250", [[(ALWAYS, 250_00, False)]]),
        ("DOL_LM10_250", [[(ALWAYS, 250_00, True)]]),
        ("US_5CFR_2635_204a_occasion", [[(ALWAYS, 20_00, True)]]),
        ("US_5CFR_2635_204a_year", [[(ALWAYS, 50_00, True)]]),
        ("US_HOUSE_R25_gift", [[(ALWAYS, 50_00, True)]]),
        ("US_HOUSE_R25_year", [[(ALWAYS, 100_00, True)]]),
        ("US_SENATE_R35_gift", [[(ALWAYS, 50_00, True)]]),
        ("US_SENATE_R35_year", [[(ALWAYS, 100_00, True)]]),
        (
            "CA_PRA_2025_2026",
            [
                [
                    (ALWAYS, None, False),
                    (date(2025, 1, 1), 630_00, False),
                    (date(2027, 1, 1), None, False),
                ]
            ],
        ),
        ("FCPA", [[(ALWAYS, None, True)]]),
    ],
)
def test_every_row_holds_its_amount_from_its_day_and_says_whether_it_was_checked(
    code: str, rows: list[list[tuple[date, int | None, bool]]]
) -> None:
    found = [
        [(limit.since, limit.cents, limit.checked) for limit in regime.limits]
        for regime in REGIMES
        if regime.code == code
    ]
    assert found == rows


def test_before_its_first_row_a_law_is_read_as_its_first_row() -> None:
    first = Limit(date(2000, 1, 1), 10_00, "first", checked=True)
    second = Limit(date(2010, 1, 1), 20_00, "second", checked=True)
    assert limit_on(date(1999, 12, 31), (first, second)) is first


def under(answer: Assessment, regime: str) -> Assessment:
    return next(one for one in (answer, *answer.others) if one.regime == regime)


@pytest.mark.parametrize(
    ("classes", "claim", "regime"),
    [
        pytest.param(
            RecipientClass.THIRD_PARTY_BD_REP, "non_cash_compensation", "FINRA_2341", id="non-cash"
        ),
        pytest.param(
            RecipientClass.MUNICIPAL_ISSUER_EMPLOYEE,
            "relates_to_municipal_securities_activity",
            "MSRB_G20",
            id="municipal",
        ),
    ],
)
def test_what_rule_3220_leaves_out_the_rules_shaped_after_it_leave_out_too(
    classes: RecipientClass, claim: str, regime: str
) -> None:
    facts = make_facts(
        category=Category.COMMEMORATIVE,
        cost_cents=450_00,
        recipient_classes=(classes,),
        evidence={"solely_decorative": "", claim: ""},
    )
    assert under(judge(facts), regime).verdict is Verdict.EXEMPT_NO_RECORD_REQUIRED


def test_the_firms_own_limits_and_its_transition_are_of_rule_3220_alone() -> None:
    policy = Policy(
        firm_limits=(Limit(NEW, 200_00, "the firm's own limit", checked=True),),
        transition=Transition.IGNORE,
    )
    facts = make_facts(recipient_classes=(RecipientClass.ERISA_FIDUCIARY,))
    answer = judge(facts, ("2026-03-29", 40_00), policy=policy)
    told = {one.regime: (one.limit_cents, one.prior_cents) for one in (answer, *answer.others)}
    assert told == {"FINRA_3220": (200_00, 0), "DOL_ERISA_250": (250_00, 40_00)}
