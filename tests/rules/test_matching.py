"""Names, employers and scores: what must be alike is, what contradicts is held against it."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from random import Random

import pytest

from compliance_app.rules.matching import (
    Contact,
    PersonName,
    Rarity,
    block_keys,
    compare,
    likely_pairs,
    parse_name,
    points_of,
    score_of,
)
from compliance_app.rules.matching.employers import parse_employer
from compliance_app.rules.matching.names import are_forms_of_one, sound

NOBODY_COUNTED = Rarity(0)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Jonathan Smith", PersonName("jonathan", "", "smith")),
        ("SMITH, Jonathan Q.", PersonName("jonathan", "q", "smith")),
        ("Smith, Jonathan, Jr.", PersonName("jonathan", "", "smith", "jr")),
        ("Jonathan Smith III, CFA", PersonName("jonathan", "", "smith", "iii")),
        ("Dr. Jon Smith, CPA", PersonName("jon", "", "smith")),
        ("Hon. George W. Bush", PersonName("george", "w", "bush")),
        ("President George W. Bush", PersonName("george", "w", "bush")),
        ("Robert M. Gates, Secretary of Defense", PersonName("robert", "m", "gates")),
        ("Secretary of State Condoleezza Rice", PersonName("condoleezza", "", "rice")),
        ("Timothy Leeds, Special Agent-- Diplomatic Security", PersonName("timothy", "", "leeds")),
        ("Kramer, Franklin D.--ASD for ISA", PersonName("franklin", "d", "kramer")),
        ("Garcia Marquez, Edward", PersonName("edward", "garcia", "marquez")),
        ("Chief of Staff, David Addington", PersonName("david", "", "addington")),
        ("White House Staff Member. Wainstein, Ken", PersonName("ken", "", "wainstein")),
        ("Donald Ensenat; U.S. Chief of Protocol", PersonName("donald", "", "ensenat")),
        ("Mary White", PersonName("mary", "", "white")),
        ("First Daughter Barbara Bush", PersonName("barbara", "", "bush")),
        ("Dean Smith", PersonName("dean", "", "smith")),
        ("Judge Amy Coney Barrett", PersonName("amy", "coney", "barrett")),
        ("Ludwig van der Rohe", PersonName("ludwig", "", "van der rohe")),
        ("Anne Smith-Jones", PersonName("anne", "", "smith-jones")),
        ("José Núñez", PersonName("jose", "", "nunez")),
        ("Łukasz Ørsted", PersonName("lukasz", "", "orsted")),
        ("Иван Петров", PersonName("ivan", "", "petrov")),
        ("Patrick O\u2019Brien", PersonName("patrick", "", "obrien")),
        ('William "Bill" Hart', PersonName("william", "", "hart")),
        ("Madonna", PersonName(last="madonna")),
        ("the President", PersonName(office="president")),
        ("Mr. and Mrs. Hart", PersonName(office="mr and mrs hart")),
        ("", PersonName()),
    ],
)
def test_a_name_is_read_in_any_order_people_write_it(written: str, read: PersonName) -> None:
    assert parse_name(written) == read


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ACME Corp", "Acme Corporation"),
        ("Acme, L.L.C.", "ACME LLC"),
        ("Harbor Asset Mgmt Inc.", "Harbor Asset Management"),
        ("Hart & Stone Advisers", "Hart and Stone Advisors LP"),
    ],
)
def test_legal_forms_and_abbreviations_make_no_other_firm(one: str, other: str) -> None:
    assert parse_employer(one) == parse_employer(other)


def test_a_firm_whose_name_is_a_legal_form_keeps_it() -> None:
    assert parse_employer("The Group") == "the group"


def test_nicknames_are_forms_of_one_name_and_other_names_are_not() -> None:
    assert are_forms_of_one("jon", "jonathan")
    assert are_forms_of_one("peggy", "margaret")
    assert not are_forms_of_one("john", "james")


def test_words_of_one_sound_share_a_code() -> None:
    assert sound("philips") == sound("fillips")
    assert sound("katherine") == sound("catherine")
    assert sound("smith") != sound("jones")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            Contact.of("Jon Smith", employer="ACME Corp"),
            Contact.of("Jonathan Smith", employer="Acme Corporation"),
        ),
        (Contact.of("Smiht, John"), Contact.of("John Smith")),
        (Contact.of("Smith John"), Contact.of("John Smith")),
        (
            Contact.of("Maria Keller", email="m@x.example"),
            Contact.of("M. Brandt", email="M@x.example"),
        ),
        (
            Contact.of("Ann Hart", phone="+1 (212) 555-0100"),
            Contact.of("Rose Low", phone="212.555.0100"),
        ),
    ],
    ids=["nickname", "slip", "turned order", "e-mail", "telephone"],
)
def test_two_spellings_of_one_person_share_a_key(one: Contact, other: Contact) -> None:
    assert block_keys(one) & block_keys(other)


def test_a_score_can_be_said_in_a_sentence() -> None:
    match = compare(
        Contact.of("Jon Smith", employer="ACME Corp", email="jsmith@acme.example"),
        Contact.of("Jonathan Smith", employer="Acme Corporation", email="jsmith@acme.example"),
        NOBODY_COUNTED,
    )
    assert match.score > 95
    assert match.sentence == (
        "same e-mail; same family name; Jon is a form of Jonathan; same employer"
    )


SMITH = Contact.of("John A. Smith", employer="Acme", email="john.smith@acme.example")


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (Contact.of("John B. Smith", employer="Acme"), "different middle names: A and B"),
        (Contact.of("Mary Smith", employer="Acme"), "John is not Mary"),
        (
            Contact.of("John Smith", employer="Acme", email="j.smith2@acme.example"),
            "different e-mails at one domain",
        ),
        (Contact.of("John Smith", employer="Other Bank"), "different employers"),
    ],
)
def test_what_contradicts_lowers_the_score_and_is_said(other: Contact, said: str) -> None:
    alike = compare(SMITH, Contact.of("John Smith", employer="Acme"), NOBODY_COUNTED)
    against = compare(SMITH, other, NOBODY_COUNTED)
    assert against.score < alike.score
    assert said in against.sentence


@pytest.mark.parametrize("other", ["jason_sanchez@mail.example", "jason.sanchez+gifts@x.example"])
def test_points_and_tags_make_no_other_mailbox(other: str) -> None:
    one = Contact.of("Jason Sanchez", employer="Acme", email="jason.sanchez@acme.example")
    match = compare(one, Contact.of("Jason Cruz", employer="Acme", email=other), NOBODY_COUNTED)
    assert "same name in the e-mail" in match.sentence


def test_a_rare_word_of_a_family_name_says_more_than_a_common_one() -> None:
    register = Rarity(100_000, last={"smith": 1_000, "copelan": 1})
    common, rare = (
        compare(Contact.of(f"Ida {last}"), Contact.of(f"Ida {last}-Weyer"), register)
        for last in ("Smith", "Copelan")
    )
    assert [part.points for part in common.parts] == [3.0, 9.0]
    assert [part.points for part in rare.parts] == [9.0, 9.0]
    assert "Smith and Smith-Weyer share a word" in common.sentence


def test_father_and_son_are_two_people() -> None:
    father = Contact.of("John Smith Sr.", employer="Acme")
    son = Contact.of("John Smith, Jr.", employer="Acme")
    assert compare(father, son, NOBODY_COUNTED).score < 58
    assert "one is Sr, the other Jr" in compare(father, son, NOBODY_COUNTED).sentence


def test_a_rare_name_says_more_than_a_common_one() -> None:
    common = Rarity(100_000, first={"john": 3_000}, last={"smith": 1_000})
    one, other = Contact.of("John Smith"), Contact.of("John Smith")
    assert compare(one, other, common).score < 58 < compare(one, other, Rarity(100_000)).score


def test_the_score_is_the_same_whichever_comes_first() -> None:
    one = Contact.of("Smith, Jon Q., Jr.", employer="Acme Mgmt", email="jsmith@a.example")
    other = Contact.of("Jonathan Quincy Smyth", employer="Acme Management", title="CIO")
    rarity = Rarity(1_000)
    assert compare(one, other, rarity).score == compare(other, one, rarity).score


def test_two_numbers_are_never_slips_of_one_another() -> None:
    one = Contact.of("Person 12", employer="Client", email="p12@client.example")
    other = Contact.of("Person 13", employer="Client", email="p13@client.example")
    assert compare(one, other, NOBODY_COUNTED).score < 10


def test_a_name_is_worth_what_the_rarer_spelling_is() -> None:
    rarity = Rarity(1_048_576, last={"smith": 1_024, "smyth": 4_096, "jones": 1_000_000})
    assert rarity.last("smith", "smyth") == rarity.last("smyth", "smith") == 10.0
    assert rarity.last("smyth", "smyth") == 8.0
    assert (rarity.last("jones", "jones"), rarity.last("jones", "rask")) == (5.0, 13.0)


def _slip(chance: Random, word: str) -> str:
    place = chance.randrange(len(word))
    return chance.choice((word[:place] + word[place + 1 :], word[:place] + "e" + word[place:]))


def _people(chance: Random) -> Iterator[Contact]:
    """Yield people in all the forms in which records have them, many of them twice or more."""
    firsts = ("Jonathan", "Jon", "Margaret", "Peggy", "Robert", "Bob", "Q", "Ann", "Anna", "Person")
    lasts = ("Smith", "Smyth", "Fischer", "Fisher", "De Luca", "Deluca", "Lee", "Hart-Low", "12")
    firms = ("Acme Corp", "Acme Capital Mgmt", "Harbor Trust", "Harbour Trust LLC", "Fund 12", "")
    for _ in range(60):
        first, last, firm = chance.choice(firsts), chance.choice(lasts), chance.choice(firms)
        email = f"{first[:1]}{last}@{firm[:4]}.example" if chance.random() < 0.6 else ""
        names = [
            f"{first} {last}",
            f"{last}, {first}",
            f"{first} {chance.choice('ABJ')}. {last}",
            f"{_slip(chance, first)} {_slip(chance, last)}",
            f"{last.replace(' ', '')} {_slip(chance, first)}",
            f"{first} Quincy {last}",
            f"{chance.choice('QJ')}. {first} {last}",
            f"{first} {last}, {chance.choice(('Jr.', 'Sr.', 'CFA'))}",
            chance.choice((last, "the President", "Secretary of State", first)),
        ]
        for name in chance.sample(names, 4):
            yield Contact.of(
                name,
                employer=firm if chance.random() < 0.8 else chance.choice(firms),
                email=email if chance.random() < 0.7 else f"{last}@mail.example",
                phone=chance.choice(("", "", "2125550100", "2125550101", "2125550102")),
                title=chance.choice(("", "Trader", "CFO")),
                worked_from=chance.choice((None, date(2025, 3, 1))),
                worked_until=chance.choice((None, date(2025, 1, 31))),
            )


def test_a_scan_finds_the_pairs_and_scores_of_weighing_each_two_in_full() -> None:
    contacts = dict(enumerate(_people(Random(3220))))  # noqa: S311 - people, and no secrets
    pairs = list(combinations(contacts, 2))
    for rarity in (Rarity.among(contacts.values()), Rarity(1_000_000)):
        scores = {
            pair: score_of(points_of(contacts[pair[0]], contacts[pair[1]], rarity))
            for pair in pairs
        }
        for least in (45, 58, 90):
            found = {
                (i, j): score for i, j, score in likely_pairs(pairs, contacts, rarity, least=least)
            }
            assert found == {pair: score for pair, score in scores.items() if score >= least}
            assert len(found) > 50
