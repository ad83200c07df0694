"""Adding people at clients, and a person's ledger."""

from datetime import date

import pytest
from flask import Flask

from compliance_app.rules.errors import EmailTakenError, InputError
from compliance_app.services import gifts, recipients
from compliance_app.services.recipients import NewRecipient
from compliance_app.store import finding, recipient_keys
from compliance_app.store.base import unit_of_work
from compliance_app.store.models import Employer, Recipient, RecipientKey, RecipientWord
from tests.conftest import NOON, Cast
from tests.factories import make_claim

SINCE, BEFORE = date(2026, 1, 1), date(2027, 1, 1)


def add(name: str, email: str = "", employer: str = "") -> int:
    with unit_of_work() as session:
        new = NewRecipient(name, email, employer)
        return recipients.add(session, new, actor_id=None, at=NOON).id


def test_an_employer_of_the_same_name_is_the_same_employer(app: Flask) -> None:
    add("Åsa Lindqvist", employer="HARBOR  capital")
    with unit_of_work() as session:
        assert session.query(Employer).count() == 2


def test_an_address_belongs_to_one_recipient(app: Flask) -> None:
    with pytest.raises(EmailTakenError):
        add("Morgan E.", "MORGAN@northgate.example")


@pytest.mark.parametrize("name", ["", "   ", "a\x00b", "x" * 301])
def test_a_recipient_has_a_name(app: Flask, name: str) -> None:
    with pytest.raises(InputError):
        add(name)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("mor", ["Morgan Ellery"]),
        ("ELL", ["Morgan Ellery"]),
        ("asa", ["Åsa Lindqvist"]),
        ("ravi@", ["Ravi Shankaran"]),
        ("%", []),
        ("", []),
    ],
)
def test_a_search_finds_the_beginning_of_any_word(app: Flask, text: str, names: list[str]) -> None:
    add("Åsa Lindqvist")
    with unit_of_work() as session:
        assert [found.name for found in finding.search(session, text, count=10)] == names


def test_a_gift_entered_late_moves_the_totals_after_it(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        for cents, day in ((80_00, 10), (30_00, 5)):
            claim = make_claim(cents, given_on=date(2026, 11, day))
            gifts.submit(session, claim, giver_id=cast.rep, actor_id=cast.rep, at=NOON)
        rows = recipients.statement(session, cast.morgan, since=SINCE, before=BEFORE)
    assert [(row.given_on.day, row.running_cents) for row in rows] == [(5, 30_00), (10, 110_00)]


def test_the_gifts_of_a_merged_record_count_for_the_person(app: Flask, cast: Cast) -> None:
    double = add("M. Ellery")
    with unit_of_work() as session:
        for wanted in (cast.morgan, double):
            claim = make_claim(90_00, to=(wanted,))
            gifts.submit(session, claim, giver_id=cast.rep, actor_id=cast.rep, at=NOON)
        session.get_one(Recipient, double).merged_into_id = cast.morgan
    with unit_of_work() as session:
        rows = recipients.statement(session, cast.morgan, since=SINCE, before=BEFORE)
        third = gifts.preview(
            session, make_claim(130_00, to=(double,)), giver_id=cast.rep, today=NOON.date()
        )
    assert [row.running_cents for row in rows] == [90_00, 180_00]
    assert third.shares[0].assessment.running_cents == 310_00


@pytest.mark.parametrize(
    "typed",
    [
        "jonathan smith",
        "jon smith",
        "smith, jon",
        "Smith Jonathan",
        "Jonathan Smiht",
        "Jonahtan Smith",
        "J Smith",
        "jo smi",
        "smi jo",
        "jonathan smyth at harbour",
        "jonathan smith harbour",
        "Mr. Jonathan Q. Smith, Jr.",
        "jsmith@harbour.ex",
        "Smithe",
    ],
)
def test_somebody_is_found_however_one_types_the_name(app: Flask, typed: str) -> None:
    add("Jonathan Smith", "jsmith@harbour.example", "Harbour Trust")
    add("Ines Moreau", employer="Harbour Trust")
    with unit_of_work() as session:
        assert [found.name for found in finding.search(session, typed, count=10)] == [
            "Jonathan Smith"
        ]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Margie Menzella", "M. Menzella"),
        ("Adam Moe", "Adam Meo"),
        ("Mary Wong", "amry wong"),
        ("Michaela Mency", "Mecny, Michaela"),
    ],
)
def test_an_initial_and_letters_that_changed_places_lead_to_the_name(
    app: Flask, name: str, typed: str
) -> None:
    add(name)
    with unit_of_work() as session:
        assert [found.name for found in finding.search(session, typed, count=10)] == [name]


def test_the_firm_that_is_typed_tells_namesakes_apart(app: Flask) -> None:
    for employer in ("Abbey Bank", "Harbour Trust", "Zeller Partners"):
        add("Jonathan Smith", employer=employer)
    with unit_of_work() as session:
        found = finding.search(session, "jon smith at harbour", count=10)
    assert found[0].employer == "Harbour Trust"
    assert len(found) == 3


def test_records_from_before_there_were_keys_are_given_them(app: Flask) -> None:
    add("Jonathan Smith")
    with unit_of_work() as session:
        for model in (RecipientKey, RecipientWord):
            session.query(model).delete()
        assert finding.search(session, "jon smith", count=10) == []
        assert recipient_keys.fill(session) == 3
    with unit_of_work() as session:
        assert [one.name for one in finding.search(session, "jon smith", count=10)] == [
            "Jonathan Smith"
        ]
        assert recipient_keys.fill(session) == 0


def test_a_shared_telephone_speaks_for_one_person_however_it_is_written(app: Flask) -> None:
    with unit_of_work() as session:
        new = NewRecipient("Ann Hart", employer="Alder Trust", phone=" +1 (212)  555-0142 ")
        ann = recipients.add(session, new, actor_id=None, at=NOON)
        assert ann.phone == "+1 (212) 555-0142"
        other = NewRecipient("A. Hart", employer="Birch Mutual", phone="212.555.0142 ext. 7")
        (alike,) = recipients.alike(session, other, NOON.date())
        assert (alike.found.id, alike.match.sentence.split(";")[0]) == (ann.id, "same telephone")


@pytest.mark.parametrize("phone", ["x", "12", "5" * 61])
def test_a_telephone_has_digits(app: Flask, phone: str) -> None:
    new = NewRecipient("Ann Hart", phone=phone)
    with unit_of_work() as session, pytest.raises(InputError, match="not a telephone number"):
        recipients.add(session, new, actor_id=None, at=NOON)


def test_each_of_a_couple_in_one_name_is_found_and_suspected(app: Flask) -> None:
    couple = add("John and Mary Doe", employer="Doe Family Trust")
    with unit_of_work() as session:
        for words in ("john doe", "mary doe", "doe"):
            assert [one.id for one in finding.search(session, words, count=5)] == [couple]
        new = NewRecipient("Mary Doe", employer="Doe Family Trust")
        assert [one.found.id for one in recipients.alike(session, new, NOON.date())] == [couple]
