"""Adding many recipients at once, with their employers: all rows first, then all events."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.matching import Contact, contacts_named
from compliance_app.services.ahead import made_ahead
from compliance_app.services.recipients import NewRecipient
from compliance_app.store import audit, recipient_keys
from compliance_app.store import recipients as store
from compliance_app.store.bulk import chunks, reserve_ids
from compliance_app.store.models import Employer, Employment, Recipient
from compliance_app.store.plain import PlainRow, plain_table

# From how many people on another process makes their keys.
MANY = 2_000


class Newcomer(NamedTuple):
    """Somebody who was added, and where they work."""

    id: int
    employer_id: int | None


class Added(NamedTuple):
    """What a bulk added: the recipients in the order asked for, and how many employers."""

    recipients: list[Newcomer]
    employers: int


class _Written(NamedTuple):
    """The rows of one newcomer."""

    recipient: PlainRow
    employments: list[PlainRow]
    employer_written: str


# Whom to add, as whom, and the id of their work.
_Pair = tuple[NewRecipient, Newcomer, int]


def add_many(
    session: Session, wanted: Sequence[NewRecipient], *, actor_id: int | None, at: datetime
) -> Added:
    """Add people nobody has yet, with their employers; the caller has checked what they hold.

    The caller holds every other lock: the head of the trail stays locked from here on.
    """
    people, jobs = plain_table(Recipient), plain_table(Employment)
    employer_ids, firms = _employers(session, wanted, at=at)
    of_people, of_jobs = reserve_ids(session, Recipient), reserve_ids(session, Employment)
    newcomers = [
        Newcomer(next(of_people), employer_ids.get(store.key_of(new.employer))) for new in wanted
    ]
    job_ids = [next(of_jobs) if one.employer_id is not None else 0 for one in newcomers]
    pairs = list(zip(wanted, newcomers, job_ids, strict=True))
    keys = (recipient_keys.keys_of(_contacts(some)) for some in chunks(pairs))
    with made_ahead(keys, when=len(pairs) >= MANY) as made:
        for some, their_keys in zip(chunks(pairs), made, strict=True):
            written = list(_rows(some, actor_id=actor_id, at=at))
            people.insert(session, [one.recipient for one in written])
            jobs.insert(session, [job for one in written for job in one.employments])
            recipient_keys.put(session, their_keys)
    audit.write_many(session, map(_employer_act, firms), actor_id=actor_id, at=at)
    # The events come from the same rows, made again: all of them at once need not be kept.
    for some in chunks(pairs):
        acts = map(_act, _rows(some, actor_id=actor_id, at=at))
        audit.write_many(session, acts, actor_id=actor_id, at=at)
    return Added(newcomers, len(firms))


def _employers(
    session: Session, wanted: Sequence[NewRecipient], *, at: datetime
) -> tuple[Mapping[str, int], Sequence[PlainRow]]:
    """Return the employers' ids by the keys of their names, and the rows of those now added."""
    names: dict[str, str] = {}
    for new in wanted:
        names.setdefault(store.key_of(new.employer), new.employer)
    names.pop("", None)
    known = store.employer_ids(session, names)
    ids, table = reserve_ids(session, Employer), plain_table(Employer)
    firms = [
        table.new(id=next(ids), name=" ".join(name.split()), name_key=key, created_at=at)
        for key, name in names.items()
        if key not in known
    ]
    session.flush()
    table.insert(session, firms)
    return known | {firm["name_key"]: firm["id"] for firm in firms}, firms


def _rows(some: Iterable[_Pair], *, actor_id: int | None, at: datetime) -> Iterator[_Written]:
    people, jobs = plain_table(Recipient), plain_table(Employment)
    for new, one, job_id in some:
        recipient = people.new(
            id=one.id,
            name=new.name,
            name_key=store.key_of(new.name),
            email=new.email or None,
            phone=new.phone or None,
            recipient_class=new.recipient_class,
            created_by_id=actor_id,
            created_at=at,
        )
        job = {"id": job_id, "recipient_id": one.id, "title": new.title}
        employed = one.employer_id is not None
        yield _Written(
            recipient,
            [jobs.new(employer_id=one.employer_id, **job)] if employed else [],
            new.employer_written,
        )


def _contacts(some: Iterable[_Pair]) -> Iterator[tuple[int, Contact]]:
    for new, one, _ in some:
        facts = {"employer": new.employer, "email": new.email, "phone": new.phone}
        for contact in contacts_named(new.name, title=new.title, **facts):
            yield one.id, contact


def _employer_act(firm: PlainRow) -> audit.Act:
    body = plain_table(Employer).told(firm)
    return audit.Act(Event.EMPLOYER_ADDED, f"employer:{firm['id']}", body)


def _act(written: _Written) -> audit.Act:
    """Return what services.recipients.document_of says of the same rows."""
    people, jobs = plain_table(Recipient), plain_table(Employment)
    body: dict[str, object] = {
        "recipient": people.told(written.recipient),
        "employments": [jobs.told(job) for job in written.employments],
    }
    if written.employer_written:
        body["employer_written"] = written.employer_written
    return audit.Act(Event.RECIPIENT_ADDED, f"recipient:{written.recipient['id']}", body)
