"""A policy document is read whole, and every problem is named by line, key and remedy."""

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from compliance_app.rules.policy import PolicyError, parse_policy
from compliance_app.rules.regimes import Limit
from compliance_app.rules.settings import (
    EarlierYear,
    Policy,
    Route,
    RoutingRow,
    Transition,
    history_since,
)
from compliance_app.rules.valuation import Basis, Rounding
from compliance_app.rules.windows import RollingMethod, Year, YearBasis

TEMPLATE = (
    Path(__file__).resolve().parents[2] / "compliance_app" / "policy_template.toml"
).read_text(encoding="utf-8")

FULL = """
title = "Gifts of Northgate Securities"
version = "2027-01"
effective_on = 2027-01-01

[year]
basis = "rolling"
fiscal_start = "07-01"
rolling_method = "trailing_12_months"

[valuation]
basis = "cost"
rounding = "half_up_cent"
transition = "ignore_gifts_before_2026-03-30"

[amounts]
nominal_value = "50.00"
auto_clear_ceiling = "25.00"
bereavement_review = "500.00"
largest_accepted = "10,000.00"
warning_percent = 75
entertainment_per_quarter = 3

[days]
late_after = 5
splitting = 14
several_givers = 3
until_due = 2

[firm]
employs_lobbyist = true

[[firm_limit]]
from = 2028-01-01
amount = "250.00"

[[firm_limit]]
from = 2027-01-01
amount = "200.00"

[[routing]]
to = "compliance"
at_least = "200.00"
category = "gift_card"
recipient_class = "union_official"
employer_flag = "restricted"
"""


def test_the_template_says_what_holds_without_it() -> None:
    read = parse_policy(TEMPLATE)
    assert replace(read, sha256="") == Policy()
    assert read.sha256 == hashlib.sha256(TEMPLATE.encode()).hexdigest()


def test_every_setting_is_read() -> None:
    assert replace(parse_policy(FULL), sha256="") == Policy(
        title="Gifts of Northgate Securities",
        version="2027-01",
        effective_on=date(2027, 1, 1),
        year=Year(YearBasis.ROLLING, (7, 1), RollingMethod.TRAILING),
        valuation_basis=Basis.COST,
        prorata_rounding=Rounding.HALF_UP,
        transition=Transition.IGNORE,
        firm_limits=(
            Limit(date(2027, 1, 1), 200_00, "the firm's own limit", checked=True),
            Limit(date(2028, 1, 1), 250_00, "the firm's own limit", checked=True),
        ),
        nominal_value_threshold_cents=50_00,
        bereavement_review_cents=500_00,
        entertainment_review_count=3,
        employs_lobbyist=True,
        warning_percent=75,
        auto_clear_ceiling_cents=25_00,
        amount_ceiling_cents=10_000_00,
        late_after_days=5,
        splitting_days=14,
        several_givers_days=3,
        days_until_due=2,
        routing=(
            RoutingRow(Route.COMPLIANCE, 200_00, "gift_card", "union_official", "restricted"),
        ),
    )


