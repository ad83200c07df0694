"""Who owns an account by another system, as a coverage: new owners take over, old news is left.

A hand-over here is never taken back by an older file: only somebody who has not covered the
account yet takes it over. Open requests move along, as with every hand-over.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.errors import InputError
from compliance_app.rules.matching.names import parse_name
from compliance_app.rules.spans import covers
from compliance_app.services import coverage
from compliance_app.services.crm_rows import CrmRow
from compliance_app.services.gifts import locked
from compliance_app.store import employers as store
from compliance_app.store.models import Coverage, Employer, Person


class Owned(NamedTuple):
    """What a row means for the owner of its account: a new one, or a sentence why there is none."""

    owner_id: int | None = None
    before_id: int | None = None
    name: str = ""
    sentence: str = ""


class SetBack(NamedTuple):
    """The coverages that end where nobody had the account before, or why they go on."""

    ended: Sequence[Coverage] = ()
    why_not: str = ""


NOBODY = Owned()


class Owners:
    """The people at the firm whom a file may name, and who covered which account so far."""

    def __init__(self, session: Session, firm_ids: Iterable[int], today: date) -> None:
        self._today = today
        self._by_email: dict[str, Person] = {}
        self._by_name: dict[tuple[str, ...], list[Person]] = {}
        for person in store.possible_owners(session):
            self._by_email[person.email] = person
            self._by_name.setdefault(parse_name(person.name), []).append(person)
        self._covered = store.coverages_of(session, firm_ids)

    def owned(self, row: CrmRow, firm_id: int | None) -> Owned:
        """Say who takes the account of a row over, if anybody does."""
        if not row.owner:
            return NOBODY
        people = self._people(row.owner)
        if len(people) != 1:
            said = "Several people here are" if people else "Nobody here who logs gifts is"
            return Owned(sentence=f"{said} called {row.owner}, so nobody takes the account over.")
        owner, rows = people[0], self._covered.get(firm_id or 0, ())
        now = [one for one in rows if covers(one, self._today)]
        if owner.id in {one.person_id for one in now}:
            return NOBODY
        if owner.id in {one.person_id for one in rows}:
            who = " and ".join(one.person.name for one in now) or "nobody"
            sentence = f"{owner.name} covered it before, and {who} covers it now; that stays."
            return Owned(sentence=sentence)
        if not now:
            return Owned(owner.id, None, owner.name)
        before = now[-1]
        return Owned(owner.id, before.person_id, f"{owner.name}, after {before.person.name}")

    def _people(self, owner: str) -> Sequence[Person]:
        person = self._by_email.get(owner.lower())
        return [person] if person is not None else self._by_name.get(parse_name(owner), [])


def lock_requests(session: Session, handed: Mapping[int, int]) -> None:
    """Lock the open requests of those who give accounts away, by firm; gifts come before firms."""
    references = {
        reference
        for firm_id, owner_id in handed.items()
        for reference in store.open_requests(session, firm_id, owner_id)
    }
    for reference in sorted(references):
        locked(session, reference)


def begun(firm_id: int, owned: Owned, day: date) -> Coverage | None:
    """Return the coverage of an account that nobody had; none where nobody takes it, or over."""
    if owned.owner_id is None or owned.before_id is not None:
        return None
    return Coverage(employer_id=firm_id, person_id=owned.owner_id, started_on=day)


def hand_over(
    session: Session, firm_id: int, owned: Owned, *, actor_id: int | None, at: datetime
) -> None:
    """Hand an account over that somebody has, if the file gives it to somebody else."""
    if owned.owner_id is not None and owned.before_id is not None:
        to_id, on = owned.owner_id, at.date()
        coverage.hand_over(session, firm_id, to_id, on=on, actor_id=actor_id, at=at)


def set_back(
    session: Session,
    firm: Employer,
    owner_id: int,
    before_id: int | None,
    *,
    actor_id: int | None,
    at: datetime,
) -> SetBack:
    """Take back that an import gave the account to an owner."""
    rows = [one for one in firm.coverages if one.ended_on is None]
    if {one.person_id for one in rows} != {owner_id}:
        return SetBack(why_not=f"Somebody else covers {firm.name} by now, and that stays.")
    if before_id is None:
        for one in rows:
            one.superseded_at = at
        return SetBack(rows)
    try:
        coverage.hand_over(session, firm.id, before_id, on=at.date(), actor_id=actor_id, at=at)
    except InputError:
        why = f"Whoever covered {firm.name} before logs no gifts any more, so its owner stays."
        return SetBack(why_not=why)
    return SetBack()
