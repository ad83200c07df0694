"""Names as people write them, made comparable: case, accents, order, titles, suffixes, nicknames.

`parse_name` reads "SMITH, Jonathan Q., Jr.", "Hon. Jonathan Smith" and "Dr. Jon Smith, CFA".
Words of an office ("the President") are not a name: they are kept apart.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from anyascii import anyascii
from nicknames import NickNamer

# Written before a name, or instead of one.
TITLES = frozenset(
    str.split("""
    mr mrs ms miss mx messrs dr prof professor sir dame hon honorable honourable rev reverend fr
    sr sra senor senora monsieur madame mme herr frau sheikh excellency his her their highness
    royal majesty the
    """)
)
OFFICES = frozenset(
    str.split("""
    president vice secretary senator sen representative rep congressman congresswoman ambassador
    amb general gen colonel col lieutenant lt captain capt commander cmdr cdr admiral adm
    sergeant sgt governor gov mayor minister speaker chairman chairwoman chairperson chair
    director deputy assistant under undersecretary former acting chief staff attorney
    administrator counselor advisor adviser commissioner treasurer comptroller officer managing
    presidents brigadier rear ltg vadm
    executive member of for to us united states america american government department
    senate congress office state defense treasury commerce homeland security national central
    intelligence agency affairs foreign political economic veterans agriculture transportation
    policy army navy force usa usaf usn usmc
    """)
)
# Titles that are given names and surnames too: taken as titles before a whole name alone.
EITHER = frozenset(
    str.split("""
    major maj judge justice king queen prince princess dean bishop pope cardinal marshal lady
    lord baron duke earl father brother sister first daughter son wife mother
    """)
)
GENERATIONS = {
    "jr": "jr",
    "junior": "jr",
    "sr": "sr",
    "senior": "sr",
    "i": "sr",
    "ii": "ii",
    "2nd": "ii",
    "iii": "iii",
    "3rd": "iii",
    "iv": "iv",
    "4th": "iv",
}
CREDENTIALS = frozenset(
    str.split("""
    cfa cpa cfp frm caia chfc clu cima cmt llm esq esquire phd md mba jd dds dvm rn pe ret
    retired usa usn usaf usmc obe cbe mbe kbe
    """)
)
PARTICLES = frozenset(
    str.split("""
    de del della der den di da dos das du la le las los van von vander ten ter bin ibn al el st
    san santa mac mc zu af
    """)
)
# What ends a name as a comma does, and two names of no person.
_PLAINLY = (("--", ","), (";", ","), ("u.s.", "us "), ("white house", "office"))
_MOST_GIVEN = 4
# Such names need no reading, unless a word of theirs may be no name.
_IS_PLAIN = re.compile("[A-Za-z]+ (?:[A-Za-z][.]? )?[A-Za-z]+").fullmatch
_SPECIAL = frozenset({"and", "white", "house", "us"}).union(
    TITLES, OFFICES, EITHER, GENERATIONS, CREDENTIALS, PARTICLES
)
_ASIDE = re.compile(r"\([^)]*\)|\"[^\"]*\"|\u201c[^\u201d]*\u201d")
_SPACE = str.maketrans(dict.fromkeys("./:_*+&", " ") | dict.fromkeys("'`\u2019\u00b4", ""))


class PersonName(NamedTuple):
    """A name in comparable parts; `office` is what is written where there is no name."""

    first: str = ""
    middle: str = ""
    last: str = ""
    generation: str = ""
    office: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words of the name in the order of speech."""
        return tuple(f"{self.first} {self.middle} {self.last or self.office}".split())


def fold(text: str) -> str:
    """Return the text in plain small letters: no accents, and in Latin letters."""
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text)
        plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
        text = plain if plain.isascii() else anyascii(plain)
    return text.lower()


def parse_name(text: str) -> PersonName:
    """Read a name in any of the orders people write it in."""
    return _plain_name(text) or _any_name(text)


def _plain_name(text: str) -> PersonName | None:
    """Read what most names are: two plain words, with an initial between them or without."""
    if not _IS_PLAIN(text):
        return None
    first, *middle, last = words = text.lower().replace(".", "").split(" ")
    if not _SPECIAL.isdisjoint(words):
        return None
    return PersonName(first, "".join(middle), last)


