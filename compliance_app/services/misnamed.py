"""Gifts to somebody named by an address that belongs to a person of quite another name.

The address says whose sum it is; which of the two is wrong is for compliance. What the giver or
the row said is kept with the gift's facts, so that judging it again says the same.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.flags import NAMED_OTHERWISE
from compliance_app.rules.matching.by_name import names_fit
from compliance_app.services.policies import policy_on

_fit = lru_cache(16_384)(names_fit)


class Saying(NamedTuple):
    """How a recipient was named, and who has the address in the register."""

    name: str
    email: str
    holder: str

    @property
    def words(self) -> str:
        """Say both."""
        return f"{self.name}, but {self.email} belongs to {self.holder}"


def is_other_name(name: str, holder: str, *, least: int) -> bool:
    """Say whether two names are hardly one person's, by the score from which people are shown."""
    return name != holder and not _fit(name, holder, least=least)


def least_on(session: Session, day: date) -> int:
    """Return the score from which on two names may be one person's."""
    return policy_on(session, day).duplicate_shown_from


def kept(sayings: Iterable[Saying]) -> dict[str, str]:
    """Return what is kept with a gift's facts of those who were named otherwise."""
    said = "; ".join(dict.fromkeys(one.words for one in sayings))
    return {NAMED_OTHERWISE: said} if said else {}