HEAD = 'title = "T"\nversion = "1"\n'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("title = ", "line 1: this is not TOML: invalid value", id="no TOML"),
        pytest.param('a = "\n', "line 1: this is not TOML", id="an open quote"),
        pytest.param("a = 1\nb", "line 2: this is not TOML", id="the end of the document"),
        pytest.param(
            'title = "T"', "line 1: version: this key is missing; add it.", id="no version"
        ),
        pytest.param(
            HEAD + "limit = 5", "line 3: limit: this is not known here", id="an unknown key"
        ),
        pytest.param(
            HEAD + "[yaer]\n", "line 3: yaer: this is not known here", id="an unknown table"
        ),
        pytest.param(HEAD + "[routing]\n", "line 3: routing: ", id="a table that should repeat"),
        pytest.param(
            HEAD + "[year]\nbasis = 1\n",
            "line 4: year.basis: write one of calendar, fiscal, rolling (in quotes).",
            id="a word that is none",
        ),
        pytest.param(
            HEAD + '[year]\nbasis = "fiscal"',
            "line 4: year.fiscal_start: a fiscal year needs its first day, for example "
            'fiscal_start = "07-01".',
            id="a fiscal year without start",
        ),
        pytest.param(
            HEAD + '[year]\nfiscal_start = "02-30"',
            "line 4: year.fiscal_start: 02-30 does not exist; write a month and a day, for "
            'example "07-01" for July 1.',
            id="30 February",
        ),
        pytest.param(
            HEAD + "[year]\nfiscal_start = 7",
            "line 4: year.fiscal_start: write a month and a day in quotes",
            id="a start that is no text",
        ),
        pytest.param(
            HEAD + "[amounts]\nnominal_value = nan",
            'line 4: amounts.nominal_value: write an amount in quotes, for example "250.00".',
            id="NaN",
        ),
        pytest.param(
            HEAD + '[amounts]\nnominal_value = "NaN"',
            'line 4: amounts.nominal_value: "NaN" is not an amount.',
            id="NaN in quotes",
        ),
        pytest.param(
            HEAD + '[amounts]\nnominal_value = "100.00"',
            "line 4: amounts.nominal_value: $100.00 is not substantially below the rule's limit "
            "of $100.00; write a smaller amount or leave it out.",
            id="a nominal value that is not nominal",
        ),
        pytest.param(
            HEAD + "[amounts]\nwarning_percent = 101",
            "line 4: amounts.warning_percent: write a whole number from 1 to 100.",
            id="101 percent",
        ),
        pytest.param(
            HEAD + "[days]\nlate_after = true",
            "line 4: days.late_after: write a whole number from 0 to 366.",
            id="true days",
        ),
        pytest.param(
            HEAD + '[firm]\nemploys_lobbyist = "no"',
            "line 4: firm.employs_lobbyist: write true or false, without quotes.",
            id="no in quotes",
        ),
        pytest.param(
            HEAD + '[valuation]\nbasis = "market_value"',
            "line 4: valuation.basis: write one of rule_on_gift_date, cost, "
            "higher_of_cost_or_market (in quotes).",
            id="market value alone",
        ),
        pytest.param(
            HEAD + '[valuation]\nbasis = "cost"',
            "line 4: valuation.basis: before March 30, 2026 the rule counts the higher",
            id="cost before it was allowed",
        ),
        pytest.param(
            HEAD + '[[firm_limit]]\nfrom = 2026-03-29\namount = "200.00"',
            "line 5: firm_limit.amount: $200.00 is more than the rule allows on 2026-03-29, "
            "$100.00; a firm may only be stricter.",
            id="a limit above the rule's",
        ),
        pytest.param(
            HEAD
            + '[[firm_limit]]\nfrom = 2026-04-01\namount = "200.00"\n'
            + '[[firm_limit]]\nfrom = 2026-04-01\namount = "250.00"',
            "line 7: firm_limit.from: two limits begin on 2026-04-01; keep one.",
            id="two limits for a day",
        ),
        pytest.param(
            HEAD + '[[firm_limit]]\nfrom = "2026-04-01"\namount = "200.00"',
            "line 4: firm_limit.from: write a day without quotes, for example 2026-03-30.",
            id="a day in quotes",
        ),
        pytest.param(
            HEAD + '[[routing]]\nto = "cleared"',
            "line 4: routing.to: write one of supervisor, compliance, supervisor_and_compliance",
            id="nobody decides",
        ),
        pytest.param(
            'title = ""\nversion = "1"',
            "line 1: title: write a text in quotes of 1 to 200 characters.",
            id="no title",
        ),
    ],
)
def test_what_is_wrong_is_named_by_line_key_and_remedy(text: str, problem: str) -> None:
    with pytest.raises(PolicyError) as refusal:
        parse_policy(text)
    assert str(refusal.value).startswith(problem)


def test_all_problems_are_told_at_once_in_the_order_of_the_lines() -> None:
    text = HEAD + "[days]\nlate_after = -1\n[amounts]\nfoo = 1\n"
    with pytest.raises(PolicyError) as refusal:
        parse_policy(text)
    assert [(problem.line, problem.key) for problem in refusal.value.problems] == [
        (4, "days.late_after"),
        (6, "amounts.foo"),
    ]


def test_cost_is_a_choice_once_the_rule_allows_it() -> None:
    text = 'title = "T"\nversion = "1"\neffective_on = 2026-03-30\n[valuation]\nbasis = "cost"'
    assert parse_policy(text).valuation_basis is Basis.COST


@pytest.mark.parametrize(
    ("year", "words"),
    [
        (Year(), "calendar year"),
        (Year(YearBasis.FISCAL, (7, 1)), "fiscal year from July 1"),
        (Year(YearBasis.ROLLING), "a year from the first gift to the person"),
        (
            Year(YearBasis.ROLLING, method=RollingMethod.TRAILING),
            "the twelve months that end with each gift",
        ),
    ],
)
def test_a_policy_says_its_year_in_words(year: Year, words: str) -> None:
    policy = Policy(year=year)
    assert policy.year_words == words
    assert (policy.year_basis, policy.fiscal_year_start, policy.rolling_method) == year


@pytest.mark.parametrize(
    ("policy", "since"),
    [
        (Policy(), date(2026, 1, 1)),
        (Policy(year=Year(YearBasis.FISCAL, (7, 1))), date(2025, 7, 1)),
        (Policy(year=Year(YearBasis.FISCAL, (2, 1))), date(2026, 1, 1)),
        (
            Policy(year=Year(YearBasis.ROLLING, method=RollingMethod.TRAILING)),
            date(2025, 5, 5),
        ),
        (Policy(year=Year(YearBasis.ROLLING)), None),
        (
            Policy(earlier_years=(EarlierYear(Year(YearBasis.ROLLING), date(2026, 1, 1)),)),
            None,
        ),
    ],
)
def test_the_history_needed_reaches_back_to_the_longest_year(
    policy: Policy, since: date | None
) -> None:
    assert history_since(policy, date(2026, 5, 4)) == since
