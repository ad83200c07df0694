"""Whom a gift is from and for: numbers, names and e-mail addresses, found in the register."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.api.schemas import AnyRecipient, KnownRecipient, NamedRecipient
from compliance_app.rules.errors import InputError
from compliance_app.rules.facts import RecipientClass
from compliance_app.services import recipients
from compliance_app.services.misnamed import Saying
from compliance_app.services.people import checked_email, checked_name
from compliance_app.services.recipients import LONGEST_NAME, NewRecipient
from compliance_app.store import people as people_store
from compliance_app.store import recipients as store
from compliance_app.store.employers import find_firm
from compliance_app.store.naming import hold_names
from compliance_app.store.recipient_facts import EmploymentFacts, RecipientFacts, employer_facts


class Whom(NamedTuple):
    """The numbers of a gift's recipients, and how those were named who were found by address."""

    ids: tuple[int, ...]
    sayings: list[Saying]


class _Known(NamedTuple):
    """Somebody in the register, and how they were named where their address told."""

    id: int
    saying: Saying | None = None


def find_giver(session: Session, email: str | None, *, actor_id: int) -> int:
    """Return the colleague of this address, the caller where none is named."""
    if email is None:
        return actor_id
    person = people_store.find_by_email(session, email)
    if person is None or not person.active:
        sentence = f"Nobody active at the firm has the address {email}. Check it."
        raise InputError(problems={"giver_email": sentence})
    return person.id


def find_or_add(
    session: Session, named: Sequence[AnyRecipient], *, actor_id: int, at: datetime
) -> Whom:
    """Return the recipients, and add whoever is new."""
    ids, sayings = [], []
    for place, one in enumerate(named):
        with _problems_at(place):
            known = _find(session, one)
            if isinstance(known, NewRecipient):
                # Who looks new may have been added at this moment.
                hold_names(session)
                known = _find(session, one)
            if isinstance(known, NewRecipient):
                known = _Known(recipients.add(session, known, actor_id=actor_id, at=at).id)
        ids.append(known.id)
        sayings += [known.saying] if known.saying else []
    return Whom(tuple(ids), sayings)


def find_or_imagine(
    session: Session, named: Sequence[AnyRecipient]
) -> tuple[Whom, dict[int, RecipientFacts]]:
    """Return the recipients, and a stranger for each who is new.

    Strangers have numbers below one, so that they meet nobody in the register.
    """
    ids: list[int] = []
    sayings: list[Saying] = []
    numbers: dict[NewRecipient, int] = {}
    for place, one in enumerate(named):
        with _problems_at(place):
            known = _find(session, one)
        if isinstance(known, NewRecipient):
            known = _Known(numbers.setdefault(known, -len(numbers)))
        ids.append(known.id)
        sayings += [known.saying] if known.saying else []
    return Whom(tuple(ids), sayings), {
        number: _imagine(session, new, number) for new, number in numbers.items()
    }


def _find(session: Session, one: AnyRecipient) -> _Known | NewRecipient:
    """Return who is meant, or the person to add.

    A record with an e-mail of its own is somebody else than a person with another.
    """
    if isinstance(one, KnownRecipient):
        return _Known(one.id)
    new = _checked(one)
    if new.email and (there := store.find_by_email(session, new.email)):
        return _Known(there.id, Saying(new.name, new.email, there.name))
    named = store.by_name_and_employer(session, {new.name})
    known = named.get((new.name, store.key_of(new.employer)))
    if known is None and named and (firm := find_firm(session, new.employer)):
        known = named.get((new.name, firm.name_key))
    if known is None or (new.email and known.email):
        return new
    return _Known(known.id)


def _checked(one: NamedRecipient) -> NewRecipient:
    email, employer = (one.email or "").strip(), " ".join((one.employer or "").split())
    if not employer.isprintable():
        raise InputError(problems={"employer": "This holds an invisible sign; type it again."})
    return NewRecipient(
        name=checked_name(one.name, longest=LONGEST_NAME),
        email=checked_email(email) if email else "",
        employer=employer,
    )


def _imagine(session: Session, new: NewRecipient, number: int) -> RecipientFacts:
    """Return the new person as the engine sees them: nobody has given them anything."""
    employer = find_firm(session, new.employer)
    works_at = (EmploymentFacts(employer_facts(employer)),) if employer else ()
    return RecipientFacts(
        id=number,
        name=new.name,
        email=new.email or None,
        recipient_class=RecipientClass.INSTITUTIONAL_CLIENT_EMPLOYEE,
        employments=works_at,
    )


@contextmanager
def _problems_at(place: int) -> Iterator[None]:
    """Say of which recipient a problem is."""
    try:
        yield
    except InputError as error:
        at = {f"recipients.{place}.{name}": said for name, said in error.problems.items()}
        raise replace(error, problems=at) from error
