"""What lists of clients and officials are full of: each kind of writing is read, and told apart."""

from random import Random

import pytest

from compliance_app.rules.matching import (
    Contact,
    PersonName,
    Rarity,
    compare,
    comparing_keys,
    pairs_in,
    parse_name,
)
from compliance_app.rules.matching.employers import parse_employer
from compliance_app.rules.matching.likeness import Like, employers
from compliance_app.rules.matching.titles import EITHER, OFFICES, PARTICLES, TITLES

A_REGISTER = Rarity(100_000)
SUSPECTED = 58


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("T.H. Madeleine K. Albright", PersonName("madeleine", "k", "albright")),
        (
            "President of Algeria, H.E. Abdelaziz Bouteflika",
            PersonName("abdelaziz", "", "bouteflika"),
        ),
        ("T.H. White", PersonName("t", "h", "white")),
        (
            "His Excellency, Keizo Obuchi, The Prime Minister of Japan",
            PersonName("keizo", "", "obuchi"),
        ),
        ("Prime Minister of Qatar Hamad Al Thani", PersonName("hamad", "", "al thani")),
        ("King Abdullah II of Jordan", PersonName(last="abdullah", generation="ii")),
        ("Crown Prince Sultan bin Abdul Aziz", PersonName("sultan", "bin abdul", "aziz")),
        ("President Habibie, Indonesia", PersonName(last="habibie")),
        ("Amir of Bahrain", PersonName(office="amir of bahrain")),
        ("Senate Majority Leader Harry Reid", PersonName("harry", "", "reid")),
        ("First Lady", PersonName(office="first-lady")),
        ("First Lady Laura Bush", PersonName("laura", "", "bush")),
        ("An Agency Employee", PersonName(office="an agency employee")),
        ("RECIPIENT: Robert A. Bradtke", PersonName("robert", "a", "bradtke")),
        ("Bradtke, Robert A. Executive Secretary, NSC", PersonName("robert", "a", "bradtke")),
        ("Thurman, Major General of the U.S. Army", PersonName(last="thurman")),
        ("Maybus, Raymond E. Jr--Ambassador", PersonName("raymond", "e", "maybus", "jr")),
        ("Admiral H.G. Ulrich III Commander U.S. Forces", PersonName("h", "g", "ulrich", "iii")),
        ("Admiral Michael G. Mullen and Spouse", PersonName("michael", "g", "mullen")),
        ("Lieutenant Junior Grade Stephen W. Hedrick", PersonName("stephen", "w", "hedrick")),
        ("Under Secretary of Defense, Policy, Douglas Feith", PersonName("douglas", "", "feith")),
        ("Brian Welch Chief of Staff", PersonName("brian", "", "welch")),
        ("Sung-min Hwang, J.D.", PersonName("sung-min", "", "hwang")),
        ("Smith, J.D.", PersonName("j", "d", "smith")),
        ("Maria Cohen Ph.D.", PersonName("maria", "", "cohen")),
        ("Jon Smith \u2013 Trader", PersonName("jon", "", "smith")),
        ("Todd G0od", PersonName("todd", "", "good")),
        ("Person 12", PersonName("person", "", "12")),
        ("Anna Keller nee Brandt", PersonName("anna", "", "keller")),
    ],
)
def test_what_stands_around_a_name_is_not_the_name(written: str, read: PersonName) -> None:
    assert parse_name(written) == read


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mohammed al-Mansouri", "Muhammad Al Mansouri"),
        ("Mohammed al-Mansouri", "Mohamed Mansouri"),
        ("Sergey Lavrov", "Sergei Lavrov"),
        ("Yusuf Haddad", "Joseph Haddad"),
        ("Juan de la Cruz", "Juan Cruz"),
        ("Jos\u00e9 Luis Garc\u00eda L\u00f3pez", "Jose Garcia"),
        ("Hillary Rodham Clinton", "Hillary Rodham"),
        ("Antonio Pilar Rubio Alonso", "Rubio Alonso Antonio Pilar"),
        ("Jan van der Berg", "Jan Vanderberg"),
        ("Maureen Mc Kenzie", "Maureen MacKenzie"),
        ("Jean-Pierre Dubois", "Jean Dubois"),
        ("Min-jun Yoon", "Minjun Yoon"),
        ("Hu Jintao", "Jintao Hu"),
        ("M\u00e9sz\u00e1ros Tam\u00e1s", "T. M\u00e9sz\u00e1ros"),
        ("Dcrek Guyton", "Guyton Derek"),
        ("J\u00fcrgen M\u00fcller", "Juergen Mueller"),
        ("Tillie Chapman", "Mathilda Chapmsan"),
    ],
)
def test_two_writings_of_one_name_at_one_firm_are_suspected(one: str, other: str) -> None:
    first, then = (Contact.of(name, employer="Harbor Trust") for name in (one, other))
    assert compare(first, then, A_REGISTER).score >= SUSPECTED
    assert compare(then, first, A_REGISTER).score >= SUSPECTED
    assert comparing_keys(first) & comparing_keys(then)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ingrid van der Linden", "Ingrid van Leeuwen"),
        ("Omar al-Ghamdi", "Omar al-Shehri"),
        ("Helen Haspel", "Holly Haspel"),
        ("Curtis Razinger", "Victor Razinger"),
        ("Seo-yeon Han", "Yeon-ah Han"),
    ],
)
def test_a_particle_or_a_family_does_not_make_two_people_one(one: str, other: str) -> None:
    register = Rarity(100_000, employer={"harbor trust": 900}, last={"han": 900})
    first, then = (Contact.of(name, employer="Harbor Trust") for name in (one, other))
    assert compare(first, then, register).score < SUSPECTED


