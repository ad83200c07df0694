"""People at client firms as several desks enter them: frequent names, and slips of every kind.

Given and family names follow the frequencies of the US census (package `names`), nicknames the
package `nicknames`. Everything follows from the seed; `rough` makes more slips of other kinds.
"""

import re
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import NamedTuple

import names
from nicknames import NickNamer

_FOLDER = Path(names.__file__).parent
_WORDS = str.split(
    "Capital Advisors Partners Securities Financial Holdings Investments Insurance Bank Trust "
    "Group Analytics Technologies International Energy Health Media Properties Ventures"
)
_FIRST_WORDS = str.split("Blue North East First Summit Granite Atlas Liberty Harbor Stone Silver")
_SECOND_WORDS = str.split("Ridge Peak Lake Oak Bridge Point Creek Rock Hill Bay")
_LEGAL = ("", "Inc", "Inc.", "LLC", "L.L.C.", "Corp", "Corporation", "Co.", "LP", "Ltd.")
_SHORT = {
    "International": "Intl",
    "Financial": "Fin",
    "Technologies": "Tech",
    "Securities": "Secs",
    "Advisors": "Advisers",
    "Holdings": "Hldgs",
    "Partners": "Ptnrs",
}
_NEAR = {"a": "s", "e": "r", "i": "o", "o": "p", "n": "m", "s": "a", "t": "r", "l": "k", "r": "e"}


class Written(NamedTuple):
    """One record as somebody entered it, and the number of the person it is."""

    person: int
    name: str
    employer: str
    email: str
    title: str
    noise: str


class _Person(NamedTuple):
    first: str
    middle: str
    last: str
    employer: str
    legal: str
    domain: str
    email: str
    title: str


def people(count: int, *, seed: int, twins: float = 0.08, rough: bool = False) -> list[Written]:
    """Return records of so many people, some of whom were entered more than once."""
    maker = _Maker(count, seed, rough=rough)
    records = []
    for number in range(count):
        person = maker.person()
        records.append(maker.written(number, person, "first"))
        if maker.chance.random() < twins:
            records += [
                maker.again(number, person) for _ in range(maker.chance.choice((1, 1, 1, 2)))
            ]
    maker.chance.shuffle(records)
    return records


