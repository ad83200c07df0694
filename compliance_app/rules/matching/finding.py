"""Finding a person by what somebody types: begun words, slips, turned order, nicknames, a firm.

The keys say who may be meant, `fit` says how well each of them fits what was typed.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

from rapidfuzz.distance import OSA, JaroWinkler

from compliance_app.rules.matching.contacts import Contact, number_of
from compliance_app.rules.matching.keys import comparing_keys, name_keys, sound_keys
from compliance_app.rules.matching.names import are_forms_of_one, fold, parse_name

# Sorts after every sign that a folded name can hold.
AFTER_ALL = "~"
_MOST_WORDS = 4
_NUMBER = re.compile(r"[0-9 ()+./-]+")
_FEWEST_DIGITS = 7
_LEAST_ALIKE = 0.75
_FORM = 0.95
_BEGUN = 0.97
_INITIAL = 0.9
_ONE_SLIP = 0.8
# Words of fewer letters are others with a slip.
_LEAST_LETTERS = 3
_OF_EMPLOYER = 0.5


class Typed(NamedTuple):
    """What somebody typed: the words in their order, and a firm where one is named."""

    words: tuple[str, ...]
    employer: tuple[str, ...]
    email: str
    contact: Contact | None = None

    @classmethod
    def of(cls, text: str) -> "Typed":
        """Read a name, `jon smith at Acme`, the beginning of an address, or a telephone number."""
        plain = " ".join(fold(text).split())
        if _NUMBER.fullmatch(text.strip()) and len(number_of(text)) >= _FEWEST_DIGITS:
            return cls((), (), "", Contact.of("", phone=text))
        if "@" in plain:
            return cls((), (), plain)
        said, _, employer = plain.partition(" at ")
        words = parse_name(said).words[:_MOST_WORDS] if said else ()
        if not employer:
            return cls(words, (), "")
        at = Contact.of(said, employer=employer)
        return cls(words, tuple(at.employer.split()), "", at)

    @property
    def phone(self) -> str:
        """Return the digits of a telephone number, where one was typed."""
        return self.contact.phone if self.contact else ""

    @property
    def beginning(self) -> str:
        """Return what a name in the table of words would have to begin with."""
        return self.email or " ".join(self.words)

    @property
    def keys(self) -> set[int]:
        """Return the keys of whoever may be meant."""
        if self.contact is not None and self.phone:
            return comparing_keys(self.contact)
        if len(self.words) == 1:
            at_firm = comparing_keys(self.contact) if self.contact else set()
            return at_firm | sound_keys(self.words[0])
        keys = comparing_keys(self.contact) if self.contact else set()
        for first, last in permutations(self._telling, 2):
            keys |= name_keys(first, last)
        return keys

    @property
    def _telling(self) -> tuple[str, ...]:
        """Return the words that tell the most: the long ones first, an initial where it must be."""
        return tuple(sorted(self.words, key=lambda word: len(word) == 1)[:3])[: max(self._long, 2)]

    @property
    def _long(self) -> int:
        return sum(len(word) > 1 for word in self.words)


def rotations(contact: Contact) -> Iterator[str]:
    """Yield the name as it begins with each of its words, and the address: what one types."""
    words = contact.name.words
    for place in range(len(words)):
        yield " ".join(words[place:] + words[:place])
    if contact.email and contact.email.isascii():
        yield contact.email


def fit(typed: Typed, contact: Contact) -> float:
    """Say how well a person fits what was typed, from 0 to about 1."""
    if typed.phone:
        return float(contact.phone == typed.phone)
    if typed.email:
        return float(contact.email.startswith(typed.email))
    left, at = list(contact.name.words), contact.employer.split()
    got = whole = 0.0
    # The long words first, so that an initial takes the place of none of them.
    for word in sorted(typed.words, key=len, reverse=True):
        weight = min(len(word), 6) ** 0.5
        whole += weight
        best, ours = _nearest(word, left)
        if best >= _LEAST_ALIKE:
            left.remove(ours)
            got += weight * best
        else:
            got += weight * _OF_EMPLOYER * _nearest(word, at)[0]
    score = got / whole if whole else 0.0
    if typed.employer:
        alike = [_nearest(word, at)[0] for word in typed.employer]
        score = 0.8 * score + 0.2 * sum(alike) / len(alike)
    return score - 0.01 * len(left)


def _nearest(typed: str, names: list[str]) -> tuple[float, str]:
    """Return how alike the likest of some names is, and the name."""
    best, nearest = 0.0, ""
    for name in names:
        alike = _alike(typed, name)
        if alike >= best:
            best, nearest = alike, name
    return best, nearest


@lru_cache(50_000)
def _alike(typed: str, name: str) -> float:
    if typed == name:
        return 1.0 if len(typed) > 1 else _INITIAL
    if name.startswith(typed):
        return _BEGUN if len(typed) > 1 else _INITIAL
    if len(name) == 1 and typed[0] == name:
        return _INITIAL
    if len(typed) > 1 and are_forms_of_one(typed, name):
        return _FORM
    similarity = JaroWinkler.similarity(typed, name, score_cutoff=_LEAST_ALIKE)
    one_slip = len(typed) >= _LEAST_LETTERS and OSA.distance(typed, name, score_cutoff=1) == 1
    return min(max(similarity, _ONE_SLIP if one_slip else 0.0), _FORM)
