"""How much it says that two people share a name: a rare one much, a common one little."""

from collections import Counter
from collections.abc import Iterable
from math import log2

from compliance_app.rules.matching.contacts import Contact


class Rarity:
    """How many bits it is worth to share a value, from how many of a register hold it."""

    def __init__(
        self,
        total: int,
        *,
        first: dict[str, int] | None = None,
        last: dict[str, int] | None = None,
        employer: dict[str, int] | None = None,
        phone: dict[str, int] | None = None,
    ) -> None:
        # A small register says little of names; of who works where it says all there is.
        self._of_names = log2(max(total, _FEWEST))
        self._of_employers = log2(max(total, 1))
        self._first = first or {}
        self._last = last or {}
        self._employer = employer or {}
        self._phone = phone or {}
        self._bits: dict[tuple[int, float, float, float], float] = {}

    @classmethod
    def among(cls, contacts: Iterable[Contact]) -> "Rarity":
        """Count the names of a whole register."""
        first: Counter[str] = Counter()
        last: Counter[str] = Counter()
        employer: Counter[str] = Counter()
        phone: Counter[str] = Counter()
        total = 0
        for contact in contacts:
            first[contact.first] += 1
            last[contact.last] += 1
            employer[contact.employer] += 1
            if contact.phone:
                phone[contact.phone] += 1
            total += 1
        return cls(total, first=first, last=last, employer=employer, phone=phone)

    def first(self, one: str, other: str) -> float:
        """Return what it says to share a given name."""
        count = min(self._first.get(one, 1), self._first.get(other, 1))
        return self._worth(count, self._of_names, 3.0, 9.0)

    def last(self, one: str, other: str) -> float:
        """Return what it says to share a family name."""
        count = min(self._last.get(one, 1), self._last.get(other, 1))
        return self._worth(count, self._of_names, 5.0, 13.0)

    def employer(self, one: str, other: str) -> float:
        """Return what it says to share an employer."""
        count = min(self._employer.get(one, 1), self._employer.get(other, 1))
        return self._worth(count, self._of_employers, 2.0, 11.0)

    def phone(self, number: str) -> float:
        """Return what it says to share a telephone, which may be a switchboard's."""
        return 11.0 if self._phone.get(number, 1) <= _OF_ONE_PERSON else 3.0

    def _worth(self, count: int, whole: float, least: float, most: float) -> float:
        key = (count, whole, least, most)
        bits = self._bits.get(key)
        if bits is None:
            bits = self._bits[key] = min(max(whole - log2(count or 1), least), most)
        return bits


_FEWEST = 20_000
_OF_ONE_PERSON = 3
