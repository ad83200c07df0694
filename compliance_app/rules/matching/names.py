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

from compliance_app.rules.matching.spellings import one_name
from compliance_app.rules.matching.titles import (
    COMPANY,
    CREDENTIALS,
    EITHER,
    GENERATIONS,
    OFFICES,
    PARTICLES,
    PLACES,
    RULERS,
    TITLES,
)

# What ends a name as a comma does, and what is no name.
_PLAINLY = (
    ("--", ","),
    (" - ", ","),
    ("|", ","),
    (";", ","),
    ("u.s.", "us "),
    ("white house staff member", ""),
    ("white house", "office"),
    ("secret service", "agency"),
    ("first lady", "first-lady"),
    ("first family", "first-family"),
    ("first daughters", "first-daughters"),
)
_MOST_GIVEN = 4
# Such names need no reading, unless a word of theirs may be no name.
_IS_PLAIN = re.compile("[A-Za-z]+ (?:[A-Za-z][.]? )?[A-Za-z]+").fullmatch
_SPECIAL = frozenset({"and", "white", "us", "nee", "aka", "service"}).union(
    TITLES, OFFICES, EITHER, GENERATIONS, CREDENTIALS, PARTICLES
)
_ASIDE = re.compile(r"\([^)]*\)|\[.*|\"[^\"]*\"|\u201c[^\u201d]*\u201d")
_LABEL = re.compile(
    r"^\W*(?:(?:recipient|name|attn|attention|contact|to):|c/o|attn)\s+", re.IGNORECASE
)
# His Excellency, The Honorable and the like in letters, before a whole name.
_STYLE = re.compile(
    r"(?:^|(?<=,))\W*(?:[HT]\. ?[EHM]\.|H\. ?R\. ?H\.|HE)[ ,]+(?=[^\W\d_][\w'-]+\.?,? +\w)"
)
_DASHES = str.maketrans({"\u2014": ",", "\u2013": "-"})
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
    said = _STYLE.sub("", _LABEL.sub("", text.translate(_DASHES)))
    said = _ASIDE.sub(" ", _MISREAD.sub(_letter, fold(said)))
    for written, plain in _PLAINLY:
        said = said.replace(written, plain)
    head, *rest = [words for part in said.split(",") if (words := _words(part))] or [[]]
    if _is_office_alone(head):
        head, rest = _first_named(head, rest)
        if _is_office_alone(head):
            return PersonName(office=" ".join(word for word in head if word != "the"))
    if len(head) <= _MOST_OF_NOBODY and _OF_NOBODY.issuperset(head[-1:]):
        return PersonName(office=" ".join(head))
    generation, is_told = "", False
    for part in rest:
        given, found = _without_ends(part, 0 if len(head) > 1 else 1)
        if not given or given[0] in CREDENTIALS or given[0] in GENERATIONS:
            generation = found or GENERATIONS.get("".join(given), generation)
            continue
        given, _ = _without_endings(given, least=1)
        if not is_told and not _is_title(part, 0) and _is_turned(head, given):
            head, generation = given + _without_titles(head), found or generation
        # What else follows a comma is what the person is, not who.
        is_told = True
    named = _without_titles(head)
    # King Hussein of Jordan, but not University of Jordan.
    least = 1 if len(named) < len(head) else 2
    words, found = _without_endings(_without_company(named), least=2, of=least)
    if "and" in words:
        return PersonName(office=" ".join(head))
    return _in_parts(words, found or generation)


def _letter(misread: re.Match[str]) -> str:
    return _LETTERS[misread[0]]


# A digit within a word is a letter that a machine misread.
_MISREAD = re.compile("(?<=[a-z])(?:[0158](?=[0158]?[a-z-])|0(?![0-9a-z]))")
_LETTERS = {"0": "o", "1": "l", "5": "s", "8": "b"}
# Names that end so are of whoever it was: "An Agency Employee".
_OF_NOBODY = frozenset({"employee", "employees", "staff"})
_MOST_OF_NOBODY = 3


