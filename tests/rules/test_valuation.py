from datetime import date

import pytest

from compliance_app.rules.assessment import Verdict
from compliance_app.rules.facts import Category, Facts, FactsError
from compliance_app.rules.settings import Policy
from compliance_app.rules.valuation import Basis, Rounding, basis_on, value_share
from tests.rules.make import Changes, judge, make_facts

RULE = Basis.RULE_ON_GIFT_DATE
BEFORE = "2026-03-29"
AFTER = "2026-03-30"


@pytest.mark.parametrize(
    ("facts", "basis", "cents"),
    [
        pytest.param(
            make_facts(AFTER, cost_cents=80_00, market_value_cents=120_00), RULE, 80_00, id="cost"
        ),
        pytest.param(
            make_facts(BEFORE, cost_cents=80_00, market_value_cents=120_00),
            RULE,
            120_00,
            id="the higher, before the change",
        ),
        pytest.param(
            make_facts(BEFORE, cost_cents=80_00, market_value_cents=120_00),
            Basis.COST,
            80_00,
            id="cost by the firm's choice",
        ),
        pytest.param(
            make_facts(AFTER, cost_cents=80_00, market_value_cents=60_00),
            Basis.HIGHER,
            80_00,
            id="the higher is cost",
        ),
        pytest.param(
            make_facts(AFTER, cost_cents=80_00, market_value_cents=60_00),
            Basis.MARKET,
            60_00,
            id="market value",
        ),
        pytest.param(make_facts(AFTER), Basis.MARKET, 50_00, id="no market value is known"),
        pytest.param(make_facts(BEFORE), RULE, 50_00, id="no market value, the higher"),
        pytest.param(
            make_facts(
                AFTER,
                cost_cents=None,
                total_paid_cents=336_18,
                tax_cents=21_18,
                delivery_cents=15_00,
            ),
            RULE,
            300_00,
            id="total paid less tax and delivery",
        ),
        pytest.param(
            make_facts(AFTER, category=Category.TICKET, cost_cents=200_00, face_value_cents=350_00),
            RULE,
            350_00,
            id="ticket at face value",
        ),
        pytest.param(
            make_facts(
                BEFORE,
                category=Category.TICKET,
                cost_cents=200_00,
                face_value_cents=150_00,
                market_value_cents=900_00,
            ),
            RULE,
            200_00,
            id="a resale price is not a ticket's value",
        ),
        pytest.param(
            make_facts(AFTER, category=Category.TICKET, cost_cents=20_00, face_value_cents=35_00),
            Basis.FAIR_MARKET,
            35_00,
            id="public servant's ticket without a market value",
        ),
        pytest.param(
            make_facts(
                AFTER, category=Category.ENTERTAINMENT, cost_cents=100_00, face_value_cents=140_00
            ),
            RULE,
            140_00,
            id="a seat at an event is a ticket",
        ),
        pytest.param(make_facts(AFTER, quantity=3), RULE, 150_00, id="three of them"),
        pytest.param(
            make_facts(AFTER, cost_cents=1_00, recipients_count=3), RULE, 34, id="divided, up"
        ),
        pytest.param(
            make_facts(AFTER, recipients_count=7, evidence={"recipient_names_missing": ""}),
            RULE,
            50_00,
            id="not divided among people without names",
        ),
    ],
)
def test_a_share_counts_for_its_value_on_the_basis_of_its_day(
    facts: Facts, basis: Basis, cents: int
) -> None:
    assert value_share(facts, basis, Rounding.CEILING).cents == cents


def test_a_firm_may_round_to_the_nearest_cent() -> None:
    facts = make_facts(AFTER, cost_cents=1_00, recipients_count=3)
    assert value_share(facts, RULE, Rounding.HALF_UP).cents == 33


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(make_facts(cost_cents=None), id="nothing is known"),
        pytest.param(
            make_facts(cost_cents=None, total_paid_cents=10_00, tax_cents=11_00),
            id="more tax than was paid",
        ),
    ],
)
def test_a_value_that_cannot_be_known_is_not_made_up(facts: Facts) -> None:
    valuation = value_share(facts, RULE, Rounding.CEILING)
    assert valuation.unit_cents is None
    assert valuation.cents == 0


