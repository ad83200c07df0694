"""How two spellings of one part of a contact compare: each answer is one word, remembered.

The same names meet again and again in a scan, so every comparison is made once.
"""

import re
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from compliance_app.rules.matching.employers import core_of, is_of_government
from compliance_app.rules.matching.names import are_forms_of_one, is_given
from compliance_app.rules.matching.titles import PARTICLES

_VERY_NEAR = 0.93
_NEAR = 0.87
_FAR = 0.76
_EMPLOYER_VERY_NEAR = 92
_EMPLOYER_NEAR = 80
_EMPLOYER_FAR = 60
_CORE_FAR = 70
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
    if "-" in one or "-" in other:
        if one.replace("-", "") == other.replace("-", ""):
            return Like.SAME
        # Jean of Jean-Pierre; but Seo-yeon and Yeon-ah are two names.
        if one in other.split("-") or other in one.split("-"):
            return Like.FORM
    near = _near(one, other)
    # Two known names are seldom slips of one another: Helen and Holly.
    return Like.OTHER if near is Like.FAR and is_given(one) and is_given(other) else near


def last_names(one: str, other: str) -> Like:
    """Compare two family names, of one or several words; too many to remember each two."""
    if one.isalpha() and other.isalpha() and len(one) > 1 and len(other) > 1:
        return Like.SAME if one == other else _near(one, other)
    plain = _plain_answer(one, other)
    if plain is not None:
        return plain
    if _joined(one) == _joined(other):
        return Like.SAME
    ours, theirs = telling_words(one), telling_words(other)
    if ours == theirs:
        # Only what stands before differs, as one leaves it out: Cruz and de la Cruz.
        return Like.VERY_NEAR
    near = max(
        _similarity("".join(ours), "".join(theirs)),
        _similarity(_joined(one), _joined(other)),
    )
    if near < _VERY_NEAR and shared_words(one, other):
        return Like.FORM
    return _like(near)


def telling_words(name: str) -> list[str]:
    """Return the words of a family name without particles and letters, which many share."""
    words = name.replace("-", " ").split()
    return [word for word in words if len(word) > 1 and word not in _LEFT_OUT] or words


# Particles that people leave out or write anew; Mc and San they do not.
_LEFT_OUT = PARTICLES - {"mc", "mac", "san", "santa", "st"}


def _joined(name: str) -> str:
    return name.replace("-", "").replace(" ", "")


def shared_words(one: str, other: str) -> set[str]:
    """Return the words that two family names share."""
    return set(telling_words(one)).intersection(telling_words(other))


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
    near = _near_employers(one, other)
    if near is Like.OTHER and is_of_government(one) and is_of_government(other):
        return Like.FAR
    return Like.NEAR if near not in _AT_LEAST_NEAR and _are_short_and_long(one, other) else near


_AT_LEAST_NEAR = frozenset({Like.VERY_NEAR, Like.NEAR})


def _near_employers(one: str, other: str) -> Like:
    ratio = fuzz.token_sort_ratio(one, other, score_cutoff=_EMPLOYER_FAR)
    if ratio < _EMPLOYER_FAR:
        return Like.OTHER
    if _joined(one) == _joined(other):
        return Like.VERY_NEAR
    # What firms do, many do: Gropp Capital Partners and Texas Capital Partners are two.
    ours, theirs = core_of(one), core_of(other)
    core = fuzz.token_sort_ratio(ours, theirs)
    if ratio >= _EMPLOYER_NEAR and core >= _EMPLOYER_NEAR:
        return Like.VERY_NEAR if ratio >= _EMPLOYER_VERY_NEAR else Like.NEAR
    least = _EMPLOYER_FAR if (ours, theirs) == (one, other) else _CORE_FAR
    return Like.FAR if core >= least else Like.OTHER


def _are_short_and_long(one: str, other: str) -> bool:
    """Say whether one firm's name is a part of the other's, or its initials."""
    short, long = sorted((one, other), key=len)
    words = long.split()
    if f" {short} " in f" {long} ":
        return " " in short or core_of(long) == short
    return len(words) > 2 and short == "".join(word[0] for word in words)  # noqa: PLR2004


def middle_names(one: str, other: str) -> Like:
    """Compare what stands between the first and the last name."""
    if not one or not other:
        return Like.UNKNOWN
    if one == other:
        return Like.SAME
    ours, theirs = telling_words(one)[0], telling_words(other)[0]
    if ours[0] != theirs[0]:
        return Like.OTHER
    if 1 in {len(ours), len(theirs)}:
        return Like.INITIAL
    return first_names(ours, theirs)


def are_near(one: str, other: str) -> bool:
    """Say whether two words may be one with a slip."""
    return _similarity(one, other, score_cutoff=_NEAR) >= _NEAR


def _near(one: str, other: str) -> Like:
    return _like(_similarity(one, other, score_cutoff=_FAR))


def _like(similarity: float) -> Like:
    if similarity < _FAR:
        return Like.OTHER
    if similarity >= _VERY_NEAR:
        return Like.VERY_NEAR
    return Like.NEAR if similarity >= _NEAR else Like.FAR


_similarity = JaroWinkler.similarity
