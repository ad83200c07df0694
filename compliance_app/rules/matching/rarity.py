"""How much it says that two people share a name: a rare one much, a common one little."""

from collections import Counter
from collections.abc import Iterable
from math import log2

from compliance_app.rules.matching.contacts import Contact
from compliance_app.rules.matching.weights import SAME_PHONE, SHARED_PHONE


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
        names, employers = log2(max(total, _FEWEST)), log2(max(total, 1))
        self.of_first = Worths(first or {}, names, 3.0, 9.0)
        self.of_last = Worths(last or {}, names, 5.0, 13.0)
        self.of_employer = Worths(employer or {}, employers, 2.0, 11.0)
        self._phone = phone or {}

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
        """Return what it says to share a given name: as much as the rarer of the two."""
        return max(self.of_first[one], self.of_first[other])

    def last(self, one: str, other: str) -> float:
        """Return what it says to share a family name."""
        return max(self.of_last[one], self.of_last[other])

    def employer(self, one: str, other: str) -> float:
        """Return what it says to share an employer."""
        return max(self.of_employer[one], self.of_employer[other])

    def phone(self, number: str) -> float:
        """Return what it says to share a telephone, which may be a switchboard's."""
        return SAME_PHONE if self._phone.get(number, 1) <= _OF_ONE_PERSON else SHARED_PHONE


class Worths(dict[str, float]):
    """What each value is worth, worked out when it is first asked for."""

    def __init__(self, counts: dict[str, int], whole: float, least: float, most: float) -> None:
        self._counts, self._whole, self._least, self._most = counts, whole, least, most

    def __missing__(self, value: str) -> float:
        bits = self._whole - log2(self._counts.get(value, 1) or 1)
        worth = self[value] = min(max(bits, self._least), self._most)
        return worth


_FEWEST = 20_000
_OF_ONE_PERSON = 3