@pytest.mark.parametrize("facts", [make_facts(quantity=0), make_facts(recipients_count=0)])
def test_nothing_and_nobody_cannot_be_divided(facts: Facts) -> None:
    with pytest.raises(
        FactsError, match=r"^The quantity and the number of recipients must each be 1 or more\.$"
    ):
        value_share(facts, RULE, Rounding.CEILING)


def test_the_rule_changed_its_basis_with_its_limit() -> None:
    assert basis_on(date(2026, 3, 29), RULE) is Basis.HIGHER
    assert basis_on(date(2026, 3, 30), RULE) is Basis.COST


ALL_KNOWN: Changes = {"cost_cents": 10_00, "market_value_cents": 20_00, "face_value_cents": 30_00}


@pytest.mark.parametrize(
    ("facts", "basis", "cents"),
    [
        pytest.param(make_facts(**ALL_KNOWN), Basis.COST, 10_00, id="cost"),
        pytest.param(make_facts(**ALL_KNOWN), Basis.HIGHER, 20_00, id="no face value of a thing"),
        pytest.param(make_facts(**ALL_KNOWN), Basis.MARKET, 20_00, id="market"),
        pytest.param(make_facts(**ALL_KNOWN), Basis.FAIR_MARKET, 20_00, id="fair market"),
        pytest.param(
            make_facts(cost_cents=10_00, face_value_cents=5_00),
            Basis.FAIR_MARKET,
            5_00,
            id="the face value where no market is known",
        ),
        pytest.param(
            make_facts(cost_cents=10_00, face_value_cents=5_00),
            Basis.MARKET,
            10_00,
            id="the highest that is known where the market is not",
        ),
        pytest.param(
            make_facts(cost_cents=None, market_value_cents=20_00, face_value_cents=30_00),
            Basis.COST,
            30_00,
            id="the face value where the cost is not known",
        ),
        pytest.param(
            make_facts(cost_cents=None, market_value_cents=30_00, face_value_cents=20_00),
            Basis.COST,
            30_00,
            id="the market value where the cost is not known",
        ),
        pytest.param(
            make_facts(category=Category.ENTERTAINMENT, cost_cents=40_00, face_value_cents=30_00),
            Basis.COST,
            40_00,
            id="a seat at its cost where that is more",
        ),
        pytest.param(
            make_facts(category=Category.ENTERTAINMENT, cost_cents=40_00, market_value_cents=50_00),
            Basis.COST,
            40_00,
            id="a seat at its cost whatever the market says",
        ),
        pytest.param(
            make_facts(**ALL_KNOWN)._replace(category=Category.ENTERTAINMENT),
            Basis.FAIR_MARKET,
            20_00,
            id="a seat for a public servant",
        ),
        pytest.param(
            make_facts(cost_cents=None, total_paid_cents=5_00, tax_cents=3_00, delivery_cents=2_00),
            Basis.COST,
            0,
            id="nothing but tax and delivery",
        ),
        pytest.param(make_facts(cost_cents=100_00, recipients_count=3), RULE, 33_34, id="thirds"),
    ],
)
def test_each_basis_takes_its_own_of_the_values_known(
    facts: Facts, basis: Basis, cents: int
) -> None:
    found = value_share(facts, basis, Rounding.CEILING)
    assert (found.unit_cents is not None, found.cents) == (True, cents)


def test_a_gift_to_two_is_whole_until_both_are_named() -> None:
    facts = make_facts(recipients_count=2, evidence={"recipient_names_missing": ""})
    assert value_share(facts, RULE, Rounding.CEILING).cents == 50_00
    assert judge(facts).verdict is Verdict.NEEDS_COMPLIANCE_JUDGEMENT


def test_the_firms_rounding_is_the_one_that_is_used() -> None:
    facts = make_facts(cost_cents=100_00, recipients_count=3)
    assert judge(facts).counted_cents == 33_34
    half_up = Policy(prorata_rounding=Rounding.HALF_UP)
    assert judge(facts, policy=half_up).counted_cents == 33_33


def test_a_value_nobody_knows_is_still_told_by_basis_and_number() -> None:
    facts = make_facts(cost_cents=None, quantity=3, recipients_count=2)
    assert value_share(facts, Basis.COST, Rounding.CEILING) == (None, 0, Basis.COST, 3, 2)
