"""What a judgement reads, and a submission locks, in as few trips to the database as it takes."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from compliance_app.store.bulk import CHUNK
from compliance_app.store.gifts import twin_held_off
from compliance_app.store.ledgers import KNOWN_SHARES, KnownShare
from compliance_app.store.models import Gift
from compliance_app.store.people import STAFF, remember_staff
from compliance_app.store.policies import HASHES
from compliance_app.store.prepared import Answer, Prepared, Question, ask
from compliance_app.store.recipient_facts import (
    FIRM_SPANS,
    LOCKED_PEOPLE,
    SUSPECTS,
    RecipientFacts,
    Suspect,
    firms_in,
    likeliest,
    merges_held_off,
    people_in,
    persons_in,
)


class Arrival(NamedTuple):
    """What is known of a submission before its claim is looked at; its people are locked."""

    earlier_id: int | None
    policy_hashes: tuple[str, ...]
    giver_is_active: bool
    recipients: Answer


class Surroundings(NamedTuple):
    """Whom else the people may be, and every share that their judgement looks at."""

    suspects: Mapping[int, Suspect]
    shares: list[KnownShare]


class Known(NamedTuple):
    """What a submission is judged by."""

    people: Mapping[int, RecipientFacts]
    suspects: Mapping[int, Suspect]
    shares: list[KnownShare]


def arrive(
    session: Session,
    recipient_ids: Collection[int],
    *,
    day: date,
    giver_id: int,
    actor_id: int,
    submission_key: str | None,
) -> Arrival:
    """Lock a submission's key and its people, and read what its claim is held to.

    The same form sent twice at once waits for its twin here, and finds the gift it made.
    """
    # Nobody is locked for a claim that names more people than a claim may.
    wanted = sorted(set(recipient_ids)) if len(recipient_ids) <= CHUNK else []
    *before, recipients, versions, staff = ask(
        session,
        *twin_held_off(session, submission_key),
        *merges_held_off(session),
        *([] if submission_key is None else [EARLIER(key=submission_key)]),
        LOCKED_PEOPLE(ids=wanted),
        HASHES(day=day),
        STAFF(ids=sorted({giver_id, actor_id})),
    )
    earlier = [] if submission_key is None else before[-1]
    remember_staff(session, staff)
    return Arrival(
        earlier_id=earlier[0].id if earlier else None,
        policy_hashes=tuple(version.sha256 for version in versions),
        giver_is_active=any(one.active for one in staff if one.id == giver_id),
        recipients=recipients,
    )


def look_up(
    session: Session, arrival: Arrival, *, since: date | None, also: Question
) -> tuple[Known, Answer]:
    """Return the people of a submission and what else its judgement looks at.

    With it comes the answer to what was asked beside it.
    """
    firms = firms_in(arrival.recipients)
    spans = [FIRM_SPANS(ids=firms)] if firms else []
    around, (more, *found) = _look_around(
        session, persons_in(arrival.recipients), since, None, [also, *spans]
    )
    people = people_in(arrival.recipients, found[0] if found else [])
    return Known(people, around.suspects, around.shares), more


def look_around(
    session: Session,
    person_ids: Collection[int],
    *,
    since: date | None,
    except_gift_id: int | None = None,
) -> Surroundings:
    """Return what a judgement of these people looks at, but for the gift that is judged again."""
    around, _ = _look_around(session, sorted(person_ids), since, except_gift_id, [])
    return around


def _look_around(
    session: Session,
    person_ids: list[int],
    since: date | None,
    except_gift_id: int | None,
    also: list[Question],
) -> tuple[Surroundings, list[Answer]]:
    circumstances = {"since": since or date.min, "except_gift_id": except_gift_id or 0}
    found, shares, *more = ask(
        session, SUSPECTS(ids=person_ids), KNOWN_SHARES(ids=person_ids, **circumstances), *also
    )
    suspects = likeliest(found)
    others = {one.id for one in suspects.values()} - set(person_ids)
    if others:
        (theirs,) = ask(session, KNOWN_SHARES(ids=sorted(others), **circumstances))
        shares = [*shares, *theirs]
    return Surroundings(suspects, shares), more


EARLIER = Prepared(select(Gift.id).where(Gift.submission_key == bindparam("key")))
