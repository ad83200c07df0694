from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from flask import Flask, url_for
from markupsafe import Markup

from compliance_app.rules.facts import Category, Payer, RecipientClass
from compliance_app.rules.permissions import Role
from compliance_app.web import filters


@pytest.mark.parametrize("reference", ["G-2026-000001", "a/b c?d#e", "Größe", "%2F&"])
def test_the_address_of_a_row_is_that_of_its_page(app: Flask, reference: str) -> None:
    with app.test_request_context("/gifts", base_url="https://firm.example/register"):
        page = filters.pages_of("gifts.show", "reference")(reference)

        assert page == url_for("gifts.show", reference=reference)
        assert page.startswith("/register/gifts/")


def test_a_macro_that_is_remembered_still_escapes_and_tells_its_arguments_apart(app: Flask) -> None:
    page = app.jinja_env.from_string(
        "{% macro _chip(word, tone='') %}<b class='{{ tone }}'>{{ word }}</b>{% endmacro %}"
        "{% set chip = remembered(_chip) %}{{ chip('<') }}{{ chip('<') }}{{ chip('<', tone='x') }}"
    )

    assert page.render() == "<b class=''>&lt;</b><b class=''>&lt;</b><b class='x'>&lt;</b>"


def test_a_day_is_written_with_the_name_of_its_month() -> None:
    assert filters.day(date(2026, 3, 5)) == "5 Mar 2026"


def test_a_moment_is_written_in_utc_wherever_it_was() -> None:
    in_new_york = datetime(2026, 11, 12, 20, 5, tzinfo=timezone(timedelta(hours=-5)))

    assert filters.moment(in_new_york) == "13 Nov 2026, 01:05 UTC"
    assert filters.moment(datetime(2026, 11, 12, 14, 5, tzinfo=UTC)) == "12 Nov 2026, 14:05 UTC"


@pytest.mark.parametrize(
    ("cents", "written"), [(300_00, "$300"), (12_50, "$12.50"), (0, "$0"), (1_000_00, "$1,000")]
)
def test_whole_dollars_may_be_written_without_cents(cents: int, written: str) -> None:
    assert filters.dollars_short(cents) == written


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Rita Rep", "RR"), ("Ana María de la Cruz", "AC"), ("Cher", "C"), ("  ", "")],
)
def test_initials_are_of_the_first_and_the_last_name(name: str, letters: str) -> None:
    assert filters.initials(name) == letters


@pytest.mark.parametrize("member", [*Category, *Payer, *RecipientClass, *Role])
def test_every_word_of_the_rules_can_be_said_to_people(
    member: Category | Payer | RecipientClass | Role,
) -> None:
    said = filters.words(member)

    assert said[0].isupper()
    assert "_" not in said


def test_the_first_sentence_is_found_however_deep_the_errors_lie() -> None:
    assert filters.first_sentence([[], {"cost": ["Enter the cost."]}]) == "Enter the cost."
    assert filters.first_sentence(("Enter the date.", "Again.")) == "Enter the date."


EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (EDGE, "Edge on Windows"),
        (IPHONE, "Safari on iPhone"),
        ("curl/8.5", "A browser on an unknown system"),
    ],
)
def test_a_browser_is_named_as_people_know_it(agent: str, name: str) -> None:
    assert filters.browser(agent) == name


def test_a_control_character_that_was_typed_is_shown_as_a_sign() -> None:
    typed = Markup('<input value="a\x00b\x9fc&amp;">')

    assert filters.visible(typed) == Markup('<input value="a\ufffdb\ufffdc&amp;">')