class _Maker:
    def __init__(self, count: int, seed: int, *, rough: bool) -> None:
        self.chance = Random(seed)
        self._rough = rough
        self._firsts = _frequent("dist.male.first", 1_200), _frequent("dist.female.first", 1_500)
        self._lasts = _frequent("dist.all.last", None)
        self._short = NickNamer()
        self._firms = [self._firm() for _ in range(max(50, count // 25))]
        self._crowd = list(accumulate(1 / (n + 1) ** 0.6 for n in range(len(self._firms))))

    def person(self) -> _Person:
        chance = self.chance
        first = _pick(chance, self._firsts[chance.random() < 0.5])
        last = _pick(chance, self._lasts)
        firm, legal, domain = chance.choices(self._firms, cum_weights=self._crowd)[0]
        middle = chance.choice("ABCDEFGHJKLMRSTW") if chance.random() < 0.15 else ""
        email = self._address(first, last, domain) if chance.random() < 0.75 else ""
        title = chance.choice(("Portfolio Manager", "Trader", "CFO", "Treasurer", "", ""))
        return _Person(first, middle, last, firm, legal, domain, email, title)

    def again(self, number: int, person: _Person) -> Written:
        """Enter a person once more, with one to three slips (up to four where it is rough)."""
        kinds: list[str] = []
        for _ in range(self.chance.choice((1, 2, 2, 3, 4) if self._rough else (1, 1, 2, 2, 3))):
            kind = self.chance.choices(list(_SLIPS), weights=self._weights)[0]
            if kind not in kinds:
                person = _SLIPS[kind](self, person)
                kinds.append(kind)
        return self.written(number, person, "+".join(sorted(kinds)))

    @property
    def _weights(self) -> list[int]:
        common = [16, 7, 7, 12, 4, 8, 24, 10, 10, 5, 2, 3, 3]
        return [*reversed(common)] if self._rough else common

    def written(self, number: int, person: _Person, noise: str) -> Written:
        name = " ".join(part for part in (person.first, person.middle, person.last) if part)
        employer = f"{person.employer} {person.legal}".strip()
        return Written(number, name, employer, person.email, person.title, noise)

    def _firm(self) -> tuple[str, str, str]:
        chance = self.chance
        stem = _pick(chance, self._lasts)
        if chance.random() < 0.4:
            stem = f"{chance.choice(_FIRST_WORDS)} {chance.choice(_SECOND_WORDS)}"
        name = f"{stem} {' '.join(chance.sample(_WORDS, chance.choice((1, 1, 2))))}"
        domain = re.sub("[^a-z]", "", name.lower())[:14] + chance.choice((".com", ".net"))
        return name, chance.choice(_LEGAL), domain

    def _address(self, first: str, last: str, domain: str) -> str:
        plain = self.chance.choice((f"{first}.{last}", f"{first[:1]}{last}", f"{first}_{last}"))
        return f"{plain}@{domain}".lower().replace(" ", "").replace("'", "")

    def _slip(self, word: str) -> str:
        if len(word) < 3:
            return word
        place = self.chance.randrange(1, len(word))
        before, sign, after = word[:place], word[place], word[place + 1 :]
        return self.chance.choice(
            (
                before + after,
                before + sign + sign + after,
                before + after[:1] + sign + after[1:],
                before + _NEAR.get(sign, "e") + after,
            )
        )

    def nickname(self, person: _Person) -> _Person:
        short = sorted(self._short.nicknames_of(person.first.lower()))
        return person._replace(first=self.chance.choice(short).title()) if short else person

    def initial(self, person: _Person) -> _Person:
        return person._replace(first=person.first[:1] + self.chance.choice(("", ".")))

    def slip_in_first(self, person: _Person) -> _Person:
        return person._replace(first=self._slip(person.first))

    def slip_in_last(self, person: _Person) -> _Person:
        return person._replace(last=self._slip(person.last))

    def turned(self, person: _Person) -> _Person:
        if self.chance.random() < 0.5:
            return person._replace(first=person.last, last=person.first)
        return person._replace(first=f"{person.last},", middle=person.first, last=person.middle)

    def middle(self, person: _Person) -> _Person:
        letter = self.chance.choice("ABCDEFGHJKLMRSTW")
        return person._replace(middle="" if person.middle else letter)

    def other_spelling_of_firm(self, person: _Person) -> _Person:
        firm = person.employer
        for word, short in _SHORT.items():
            if self.chance.random() < 0.4:
                firm = firm.replace(word, short)
        firm = self.chance.choice((firm, firm, firm.upper(), firm.lower()))
        return person._replace(employer=firm, legal=self.chance.choice(_LEGAL))

    def other_address(self, person: _Person) -> _Person:
        domain = self.chance.choice(("gmail.com", "yahoo.com", person.domain))
        return person._replace(email=self._address(person.first, person.last, domain))

    def no_address(self, person: _Person) -> _Person:
        return person._replace(email="")

    def titled(self, person: _Person) -> _Person:
        before = self.chance.choice(("Mr. ", "Ms. ", "Dr. ", "Hon. "))
        after = self.chance.choice(("", ", Jr.", ", CFA", " CPA"))
        return person._replace(first=before + person.first, last=person.last + after)

    def married(self, person: _Person) -> _Person:
        return person._replace(last=_pick(self.chance, self._lasts))

    def moved(self, person: _Person) -> _Person:
        firm, legal, domain = self.chance.choice(self._firms)
        email = self._address(person.first, person.last, domain)
        return person._replace(employer=firm, legal=legal, domain=domain, email=email)

    def hyphen(self, person: _Person) -> _Person:
        return person._replace(last=f"{person.last}-{_pick(self.chance, self._lasts)}")


_SLIPS: dict[str, Callable[[_Maker, _Person], _Person]] = {
    "nickname": _Maker.nickname,
    "initial": _Maker.initial,
    "slip in first": _Maker.slip_in_first,
    "slip in last": _Maker.slip_in_last,
    "turned": _Maker.turned,
    "middle": _Maker.middle,
    "firm": _Maker.other_spelling_of_firm,
    "other address": _Maker.other_address,
    "no address": _Maker.no_address,
    "titled": _Maker.titled,
    "married": _Maker.married,
    "moved": _Maker.moved,
    "hyphen": _Maker.hyphen,
}

_Frequent = tuple[list[str], list[float]]


def _frequent(file: str, most: int | None) -> _Frequent:
    """Return names and how often they are met, added up."""
    rows = [line.split() for line in (_FOLDER / file).read_text().splitlines()[:most]]
    return [row[0].title() for row in rows], list(
        accumulate(float(row[1]) or 0.0005 for row in rows)
    )


def _pick(chance: Random, frequent: _Frequent) -> str:
    return chance.choices(frequent[0], cum_weights=frequent[1])[0]
