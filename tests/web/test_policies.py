from datetime import date

from flask import Flask

from compliance_app.rules.policy import parse_policy
from compliance_app.store.base import unit_of_work
from compliance_app.store.models import Policy
from tests.conftest import CAST, EMAILS, NOON
from tests.page import Page

STRICTER = """
title = "Northwind gifts"
version = "2"
effective_on = 2026-06-01
[year]
basis = "fiscal"
fiscal_start = "07-01"
[amounts]
auto_clear_ceiling = "25.00"
nominal_value = "20.00"
[[firm_limit]]
from = 2026-06-01
amount = "250.00"
[[routing]]
to = "compliance"
at_least = "100.00"
category = "ticket"
[[routing]]
to = "supervisor"
"""


def adopt(document: str, effective_on: date) -> None:
    with unit_of_work() as session:
        session.add(
            Policy(
                effective_on=effective_on,
                document=document,
                sha256=parse_policy(document).sha256,
                adopted_by_id=CAST.officer,
                adopted_at=NOON,
                reason="The board asked for it.",
            )
        )


def policy_page(app: Flask, who: str = "rep") -> Page:
    return Page(app).sign_in(EMAILS[who]).get("/policies")


def test_before_the_firm_adopts_one_the_page_says_the_template_is_in_force(app: Flask) -> None:
    page = policy_page(app)

    assert page.words("div.verdict b") == ["The firm has not adopted a policy yet."]
    assert page.words("p.amount") == ["$300 a person and year"]


def test_the_limits_of_the_rule_are_dated_and_sourced(app: Flask) -> None:
    assert policy_page(app).words("section[aria-labelledby=limits-heading] dl div") == [
        "From 30 Mar 2026 Rule 3220(a), Regulatory Notice 26-05 $300",
        "From 28 Dec 1992 Rule 3060, then Rule 3220(a), before RN 26-05 $100",
    ]


def test_what_the_law_leaves_open_is_said_to_be_undecided(app: Flask) -> None:
    rows = policy_page(app).words("dl.settings div")

    assert (
        "Items of nominal value do not count up to No amount is set; a person decides on each"
    ) in rows
    assert "The firm employs a registered lobbyist Not said; a person decides on each" in rows


def test_an_adopted_policy_is_shown_in_words_with_who_adopted_it_and_why(app: Flask) -> None:
    adopt(STRICTER, date(2026, 6, 1))

    page = policy_page(app)

    assert page.words("p.amount") == ["$250 a person and year"]
    rows = page.words("dl.settings div")
    assert "Gifts to one person are added up over Fiscal year from July 1" in rows
    assert "Cleared at once, without a flag, up to $25" in rows
    assert "Items of nominal value do not count up to $20" in rows
    assert "Gifts of $100 and more, of the kind “Ticket” Compliance decides" in rows
    assert "Every other gift A supervisor decides" in rows
    [version] = page.words("tbody tr")
    assert version.startswith("1 Jun 2026 The board asked for it. Olga Officer")
    assert "In force" in version


def test_a_policy_of_a_later_day_is_listed_but_not_in_force(app: Flask) -> None:
    adopt(STRICTER.replace("2026-06-01", "2027-01-01"), date(2027, 1, 1))

    page = policy_page(app)

    assert page.words("p.amount") == ["$300 a person and year"]
    [version] = page.words("tbody tr")
    assert version.startswith("1 Jan 2027")
    assert "In force" not in version
