"""A recipient's name and how to reach them, corrected where somebody had it wrong.

Gifts keep the name they were logged under, and a record stays to be found under its older names.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.errors import EmailTakenError, NotFoundError
from compliance_app.services.people import checked_email, checked_name
from compliance_app.services.recipients import LONGEST_NAME, checked_phone, document_of
from compliance_app.store import audit, recipient_keys
from compliance_app.store import recipients as store
from compliance_app.store.models import Recipient
from compliance_app.store.naming import hold_names
from compliance_app.store.recipient_facts import lock_recipients


def change(
    session: Session,
    recipient_id: int,
    *,
    name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    actor_id: int | None,
    at: datetime,
) -> Recipient:
    """Correct the person behind a record; what is None stays, what is empty is not known.

    Raises NotFoundError, InputError, and EmailTakenError where the address is somebody else's.
    """
    hold_names(session)
    people = lock_recipients(session, [recipient_id])
    if recipient_id not in people:
        raise NotFoundError(what="recipient with this number")
    recipient = session.get_one(Recipient, people[recipient_id].id, populate_existing=True)
    before = (recipient.name, recipient.email, recipient.phone)
    if name is not None:
        recipient.name = checked_name(name, longest=LONGEST_NAME)
        recipient.name_key = store.key_of(recipient.name)
    if email is not None:
        recipient.email = _free(session, recipient, email) if email.strip() else None
    if phone is not None:
        recipient.phone = checked_phone(phone) or None
    if before == (recipient.name, recipient.email, recipient.phone):
        return recipient
    session.flush()
    recipient_keys.keep(session, [recipient])
    audit.append(
        session,
        Event.RECIPIENT_CHANGED,
        actor_id=actor_id,
        at=at,
        subject=f"recipient:{recipient.id}",
        body=document_of(recipient),
    )
    return recipient


def _free(session: Session, recipient: Recipient, email: str) -> str:
    """Return the address, which is nobody else's."""
    plain = checked_email(email)
    with session.no_autoflush:
        taken = store.find_by_email(session, plain)
    if taken is not None and taken.id != recipient.id:
        raise EmailTakenError(email=plain, name=taken.name)
    return plain