def test_a_family_has_one_telephone() -> None:
    he, she = (Contact.of(f"{one} Sakshaug", phone="2125550100") for one in ("Pat", "Saundra"))
    phone = next(part for part in compare(he, she, A_REGISTER).parts if part.code == "phone")
    assert phone.points == 3.0


def test_a_mailbox_that_follows_from_either_name_says_nothing_more() -> None:
    john, jack, married = (
        Contact.of(name, employer=firm, email=email)
        for name, firm, email in (
            ("John Carr", "West Bank", "jcarr@west.example"),
            ("Jack Carr", "Blue Trust", "jcarr@blue.example"),
            ("John Weyer", "Blue Trust", "jcarr@blue.example"),
        )
    )
    points = [compare(john, other, A_REGISTER).parts[-1].points for other in (jack, married)]
    assert points == [0.5, 5.0]


@pytest.mark.parametrize(
    ("one", "other", "like"),
    [
        ("J.P. Morgan", "J P Morgan", Like.SAME),
        ("JPM", "JPMorgan Chase & Co.", Like.SAME),
        ("BlackRock, Inc.", "Black Rock", Like.VERY_NEAR),
        ("Fidelity", "Fidelity Investments", Like.NEAR),
        ("Health and Human Services", "Department of Health and Human Services", Like.NEAR),
        ("Abu Dhabi Investment Authority", "ADIA", Like.NEAR),
        ("Gropp Capital Partners", "Texas Municipal Capital Partners", Like.OTHER),
        ("Thielemier Insurance", "Zillmer Insurance", Like.OTHER),
        ("Department of State", "National Security Council", Like.FAR),
    ],
)
def test_firms_are_told_apart_by_what_is_theirs_alone(one: str, other: str, like: Like) -> None:
    assert employers(parse_employer(one), parse_employer(other)) is like


def test_somebody_under_many_titles_is_found_from_one_to_the_next() -> None:
    names = ["Hamid Karzai"] * 3 + [f"Hamid Karz{letter}i" for letter in "bcdefghijkl"]
    contacts = dict(enumerate(Contact.of(name, employer="Kabul") for name in names))
    assert len(list(pairs_in(range(14), contacts))) == 91  # In a small list each two are compared.
    contacts |= dict.fromkeys(range(14, 10_001), Contact.of("Ann Hart"))
    one_to_the_next = [(n, n + 1) for n in range(2, 13)]
    assert list(pairs_in(range(14), contacts)) == [(0, 1), (0, 2), (1, 2), *one_to_the_next]
    assert list(pairs_in([3, 5, 8], contacts)) == [(3, 5), (3, 8), (5, 8)]


def test_whatever_words_a_name_is_made_of_two_weigh_the_same_either_way() -> None:
    chance = Random(3220)  # noqa: S311 - names, and no secrets
    words = sorted(TITLES | OFFICES | EITHER | PARTICLES)
    words += ["John", "Smith", "J.", "O'Brien", "and", "/", "(x)", "[R", "--", ";", ",", "-", "0"]
    names = [" ".join(chance.choices(words, k=chance.randrange(7))) for _ in range(2_000)]
    contacts = [Contact.of(name, employer=chance.choice(("", "Acme"))) for name in names]
    assert sum(bool(contact.last) for contact in contacts) > 900
    for one, other in zip(contacts, reversed(contacts), strict=True):
        assert compare(one, other, A_REGISTER).score == compare(other, one, A_REGISTER).score
