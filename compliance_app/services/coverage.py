"""Who covers an account, and handing it over: the open requests go with it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.errors import InputError, PermissionMissingError
from compliance_app.rules.permissions import Permission, may
from compliance_app.rules.spans import covers, problems_of
from compliance_app.services import employers
from compliance_app.services.gifts import locked
from compliance_app.services.recording import record as record_gift
from compliance_app.store import employers as store
from compliance_app.store import people as people_store
from compliance_app.store.base import Base
from compliance_app.store.models import Coverage, Employer, Person

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a hand-over did."""

    employer: Employer
    requests: tuple[str, ...]


def owners_on(employer: Employer, day: date) -> list[Person]:
    """Return who covers the firm on the day."""
    return [row.person for row in employer.coverages if covers(row, day)]


def may_hand_over(session: Session, employer: Employer, person: Person, day: date) -> bool:
    """Say whether the person may: for compliance, and whoever supervises all who cover it."""
    if may(person.role, Permission.EMPLOYER_CHANGE_ALL):
        return True
    owners = {owner.id for owner in owners_on(employer, day)}
    return (
        bool(owners)
        and may(person.role, Permission.GIFT_READ_CHAIN)
        and owners <= people_store.chain_ids(session, person.id)
    )


def hand_over(
    session: Session, employer_id: int, to_id: int, *, on: date, actor_id: int | None, at: datetime
) -> HandOver:
    """Give the account to somebody from a day on; open requests of the owners before move along.

    Compliance may, and whoever supervises the present owner. The new owner may act on the
    requests as their author; the giver stays who they were, and so does who must not decide.
    """
    _check_day(on, at.date())
    owner = _new_owner(session, to_id)
    before = _owner_ids(session, employer_id, on)
    references = [one for old in before for one in store.open_requests(session, employer_id, old)]
    # Gifts are locked before anything else, as every act on a gift does.
    gifts = [locked(session, reference) for reference in sorted(set(references))]
    employer = employers.get_locked(session, employer_id)
    _check_may_hand_over(session, employer, actor_id, day=at.date())
    given_way = _replace_coverage(session, employer, owner, on=on, at=at)
    moved = []
    for gift in gifts:
        wanted = owner.id if owner.id != gift.giver_id else None
        if gift.state in store.OPEN_STATES and gift.handed_to_id != wanted:
            gift.handed_to_id = wanted
            record_gift(session, gift, Event.GIFT_HANDED_OVER, actor_id=actor_id, at=at)
            moved.append(gift.reference)
    employers.record(
        session, employer, Event.EMPLOYER_HANDED_OVER, *given_way, actor_id=actor_id, at=at
    )
    return HandOver(employer, tuple(moved))


def _replace_coverage(
    session: Session, employer: Employer, owner: Person, *, on: date, at: datetime
) -> list[Base]:
    """End what covers the day or begins later, and let the new owner begin."""
    given_way: list[Base] = []
    for row in list(employer.coverages):
        if row.ended_on is not None and row.ended_on < on:
            continue
        given_way.append(row)
        if row.started_on is None or row.started_on < on:
            store.replace_row(session, row, at=at, ended_on=on - A_DAY)
        row.superseded_at = at
    session.add(Coverage(employer_id=employer.id, person_id=owner.id, started_on=on))
    return given_way


def _owner_ids(session: Session, employer_id: int, day: date) -> list[int]:
    employer = store.get_whole(session, employer_id)
    if employer is None:
        return []
    return sorted({row.person_id for row in employer.coverages if _reaches(row, day)})


def _reaches(row: Coverage, day: date) -> bool:
    return row.ended_on is None or row.ended_on >= day


def _check_day(on: date, today: date) -> None:
    if problems := problems_of({"on": on}, today):
        raise InputError(problems=problems)
    if on > today:
        raise InputError(
            problems={
                "on": f"A hand-over takes along what is open on its day, which nobody knows before "
                f"{on.isoformat()}; choose {today.isoformat()} or an earlier day."
            }
        )


def _new_owner(session: Session, to_id: int) -> Person:
    person = session.get(Person, to_id)
    if person is None or not person.active or not may(person.role, Permission.GIFT_LOG):
        raise InputError(problems={"to": "Choose somebody active at the firm who may log gifts."})
    return person


def _check_may_hand_over(
    session: Session, employer: Employer, actor_id: int | None, *, day: date
) -> None:
    if actor_id is None or may_hand_over(session, employer, session.get_one(Person, actor_id), day):
        return
    raise PermissionMissingError(permission=Permission.EMPLOYER_CHANGE_ALL.value)
