"""The score of two contacts: a sum of named parts, each with its points and its sentence.

The points of each part are in `weights`; here is which part applies, and how it is said.
"""

from collections.abc import Iterator
from operator import itemgetter
from typing import NamedTuple

from compliance_app.rules.matching import likeness
from compliance_app.rules.matching.contacts import Contact, mailbox
from compliance_app.rules.matching.likeness import Like
from compliance_app.rules.matching.rarity import Rarity
from compliance_app.rules.matching.weights import (
    EMPLOYER,
    FIRST,
    LAST,
    MOVED,
    OTHER_MAILBOX,
    OTHER_MIDDLE,
    SAME_EMAIL,
    SAME_GENERATION,
    SAME_MAILBOX,
    SAME_MIDDLE,
    SAME_TITLE,
    SHARED_PHONE,
    TURNED,
    UNLIKE,
    PartCode,
    points_of_row,
    score_of,
    weigh,
)


class Part(NamedTuple):
    """One thing that speaks for or against, and how much."""

    code: PartCode
    points: float


class Match(NamedTuple):
    """How likely two records are one person, 0 to 100, and from what that follows."""

    score: int
    parts: tuple[Part, ...]
    sentence: str


def points_of(one: Contact, other: Contact, rarity: Rarity) -> float:
    """Return the sum of the points of two contacts."""
    total = 0.0
    for _, points in _parts(one, other, rarity):
        total += points
    return total


def compare(one: Contact, other: Contact, rarity: Rarity) -> Match:
    """Weigh two contacts and say in a sentence what speaks for and against."""
    parts = tuple(Part(*part) for part in _parts(one, other, rarity))
    return Match(score_of(sum(part.points for part in parts)), parts, _sentence(parts, one, other))


def _parts(one: Contact, other: Contact, rarity: Rarity) -> Iterator[tuple[PartCode, float]]:
    if one.office or other.office:
        yield from _offices(one, other)
    elif one.first and other.first:
        yield from _names(one, other, rarity)
    else:
        yield _lone_name(one, other, rarity)
    if one.employer and other.employer:
        yield _employers(one, other, rarity)
    if one.email and other.email:
        yield _emails(one, other)
    if one.phone and one.phone == other.phone:
        # A family has one telephone as a firm has: to share it is no wonder among relatives.
        of_family = one.last == other.last and _are_two(one, other)
        yield PartCode.PHONE, SHARED_PHONE if of_family else rarity.phone(one.phone)
    if one.title and one.title == other.title:
        yield PartCode.TITLE, SAME_TITLE
    if one.worked_until and other.worked_from and _follows(one, other):
        yield PartCode.MOVED, MOVED


def _offices(one: Contact, other: Contact) -> Iterator[tuple[PartCode, float]]:
    """Compare offices: none is a person, but two spellings of one are worth a look."""
    same = one.office == other.office
    yield (PartCode.OFFICE, 8.0) if same else (PartCode.OTHER_LAST, -20.0)


def _names(one: Contact, other: Contact, rarity: Rarity) -> Iterator[tuple[PartCode, float]]:
    last = likeness.last_names(one.last, other.last)
    if last in UNLIKE and one.middle and _are_same_words(one, other):
        yield PartCode.TURNED, rarity.last(one.last, other.last) + TURNED
        return
    if last in UNLIKE and (one.middle or other.middle):
        # A family name may be written in two words: De Luca and Deluca.
        last = likeness.last_names(_whole_last(one), _whole_last(other))
    if last in UNLIKE and (of_two := _one_of_two(one, other)):
        # Garcia of Garcia Lopez, and Rodham of Rodham Clinton.
        yield PartCode.LAST_PART, points_of_row(LAST[Like.FORM], rarity.of_last[of_two])
        yield _first_part(one, other, rarity)
    elif last in UNLIKE and (turned := _turned(one, other, rarity)):
        yield PartCode.TURNED, turned
    else:
        yield weigh(LAST[last], _worth_of_last(last, one, other, rarity))
        yield _first_part(one, other, rarity)
    if one.middle and other.middle:
        yield from _middles(one, other)
    if one.generation != other.generation and one.generation and other.generation:
        yield PartCode.OTHER_GENERATION, -22.0
    elif one.generation and one.generation == other.generation:
        yield PartCode.GENERATION, SAME_GENERATION


