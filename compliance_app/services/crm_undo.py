"""Taking a whole import back: what it added goes out of use, what it changed is set back.

Nothing is deleted. What somebody has used or changed since is kept, and it is said why.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.client_errors import AlreadyUndoneError
from compliance_app.rules.errors import NotFoundError, PermissionMissingError
from compliance_app.rules.permissions import Permission, may
from compliance_app.services import crm_accounts, crm_owners
from compliance_app.services.crm_owners import SetBack, set_back
from compliance_app.services.crm_updates import state_of
from compliance_app.services.employers import document_of as employer_document
from compliance_app.services.noticing import Watch
from compliance_app.services.recipients import document_of as recipient_document
from compliance_app.services.refiling import Refiling
from compliance_app.store import audit, crm, recipient_keys
from compliance_app.store import employers as employer_store
from compliance_app.store.bulk import chunks
from compliance_app.store.gifts import row_document
from compliance_app.store.models import (
    CrmChange,
    CrmImport,
    Employer,
    Employment,
    ExternalId,
    Negotiation,
    Person,
    Recipient,
)
from compliance_app.store.naming import hold_names
from compliance_app.store.recipient_facts import lock_recipients
from compliance_app.store.recipients import find_by_email, find_employer, key_of

MOST_SAID = 1_000


@dataclass(slots=True)
class Undone:
    """What undoing did, and a sentence for each row that was kept as it is."""

    retired: int = 0
    set_back: int = 0
    kept_rows: int = 0
    kept: list[str] = field(default_factory=list)

    def keep(self, sentence: str) -> None:
        """Count a row that stays, and say why; of very many only the first are said."""
        self.kept_rows += 1
        if len(self.kept) < MOST_SAID:
            self.kept.append(sentence)


class _Known(NamedTuple):
    """What is looked up for many changes at once."""

    people: Mapping[int, Recipient]
    used: Collection[int]
    links: Mapping[int, Sequence[ExternalId]]


def undo(session: Session, import_id: int, *, actor_id: int | None, at: datetime) -> Undone:
    """Take an import back. Raises NotFoundError and AlreadyUndoneError."""
    needed = Permission.CRM_IMPORT
    if actor_id is not None and not may(session.get_one(Person, actor_id).role, needed):
        raise PermissionMissingError(permission=needed.value)
    crm.lock_imports(session)
    hold_names(session)
    made = crm.get_import(session, import_id)
    if made is None:
        raise NotFoundError(what=f"import {import_id}")
    if made.undone_at is not None:
        raise AlreadyUndoneError(import_id=import_id)
    refiling = Refiling(session, _moving_back(session, import_id, made.made_at.date()))
    watch = Watch.over_firms(session, _negotiated(session, import_id))
    _lock(session, import_id)
    refiling.watch()
    done = Undone()
    for some in chunks(crm.changes_of(session, import_id)):
        known = _known(session, some)
        acts = [
            act
            for change in some
            if (act := _undo_one(session, change, known, done, actor_id=actor_id, at=at))
        ]
        session.flush()
        audit.write_many(session, acts, actor_id=actor_id, at=at)
        session.expunge_all()
    refiling.finish(actor_id=actor_id, at=at)
    watch.tell(actor_id=actor_id, at=at)
    made = session.merge(made)
    made.undone_by_id, made.undone_at = actor_id, at
    session.flush()
    audit.append(
        session,
        Event.CRM_IMPORT_UNDONE,
        actor_id=actor_id,
        at=at,
        subject=f"crm-import:{made.id}",
        body=row_document(made),
    )
    return done


def _moving_back(session: Session, import_id: int, day: date) -> dict[int, date]:
    """Return whose work the import changed, and from when on."""
    return {
        change.row_id: day if change.before["work"] else date.min
        for change in crm.changes_of(session, import_id)
        if change.noun == "recipient"
        and change.before is not None
        and change.before["work"] != change.after["work"]
    }


def _negotiated(session: Session, import_id: int) -> dict[int, date | None]:
    """Return the firms whose negotiations the import changed, and from when on."""
    days: dict[int, date | None] = {}
    for change in crm.changes_of(session, import_id):
        if change.noun == "negotiation":
            said = [state["started_on"] for state in (change.before, change.after) if state]
            firm_id, day = change.after["employer_id"], _day(min(said))
            known = days.get(firm_id)
            days[firm_id] = min(day, known) if day and known else day
    return days


def _lock(session: Session, import_id: int) -> None:
    """Lock everybody before the first event is written: the head of the trail comes last."""
    rows, handed = [], {}
    for change in crm.changes_of(session, import_id):
        rows.append((change.noun, change.row_id))
        if change.before is not None and change.before.get("owner_id") is not None:
            handed[change.row_id] = change.after["owner_id"]
    crm_owners.lock_requests(session, handed)
    for ids in chunks(sorted({number for noun, number in rows if noun == "recipient"})):
        lock_recipients(session, ids)
    for ids in chunks(sorted({number for noun, number in rows if noun == "employer"})):
        employer_store.lock_employers(session, *ids)


def _known(session: Session, changes: Sequence[CrmChange]) -> _Known:
    ids = [change.row_id for change in changes if change.noun == "recipient"]
    return _Known(
        people=crm.loaded(session, ids),
        used=crm.used_recipients(session, ids),
        links=crm.links_of_recipients(session, ids),
    )


def _undo_one(
    session: Session,
    change: CrmChange,
    known: _Known,
    done: Undone,
    *,
    actor_id: int | None,
    at: datetime,
) -> audit.Act | None:
    if change.noun == "recipient":
        return _recipient(session, change, known, done, at)
    if change.noun == "employer":
        return _employer(session, change, done, actor_id=actor_id, at=at)
    return _negotiation(session, change, done, at)


def _recipient(
    session: Session, change: CrmChange, known: _Known, done: Undone, at: datetime
) -> audit.Act | None:
    recipient = session.get_one(Recipient, change.row_id)
    if change.before is None and recipient.id in known.used:
        done.keep(f"{recipient.name} has gifts or was merged, so the record stays.")
        return None
    now = state_of(recipient)
    if {name: now[name] for name in change.after} != change.after:
        done.keep(f"{recipient.name} was changed since, so the record stays as it is.")
        return None
    if (holder := _holder(session, recipient, change)) is not None:
        done.keep(f"{recipient.name} stays: {holder.email} belongs to {holder.name} by now.")
        return None
    given_way: list[Employment] = []
    links: list[ExternalId] = []
    if change.before is None:
        recipient.retired_at = at
        links = _retire_links(known.links.get(recipient.id, ()), at)
        done.retired += 1
    else:
        given_way = _set_recipient(session, recipient, change.before, at)
        session.flush()
        session.refresh(recipient, ["employments"])
        recipient_keys.keep(session, [recipient])
        done.set_back += 1
    body = recipient_document(recipient, *given_way) | {
        "external_ids": [row_document(link) for link in links]
    }
    return audit.Act(Event.RECIPIENT_CHANGED, f"recipient:{recipient.id}", body)


def _holder(session: Session, recipient: Recipient, change: CrmChange) -> Recipient | None:
    """Return whose the address is by now that the recipient had before; None where it is free."""
    email = change.before["email"] if change.before is not None else None
    if email is None or email == recipient.email:
        return None
    return find_by_email(session, email)


def _set_recipient(
    session: Session, recipient: Recipient, before: Mapping[str, Any], at: datetime
) -> list[Employment]:
    recipient.name, recipient.name_key = before["name"], key_of(before["name"])
    recipient.email = before["email"]
    recipient.phone = before.get("phone", recipient.phone)
    if crm.work_of(recipient.employments) == before["work"]:
        return []
    given_way = list(recipient.employments)
    for job in given_way:
        job.superseded_at = at
    for job in before["work"]:
        session.add(
            Employment(
                recipient_id=recipient.id,
                employer_id=job["employer_id"],
                title=job["title"],
                started_on=_day(job["started_on"]),
                ended_on=_day(job["ended_on"]),
            )
        )
    return given_way


def _employer(
    session: Session, change: CrmChange, done: Undone, *, actor_id: int | None, at: datetime
) -> audit.Act | None:
    firm = session.get_one(Employer, change.row_id)
    now, after, before = crm_accounts.state_of(firm), dict(change.after), dict(change.before or {})
    owner_id, before_id = after.pop("owner_id", None), before.pop("owner_id", None)
    if change.before is None and crm.is_employer_used(session, firm.id, but_owner_id=owner_id):
        done.keep(f"{firm.name} has gifts, people, an owner or a subsidiary, so it stays.")
        return None
    if {name: now[name] for name in after} != after:
        done.keep(f"{firm.name} was changed since, so it stays as it is.")
        return None
    if (taken := find_employer(session, before.get("name", ""))) and taken.id != firm.id:
        done.keep(f"Another firm is called {taken.name} by now, so {firm.name} stays as it is.")
        return None
    back = SetBack()
    if owner_id is not None:
        back = set_back(session, firm, owner_id, before_id, actor_id=actor_id, at=at)
        if back.why_not:
            done.keep(back.why_not)
    links: list[ExternalId] = []
    if change.before is None:
        firm.retired_at = at
        links = _retire_links(crm.external_ids_of(session, employer_id=firm.id), at)
        done.retired += 1
    else:
        _set_firm(session, firm, before)
        done.set_back += 1
    session.flush()
    body = {
        "employer": row_document(firm),
        "external_ids": [row_document(link) for link in links],
        "coverages": [row_document(row) for row in back.ended],
    }
    return audit.Act(Event.EMPLOYER_CHANGED, f"employer:{firm.id}", body)


def _set_firm(session: Session, firm: Employer, before: Mapping[str, Any]) -> None:
    is_renamed = firm.name != before["name"]
    for name, value in before.items():
        setattr(firm, name, value)
    firm.name_key = key_of(firm.name)
    if is_renamed:
        recipient_keys.keep_people_of(session, firm.id)


def _negotiation(
    session: Session, change: CrmChange, done: Undone, at: datetime
) -> audit.Act | None:
    row = session.get_one(Negotiation, change.row_id)
    if row.superseded_at is not None:
        done.keep(f"The negotiation {row.opportunity} was changed since, so it stays as it is.")
        return None
    given_way = [row]
    links = list(crm.external_ids_of(session, negotiation_id=row.id))
    if change.before is None:
        row.superseded_at = at
        _retire_links(links, at)
        done.retired += 1
    else:
        new = employer_store.replace_row(
            session,
            row,
            at=at,
            opportunity=change.before["opportunity"],
            started_on=_day(change.before["started_on"]),
            ended_on=_day(change.before["ended_on"]),
        )
        session.flush()
        for link in links:
            link.negotiation_id = new.id
        done.set_back += 1
    session.flush()
    firm = session.get_one(Employer, row.employer_id)
    session.refresh(firm, ["negotiations"])
    body = employer_document(firm, *given_way) | {
        "external_ids": [row_document(link) for link in links]
    }
    return audit.Act(Event.NEGOTIATION_CHANGED, f"employer:{firm.id}", body)


def _retire_links(links: Iterable[ExternalId], at: datetime) -> list[ExternalId]:
    for link in links:
        link.retired_at = at
    return list(links)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def made_import(session: Session, import_id: int) -> CrmImport:
    """Return an import as a page shows it. Raises NotFoundError."""
    made = session.get(CrmImport, import_id)
    if made is None:
        raise NotFoundError(what=f"import {import_id}")
    return made
