"""Making two records one person, and taking that back: decided by people, never by a score.

Gifts stay with the record they were logged to; the sums follow who goes on. Merging judges every
window anew and raises what is over the limit now; undoing gives both their own sums again.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.errors import InputError, NotFoundError, PermissionMissingError
from compliance_app.rules.identity import goes_on
from compliance_app.rules.identity_errors import (
    AlreadyMergedError,
    NotMergedError,
    OnePersonAlreadyError,
)
from compliance_app.rules.permissions import Permission, may
from compliance_app.services.findings import write_down
from compliance_app.services.noticing import noticed
from compliance_app.services.pairs import note_merged, note_unmerged
from compliance_app.store import audit
from compliance_app.store import identity as store
from compliance_app.store.gifts import row_document
from compliance_app.store.models import Person, Recipient, RecipientFinding, RecipientMerge

MERGE_UNDONE = "The merge was undone, so the gift is within the limit again."


class Merged(NamedTuple):
    """A merge, who goes on for the record, and what came to light or was settled."""

    merge: RecipientMerge
    person: Recipient
    findings: tuple[RecipientFinding, ...]


def merge(
    session: Session,
    record_id: int,
    into_id: int,
    *,
    reason: str,
    actor_id: int | None,
    at: datetime,
) -> Merged:
    """Make a record, with all that was merged into it, one person with another.

    Raises AlreadyMergedError, OnePersonAlreadyError, InputError.
    """
    _check_may(session, actor_id)
    if record_id == into_id:
        problem = "Nobody can be merged into themselves; name two different records."
        raise InputError(problems={"into": problem})
    records = _locked(session, record_id, into_id)
    before = store.live_merges(session, records)
    _check_apart(records, before, record_id, into_id)
    person = records[goes_on(into_id, {one: row.into_id for one, row in before.items()})]
    alone = {name for gifts in noticed(session, [record_id, person.id]).values() for name in gifts}
    done = RecipientMerge(
        recipient_id=record_id,
        into_id=into_id,
        reason=reason.strip(),
        merged_by_id=actor_id,
        merged_at=at,
    )
    session.add(done)
    moved = [one for one in records.values() if record_id in {one.id, one.merged_into_id}]
    for one in moved:
        one.merged_into_id = person.id
    session.flush()
    together = noticed(session, [person.id])[person.id]
    new = {name: one for name, one in together.items() if name not in alone}
    findings = [
        *_follow(session, moved, person),
        *write_down(session, {person.id: new}, merge_id=done.id, at=at),
    ]
    _record(session, Event.RECIPIENT_MERGED, done, moved, findings, actor_id=actor_id, at=at)
    note_merged(session, record_id, into_id, reason=reason.strip(), actor_id=actor_id, at=at)
    return Merged(done, person, tuple(one for one in findings if one.merge_id == done.id))


def unmerge(
    session: Session, record_id: int, *, reason: str, actor_id: int | None, at: datetime
) -> Merged:
    """Take back the merge of a record: it, and all that was merged into it, go on alone.

    Raises NotMergedError.
    """
    _check_may(session, actor_id)
    records = _locked(session, record_id)
    before = store.live_merges(session, records)
    if record_id not in before:
        raise NotMergedError(name=records[record_id].name)
    undone = before.pop(record_id)
    undone.undone_at, undone.undone_by_id, undone.undone_reason = at, actor_id, reason.strip()
    steps = {one: row.into_id for one, row in before.items()}
    moved = []
    for one in records.values():
        root = goes_on(one.id, steps)
        if root == record_id:
            one.merged_into_id = None if one.id == root else root
            moved.append(one)
    session.flush()
    other = records[goes_on(undone.into_id, steps)]
    settled = _settle(session, (records[record_id], other), actor_id=actor_id, at=at)
    _record(session, Event.RECIPIENT_UNMERGED, undone, moved, settled, actor_id=actor_id, at=at)
    note_unmerged(session, undone.recipient_id, undone.into_id, actor_id=actor_id, at=at)
    return Merged(undone, records[record_id], tuple(settled))


def _check_may(session: Session, actor_id: int | None) -> None:
    """Raise unless the actor may merge; the operator of the machine may."""
    if actor_id is None:
        return
    if not may(session.get_one(Person, actor_id).role, Permission.RECIPIENT_MERGE):
        raise PermissionMissingError(permission=Permission.RECIPIENT_MERGE.value)


def _locked(session: Session, *record_ids: int) -> dict[int, Recipient]:
    records = store.lock_people(session, record_ids)
    for number in record_ids:
        if number not in records:
            raise NotFoundError(what=f"recipient with the number {number}")
    return records


def _check_apart(
    records: Mapping[int, Recipient],
    merges: Mapping[int, RecipientMerge],
    record_id: int,
    into_id: int,
) -> None:
    steps = {one: row.into_id for one, row in merges.items()}
    record, into = records[record_id], records[into_id]
    if goes_on(record_id, steps) == goes_on(into_id, steps):
        raise OnePersonAlreadyError(name=record.name, other=into.name)
    if record_id in merges:
        raise AlreadyMergedError(name=record.name, into=records[goes_on(record_id, steps)].name)


def _follow(
    session: Session, moved: Iterable[Recipient], person: Recipient
) -> list[RecipientFinding]:
    """Let what is open about the records stand with the person who goes on."""
    findings = store.open_findings_of(session, [one.id for one in moved])
    for finding in findings:
        finding.recipient_id = person.id
    session.flush()
    return findings


def _settle(
    session: Session, people: Iterable[Recipient], *, actor_id: int | None, at: datetime
) -> list[RecipientFinding]:
    """Close what is no longer over the limit, and give the rest to whom the gift was logged."""
    found = noticed(session, [person.id for person in people])
    findings = store.open_findings_of(session, found)
    for finding in findings:
        reference = finding.gift.reference
        holder = next((person for person, gifts in found.items() if reference in gifts), None)
        if holder is not None:
            finding.recipient_id = holder
        else:
            finding.closed_at, finding.closed_by_id = at, actor_id
            finding.closed_reason = MERGE_UNDONE
    session.flush()
    return findings


def _record(
    session: Session,
    event: Event,
    merge: RecipientMerge,
    moved: Iterable[Recipient],
    findings: Iterable[RecipientFinding],
    *,
    actor_id: int | None,
    at: datetime,
) -> None:
    """Append the full state of all that the act touched."""
    audit.append(
        session,
        event,
        actor_id=actor_id,
        at=at,
        subject=f"recipient:{merge.recipient_id}",
        body={
            "merge": row_document(merge),
            "recipients": [row_document(one) for one in moved],
            "findings": [row_document(one) for one in findings],
        },
    )