def _are_same_words(one: Contact, other: Contact) -> bool:
    return sorted(one.name.words) == sorted(other.name.words)


def _are_two(one: Contact, other: Contact) -> bool:
    """Say whether the given names are those of two people, as far as they are known."""
    return likeness.first_names(one.first, other.first) is Like.OTHER


def _one_of_two(one: Contact, other: Contact) -> str:
    """Return the family name of one that stands before another one in the other's name."""
    for short, long in ((one, other), (other, one)):
        if len(long.middle) > 1 and long.middle.split()[-1] in short.last.split():
            return long.middle.split()[-1]
    return ""


def _worth_of_last(like: Like, one: Contact, other: Contact, rarity: Rarity) -> float:
    """Return what the family names are worth; of several words, what the shared ones are."""
    shared = likeness.shared_words(one.last, other.last) if like is Like.FORM else ()
    return max(map(rarity.last, shared, shared), default=rarity.last(one.last, other.last))


def _lone_name(one: Contact, other: Contact, rarity: Rarity) -> tuple[PartCode, float]:
    """Compare where one of the two has a single name, which may be either of the other's."""
    short, long = (other, one) if one.first else (one, other)
    word = short.last
    last = weigh(LAST[likeness.last_names(word, long.last)], rarity.last(word, long.last))
    if not long.first:
        return last
    like = likeness.first_names(word, long.first)
    first = weigh(FIRST[like], rarity.first(word, long.first))
    return max(last, first, key=itemgetter(1))


def _whole_last(contact: Contact) -> str:
    return f"{contact.middle}{contact.last}" if len(contact.middle) > 1 else contact.last


def _turned(one: Contact, other: Contact, rarity: Rarity) -> float:
    """Return what it says that one writes the family name first, as far as it seems so."""
    if not may_be_turned(one, other):
        return 0.0
    # One of the two is written as usual, and by that one it is known how rare the names are.
    last = min(rarity.of_last[one.last], rarity.of_last[other.last])
    first = min(rarity.of_first[one.first], rarity.of_first[other.first])
    readings = [(one.last, other.first, one.first, other.last)]
    readings.append((other.last, one.first, other.first, one.last))
    said = 0.0
    for last1, last2, first1, first2 in readings:
        back, across = likeness.last_names(last1, last2), likeness.first_names(first1, first2)
        if back not in UNLIKE and (across not in UNLIKE or across is Like.INITIAL):
            points = points_of_row(LAST[back], last) + points_of_row(FIRST[across], first)
            said = max(said, points + TURNED)
    return said


def may_be_turned(one: Contact, other: Contact) -> bool:
    """Say whether it is worth the time to compare the names crosswise."""
    first, last, first2, last2 = one.first, one.last, other.first, other.last
    if first == last2 or last == first2:
        return True
    # Two slips at once: where both names begin alike crosswise, and are alike.
    if first[:1] != last2[:1] or last[:1] != first2[:1]:
        return False
    return likeness.are_near(first, last2) and likeness.are_near(last, first2)


def _first_part(one: Contact, other: Contact, rarity: Rarity) -> tuple[PartCode, float]:
    like = likeness.first_names(one.first, other.first)
    unlike = like in UNLIKE
    if unlike and (_goes_by_middle(one, other) or _goes_by_middle(other, one)):
        return PartCode.FIRST_MIDDLE, 3.0
    return weigh(FIRST[like], rarity.first(one.first, other.first))


def _goes_by_middle(one: Contact, other: Contact) -> bool:
    middle = one.middle.partition(" ")[0]
    return len(middle) > 1 and likeness.first_names(middle, other.first) in {Like.SAME, Like.FORM}


def _middles(one: Contact, other: Contact) -> Iterator[tuple[PartCode, float]]:
    match likeness.middle_names(one.middle, other.middle):
        case Like.SAME | Like.FORM | Like.VERY_NEAR:
            yield PartCode.MIDDLE, SAME_MIDDLE
        case Like.INITIAL:
            yield PartCode.MIDDLE, 2.5
        case Like.OTHER | Like.FAR:
            yield PartCode.OTHER_MIDDLE, OTHER_MIDDLE


