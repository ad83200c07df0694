"""Questions about a gift and their answers: what the giver and the reviewers say to each other."""

from datetime import datetime

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.errors import InputError, PermissionMissingError
from compliance_app.rules.permissions import Permission, may
from compliance_app.services.claims import CONTROL
from compliance_app.services.gifts import locked
from compliance_app.store import audit
from compliance_app.store.gifts import document_of, row_document
from compliance_app.store.models import Comment, Gift, Person

LONGEST_COMMENT = 4_000


def add(session: Session, reference: str, text: str, *, actor_id: int, at: datetime) -> Comment:
    """Say something about the version of a gift that is in force.

    Whoever gave or logged it, and whoever decides on gifts, may; the caller has checked that
    they may read this one. Raises InputError, PermissionMissingError.
    """
    said = checked(text)
    gift = locked(session, reference)
    if not may_comment(gift, session.get_one(Person, actor_id)):
        raise PermissionMissingError(permission=Permission.GIFT_DECIDE.value)
    comment = Comment(
        version_number=gift.version_number, text=said, written_by_id=actor_id, written_at=at
    )
    gift.comments.append(comment)
    session.flush()
    audit.append(
        session,
        Event.GIFT_COMMENTED,
        actor_id=actor_id,
        at=at,
        subject=f"gift:{gift.id}",
        body={**document_of(gift), "comments": [row_document(comment)]},
    )
    return comment


def may_comment(gift: Gift, person: Person) -> bool:
    """Say whether the person takes part in the conversation about the gift."""
    own = person.id in {gift.giver_id, gift.logged_by_id}
    return own or may(person.role, Permission.GIFT_DECIDE)


def checked(text: str) -> str:
    """Return what is said without outer space; raises InputError where it cannot be kept."""
    said = text.strip()
    if not said:
        raise InputError(problems={"text": "Write what you want to ask or to say."})
    if len(said) > LONGEST_COMMENT:
        raise InputError(
            problems={
                "text": f"This has {len(said):,} characters; shorten it to "
                f"{LONGEST_COMMENT:,} or fewer."
            }
        )
    if CONTROL.search(said):
        raise InputError(
            problems={"text": "This text holds an invisible control character; type it again."}
        )
    return said
