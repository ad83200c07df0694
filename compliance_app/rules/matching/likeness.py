"""How two spellings of one part of a contact compare: each answer is one word, remembered.

The same names meet again and again in a scan, so every comparison is made once.
"""

import re
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from compliance_app.rules.matching.names import are_forms_of_one

_VERY_NEAR = 0.93
_NEAR = 0.87
_FAR = 0.76
_EMPLOYER_VERY_NEAR = 92
_EMPLOYER_NEAR = 80
_EMPLOYER_FAR = 60
_MEMORY = 400_000
_HAS_DIGIT = re.compile("[0-9]").search


class Like(StrEnum):
    """How alike two spellings are."""

    SAME = "same"
    FORM = "form"  # a nickname, an initial, one word of several
    INITIAL = "initial"
    VERY_NEAR = "very_near"
    NEAR = "near"
    FAR = "far"
    OTHER = "other"
    NUMBERED = "numbered"  # two numbers are never slips of one another
    UNKNOWN = "unknown"


@lru_cache(_MEMORY)
def first_names(one: str, other: str) -> Like:
    """Compare two given names."""
    plain = _plain_answer(one, other)
    if plain is not None:
        return plain
    if are_forms_of_one(one, other):
        return Like.FORM
    if "-" in one + other and shared_words(one, other):
        return Like.FORM
    return _near(one, other)


def last_names(one: str, other: str) -> Like:
    """Compare two family names, of one or several words; too many to remember each two."""
    if one.isalpha() and other.isalpha() and len(one) > 1 and len(other) > 1:
        return Like.SAME if one == other else _near(one, other)
    plain = _plain_answer(one, other)
    if plain is not None:
        return plain
    near = _near(one, other)
    if one.replace("-", "").replace(" ", "") == other.replace("-", "").replace(" ", ""):
        return Like.SAME
    if near is not Like.VERY_NEAR and shared_words(one, other):
        return Like.FORM
    return near


def shared_words(one: str, other: str) -> set[str]:
    """Return the words that two family names share."""
    return set(one.replace("-", " ").split()).intersection(other.replace("-", " ").split())


def _plain_answer(one: str, other: str) -> Like | None:
    """Return what needs no measure: nothing known, the same, an initial, a number."""
    if not one or not other:
        return Like.UNKNOWN
    if one == other and len(one) > 1:
        return Like.SAME
    if not (one.isalpha() and other.isalpha()) and (_HAS_DIGIT(one) or _HAS_DIGIT(other)):
        return Like.NUMBERED
    if len(one) == 1 or len(other) == 1:
        return Like.INITIAL if one[0] == other[0] else Like.OTHER
    return None


@lru_cache(_MEMORY)
def employers(one: str, other: str) -> Like:
    """Compare two employers."""
    if not one or not other:
        return Like.UNKNOWN
    if one == other:
        return Like.SAME
    ratio = fuzz.token_sort_ratio(one, other, score_cutoff=_EMPLOYER_FAR)
    if ratio >= _EMPLOYER_VERY_NEAR:
        return Like.VERY_NEAR
    if ratio >= _EMPLOYER_NEAR or _begins_with(one, other) or _begins_with(other, one):
        return Like.NEAR
    return Like.FAR if ratio >= _EMPLOYER_FAR else Like.OTHER


def middle_names(one: str, other: str) -> Like:
    """Compare what stands between the first and the last name."""
    if not one or not other:
        return Like.UNKNOWN
    if one == other:
        return Like.SAME
    if one[0] != other[0]:
        return Like.OTHER
    if 1 in {len(one.split(maxsplit=1)[0]), len(other.split(maxsplit=1)[0])}:
        return Like.INITIAL
    return first_names(one.split(maxsplit=1)[0], other.split(maxsplit=1)[0])


def _begins_with(long: str, short: str) -> bool:
    return " " in short and long.startswith(short + " ")


def _near(one: str, other: str) -> Like:
    similarity = _similarity(one, other, score_cutoff=_FAR)
    if similarity < _FAR:
        return Like.OTHER
    if similarity >= _VERY_NEAR:
        return Like.VERY_NEAR
    return Like.NEAR if similarity >= _NEAR else Like.FAR


_similarity = JaroWinkler.similarity