def _employers(one: Contact, other: Contact, rarity: Rarity) -> tuple[PartCode, float]:
    like = likeness.employers(one.employer, other.employer)
    return weigh(EMPLOYER[like], rarity.employer(one.employer, other.employer))


def _emails(one: Contact, other: Contact) -> tuple[PartCode, float]:
    if one.email == other.email:
        return PartCode.EMAIL, SAME_EMAIL
    if mailbox(one.email) == mailbox(other.email):
        # Two people named so have the same one at their two firms; another name it tells apart.
        of_one_name = one.last == other.last and one.first == other.first
        of_names = of_one_name or (_is_of_name(one) and _is_of_name(other))
        return PartCode.MAILBOX, 0.5 if of_names else SAME_MAILBOX
    if one.email.partition("@")[2] == other.email.partition("@")[2]:
        return PartCode.OTHER_MAILBOX, OTHER_MAILBOX
    return PartCode.OTHER_EMAIL, -0.5


def _is_of_name(contact: Contact) -> bool:
    """Say whether the mailbox follows from the name: john.smith, jsmith, smithj."""
    first = contact.first.replace("-", "")
    last = "".join(contact.last_words)
    names = {first + last, last + first, first[:1] + last, last + first[:1], first + last[:1]}
    return mailbox(contact.email) in names


def _follows(one: Contact, other: Contact) -> bool:
    """Say whether the one began to work where they are now after the other had left."""
    first, then = (one, other) if (one.worked_until and other.worked_from) else (other, one)
    return bool(
        first.worked_until
        and then.worked_from
        and 0 <= (then.worked_from - first.worked_until).days < _A_YEAR
    )


_A_YEAR = 366


def _sentence(parts: tuple[Part, ...], one: Contact, other: Contact) -> str:
    """Say what speaks for it, then what speaks against."""
    in_order = sorted(parts, key=lambda part: (part.points < 0, _ORDER.index(part.code)))
    said = [words for part in in_order if (words := _words(part, one, other))]
    return "; ".join(said)


_ORDER = list(PartCode)


def _words(part: Part, one: Contact, other: Contact) -> str:
    template = _WORDS.get(part.code, "")
    ours, theirs = one.first.capitalize(), other.first.capitalize()
    short, long = sorted((ours, theirs), key=len)
    return template.format(
        first=ours,
        other_first=theirs,
        short=short,
        long=long,
        last=_surname(one),
        other_last=_surname(other),
        middle=one.middle.title(),
        other_middle=other.middle.title(),
        generation=_generation(one),
        other_generation=_generation(other),
    )


def _surname(contact: Contact) -> str:
    return (contact.last or contact.office).title()


def _generation(contact: Contact) -> str:
    return contact.generation.upper() if "i" in contact.generation else contact.generation.title()


_WORDS = {
    PartCode.EMAIL: "same e-mail",
    PartCode.MAILBOX: "same name in the e-mail",
    PartCode.OTHER_MAILBOX: "different e-mails at one domain",
    PartCode.PHONE: "same telephone",
    PartCode.OFFICE: "the same office, without a name",
    PartCode.LAST: "same family name",
    PartCode.LAST_NEAR: "{last} is spelt like {other_last}",
    PartCode.LAST_PART: "{last} and {other_last} share a word",
    PartCode.OTHER_LAST: "{last} is not {other_last}",
    PartCode.FIRST: "same given name",
    PartCode.FIRST_FORM: "{short} is a form of {long}",
    PartCode.FIRST_INITIAL: "the initial fits: {short} and {long}",
    PartCode.FIRST_NEAR: "{first} is spelt like {other_first}",
    PartCode.FIRST_MIDDLE: "one goes by the middle name",
    PartCode.OTHER_FIRST: "{first} is not {other_first}",
    PartCode.TURNED: "the names in turned order",
    PartCode.MIDDLE: "the middle name fits",
    PartCode.OTHER_MIDDLE: "different middle names: {middle} and {other_middle}",
    PartCode.GENERATION: "both {generation}",
    PartCode.OTHER_GENERATION: "one is {generation}, the other {other_generation}",
    PartCode.EMPLOYER: "same employer",
    PartCode.EMPLOYER_NEAR: "employers of like name",
    PartCode.OTHER_EMPLOYER: "different employers",
    PartCode.TITLE: "same title",
    PartCode.MOVED: "one began where the other had left",
}