def _first_named(head: list[str], rest: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """Return the part after an office that names who holds it, and what follows that."""
    for least in (2, 1):
        for place, part in enumerate(rest):
            named, _ = _without_endings(_without_titles(part), least=2)
            if len(named) >= least and not _is_office_alone(named):
                return part, rest[place + 1 :]
    return head, []


@cache
def _nicknames() -> NickNamer:
    return NickNamer()


@lru_cache(200_000)
def is_given(word: str) -> bool:
    """Say whether a word is known as a given name."""
    return bool(
        one_name(word) or _nicknames().canonicals_of(word) or _nicknames().nicknames_of(word)
    )


@lru_cache(200_000)
def full_names(first: str) -> frozenset[str]:
    """Return the names a given name is short for."""
    if len(first) == 1:
        return frozenset()
    return one_name(first).union(_nicknames().canonicals_of(first))


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
    return [word for raw in text.translate(_SPACE).split() if (word := raw.strip("-"))]


def _is_turned(head: list[str], part: list[str]) -> bool:
    """Say whether a given name follows the comma: `Smith, Jon`, but not `Jon Smith, Trader`."""
    if not part or len(part) > _MOST_GIVEN:
        return False
    named = _without_titles(head)
    family = [word for word in named if word not in PARTICLES]
    is_known = is_given(part[0]) or len(part[0]) == 1
    if len(family) > 1:
        return len(family) == 2 and is_known and not is_given(family[0])  # noqa: PLR2004
    # "President Mubarak, Egypt" says where; "White House Staff. Rice, Susan" says who.
    is_known = is_known or len(part[-1]) == 1 or "-" in part[0]
    return is_known or len(named) == len(head) or head[0] in TITLES


def _is_office_alone(words: list[str]) -> bool:
    """Say whether nobody is named: `the President`, `Minister of Tourism of Israel`."""
    is_of = False
    for place, word in enumerate(words):
        is_of = is_of or word in _OF
        if not (word in TITLES or word in OFFICES or (is_of and word in PLACES)) and not (
            word in EITHER and words[place + 1 : place + 2] == ["of"]
        ):
            return False
    return True


def _without_titles(words: list[str]) -> list[str]:
    """Take the titles off the front, unless nothing else is there."""
    start, is_where = 0, False
    while start < len(words) - 1 and (
        _is_title(words, start) or (is_where and words[start] in PLACES)
    ):
        is_where = words[start] in _OF or (is_where and words[start] in _STILL_WHERE)
        start += 1
    if words and _is_title(words, start):
        start += 1
    return words[start:] or [word for word in words if word != "the"]


def _is_title(words: list[str], place: int) -> bool:
    """Say whether a word before which all are titles is one too."""
    word, left = words[place], len(words) - place
    if word in TITLES or word in OFFICES:
        return True
    follows = words[place + 1] if left > 1 else ""
    if word in EITHER and follows not in _SON_OF:
        # Before a whole name, or where a ruler's one name follows.
        if follows in OFFICES:
            return True
        return left > 2 or (bool(follows) and word in RULERS and not is_given(follows))  # noqa: PLR2004
    return word in GENERATIONS and follows in OFFICES


_OF = frozenset({"of", "to", "for"})
_STILL_WHERE = PLACES | {"the"}
_SON_OF = frozenset({"bin", "ibn", "bint"})


def _without_company(words: list[str]) -> list[str]:
    """Leave out who comes along without a name: `and spouse`."""
    for place, word in enumerate(words):
        if word == "and" and COMPANY.issuperset(words[place:]):
            return words[:place]
    return words


def _without_endings(words: list[str], *, least: int, of: int = 2) -> tuple[list[str], str]:
    """Take generations, credentials and an office off the end of a name of so many words."""
    words, generation = _without_ends(words, least)
    for place, word in enumerate(words):
        if place >= (of if word in _OF else least) and (word in OFFICES or word in _BORN):
            words, found = _without_ends(words[:place], least)
            return words, found or generation
    return words, generation


_BORN = frozenset({"nee", "aka"})


def _without_ends(words: list[str], least: int) -> tuple[list[str], str]:
    """Take Jr., CFA and Ph.D. off the end, as one word or in letters."""
    generation, last = "", len(words)
    while taken := _end_before(words, last, least):
        generation = GENERATIONS.get(words[last - 1], generation)
        last -= taken
    if last > 1 and words[last - 1] in _NUMERALS:
        return words[: last - 1], words[last - 1]
    return words[:last], generation


def _end_before(words: list[str], last: int, least: int) -> int:
    """Return how many words before a place are one end of a name."""
    if last > least and (words[last - 1] in CREDENTIALS or words[last - 1] in GENERATIONS):
        return 1
    for count in (2, 3):
        end = words[last - count : last] if last - count >= least else ()
        if end and len(end[-1]) == 1 and "".join(end) in CREDENTIALS:
            return count
    return 0


# Also after one name: Abdullah II.
_NUMERALS = frozenset({"ii", "iii", "iv", "vi"})


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