def _any_name(text: str) -> PersonName:
    said = _ASIDE.sub(" ", fold(text))
    for written, plain in _PLAINLY:
        said = said.replace(written, plain)
    head, *rest = map(_words, said.translate(_SPACE).split(","))
    generation, is_told = "", False
    for part in rest:
        ends = [word for word in part if word in GENERATIONS or word in CREDENTIALS]
        if len(ends) == len(part):
            generation = next((GENERATIONS[end] for end in ends if end in GENERATIONS), generation)
        elif not is_told and _is_turned(head, part):
            head, is_told = part + _without_titles(head), True
        else:
            # What else follows a comma is what the person is, not who.
            is_told = is_told or not _is_office_alone(head)
    if "and" in head:
        return PersonName(office=" ".join(head))
    words, found = _without_endings(_without_titles(head))
    return _in_parts(words, found or generation)


@cache
def _nicknames() -> NickNamer:
    return NickNamer()


@lru_cache(200_000)
def is_given(word: str) -> bool:
    """Say whether a word is known as a given name."""
    return bool(_nicknames().canonicals_of(word) or _nicknames().nicknames_of(word))


@lru_cache(200_000)
def full_names(first: str) -> frozenset[str]:
    """Return the names a given name is short for."""
    return frozenset(_nicknames().canonicals_of(first)) if len(first) > 1 else frozenset()


def are_forms_of_one(one: str, other: str) -> bool:
    """Say whether two given names are forms of one: Jon and Jonathan, Bob and Rob."""
    ours, theirs = full_names(one), full_names(other)
    if not ours and not theirs:
        return False
    return other in ours or one in theirs or bool((ours & theirs) - {one, other})


@lru_cache(200_000)
def sound(word: str) -> str:
    """Return a code that words of like sound share: first sound, then consonants, at most five."""
    text = word
    for written, spoken in _SPOKEN:
        text = text.replace(written, spoken)
    text = _SOFT_C.sub("s", text)
    text = _SOFT_G.sub("j", text).translate(_ONE_SOUND)
    code = ""
    for place, sign in enumerate(text):
        letter = "a" if sign in "aeiouy" else sign
        if (place == 0 or letter not in "ahw") and code[-1:] != letter:
            code += letter
    return code[:5]


_SPOKEN = (
    ("tch", "c"),
    ("sch", "s"),
    ("sh", "s"),
    ("ph", "f"),
    ("gh", "g"),
    ("ck", "k"),
    ("dg", "j"),
    ("kn", "n"),
    ("wr", "r"),
    ("mb", "m"),
)
_SOFT_C = re.compile("c(?=[eiy])")
_SOFT_G = re.compile("g(?=[eiy])")
_ONE_SOUND = str.maketrans({"c": "k", "q": "k", "x": "k", "z": "s", "v": "f", "j": "j"})


def _words(text: str) -> list[str]:
    return [word for word in (raw.strip("-") for raw in text.split()) if word]


def _is_turned(head: list[str], part: list[str]) -> bool:
    """Say whether a given name follows the comma: `Smith, Jon`, but not `Jon Smith, Trader`."""
    if not part or part[0] in TITLES or part[0] in OFFICES or len(part) > _MOST_GIVEN:
        return False
    if _is_office_alone(head):
        return True
    family = [word for word in _without_titles(head) if word not in PARTICLES]
    if len(family) > 1:
        return len(family) == 2 and is_given(part[0]) and not is_given(family[0])  # noqa: PLR2004
    return True


def _is_office_alone(words: list[str]) -> bool:
    return all(word in TITLES or word in OFFICES for word in words)


def _without_titles(words: list[str]) -> list[str]:
    """Take the titles off the front, unless nothing else is there."""
    start = 0
    while start < len(words) and (
        words[start] in TITLES
        or words[start] in OFFICES
        or (words[start] in EITHER and len(words) - start > 2)  # noqa: PLR2004 - a whole name follows
    ):
        start += 1
    return words[start:] or [word for word in words if word != "the"]


def _without_endings(words: list[str]) -> tuple[list[str], str]:
    """Take generations, credentials and an office off the end of a whole name."""
    generation = ""
    while len(words) > 2 and (words[-1] in CREDENTIALS or words[-1] in GENERATIONS):  # noqa: PLR2004
        generation = GENERATIONS.get(words[-1], generation)
        words = words[:-1]
    for place, word in enumerate(words):
        if place > 1 and word in OFFICES:
            return words[:place], generation
    return words, generation


def _in_parts(words: list[str], generation: str) -> PersonName:
    if not words:
        return PersonName()
    if _is_office_alone(words):
        return PersonName(office=" ".join(words))
    if len(words) == 1:
        return PersonName(last=words[0], generation=generation)
    begin = len(words) - 1
    while begin > 1 and words[begin - 1] in PARTICLES:
        begin -= 1
    return PersonName(words[0], " ".join(words[1:begin]), " ".join(words[begin:]), generation)
