"""Contacts of a file that the register knows: what their rows say otherwise is written."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.spans import covers
from compliance_app.services.crm_plans import ContactPlan, Planned
from compliance_app.services.crm_sources import Kind
from compliance_app.services.recipients import document_of
from compliance_app.store import audit, crm, recipient_keys
from compliance_app.store.gifts import row_document
from compliance_app.store.models import CrmChange, Employment, ExternalId, Recipient
from compliance_app.store.recipients import key_of

A_DAY = timedelta(days=1)


def update_some(
    session: Session,
    plan: ContactPlan,
    some: Sequence[Planned],
    firms: Mapping[str, int],
    *,
    source: str,
    import_id: int,
    actor_id: int | None,
    at: datetime,
) -> None:
    """Bring some recipients to what their rows say, with an event for each; all are locked."""
    acts, people = [], []
    known = crm.loaded(session, [one.target_id or 0 for one in some])
    for one in some:
        recipient = known[one.target_id or 0]
        before = state_of(recipient)
        firm = plan.firms[one.row.line]
        employer_id = firm.employer_id or firms.get(firm.key)
        given_way = _set(session, recipient, one, employer_id, at=at)
        session.flush()
        session.refresh(recipient, ["employments"])
        change = CrmChange(
            import_id=import_id,
            noun="recipient",
            row_id=recipient.id,
            before=before,
            after=state_of(recipient),
        )
        session.add(change)
        links = _link(session, plan, one, source)
        session.flush()
        told = {
            "external_ids": [row_document(link) for link in links],
            "changes": [row_document(change)],
        }
        body = document_of(recipient, *given_way) | told
        acts.append(audit.Act(Event.RECIPIENT_CHANGED, f"recipient:{recipient.id}", body))
        people.append(recipient)
    recipient_keys.keep(session, people)
    audit.write_many(session, acts, actor_id=actor_id, at=at)
    session.expunge_all()


def state_of(recipient: Recipient) -> dict[str, object]:
    """Return what an import may change of a recipient, as it stands."""
    return {
        "name": recipient.name,
        "email": recipient.email,
        "phone": recipient.phone,
        "work": crm.work_of(recipient.employments),
    }


def _set(
    session: Session,
    recipient: Recipient,
    planned: Planned,
    employer_id: int | None,
    *,
    at: datetime,
) -> list[Employment]:
    """Give a recipient what a row says, and return the employments that gave way."""
    row, changes = planned.row, planned.changes
    recipient.retired_at = None
    recipient.name, recipient.name_key = row.name, key_of(row.name)
    if row.email:
        recipient.email = row.email
    if row.phone:
        recipient.phone = row.phone
    given_way: list[Employment] = []
    today = at.date()
    if changes.keys().isdisjoint({"employer", "title"}):
        return given_way
    for job in list(recipient.employments):
        if not covers(job, today):
            continue
        given_way.append(job)
        if "title" in changes:
            session.add(_copy(job, title=row.title))
        elif job.started_on is None or job.started_on < today:
            session.add(_copy(job, ended_on=today - A_DAY))
        job.superseded_at = at
    if "employer" in changes and employer_id is not None:
        session.add(
            Employment(
                recipient_id=recipient.id,
                employer_id=employer_id,
                title=row.title,
                # Where nothing is known before, it may always have been so.
                started_on=today if recipient.employments else None,
            )
        )
    return given_way


def _copy(job: Employment, *, title: str | None = None, ended_on: date | None = None) -> Employment:
    return Employment(
        recipient_id=job.recipient_id,
        employer_id=job.employer_id,
        title=job.title if title is None else title,
        started_on=job.started_on,
        ended_on=ended_on or job.ended_on,
    )


def _link(session: Session, plan: ContactPlan, planned: Planned, source: str) -> list[ExternalId]:
    """Keep the row's id with the recipient; one that was taken out of use is in use again."""
    row = planned.row
    if not row.external_id:
        return []
    known = plan.known_id(row)
    link = session.get(ExternalId, known.id) if known is not None else None
    if link is None:
        link = ExternalId(source=source, kind=Kind.CONTACTS, external_id=row.external_id)
        session.add(link)
    link.recipient_id, link.retired_at = planned.target_id, None
    return [link]
