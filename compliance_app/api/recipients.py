"""Recipients: finding them with what is left for each today, and adding one."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import orjson
from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from compliance_app.api.answers import Recipient, recipient_answer
from compliance_app.api.fields import Document, read_number
from compliance_app.api.orders import perform, respond
from compliance_app.api.schemas import RecipientBody, RecipientQuery, read_body, read_query
from compliance_app.clock import today
from compliance_app.rules.errors import LikelyDuplicateError, NotFoundError
from compliance_app.rules.permissions import Permission
from compliance_app.services import recipients
from compliance_app.services.idempotency import Answer
from compliance_app.services.recipients import NewRecipient, rooms_on
from compliance_app.store import finding, models
from compliance_app.store import recipients as store
from compliance_app.store.base import db
from compliance_app.store.kept import kept_each
from compliance_app.store.naming import hold_names
from compliance_app.store.recipients import Found
from compliance_app.web.guard import actor, requires

bp = Blueprint("recipients", __name__)


class RecipientPage(Document):
    """A page of people; `next` is the cursor of the next page, null on the last."""

    recipients: list[Recipient]
    next: str | None


@bp.get("/v1/recipients")
@requires(Permission.RECIPIENT_READ)
def index() -> ResponseReturnValue:
    """Find people at clients, each with what is left for them today."""
    query, reading, day = read_query(RecipientQuery), db.session(), today()
    found, more = _find(reading, query)
    said = kept_each(reading, ("recipient", day), found, lambda new: _said(reading, new, day))
    # A `RecipientPage`, written straight; making the objects first takes longer.
    page = {
        "recipients": [said[person] for person in found],
        "next": str(found[-1].id) if more else None,
    }
    return respond(orjson.dumps(page).decode())


@bp.get("/v1/recipients/<recipient_id>")
@requires(Permission.RECIPIENT_READ)
def show(recipient_id: str) -> ResponseReturnValue:
    """Show a person with what is left for them today; a merged record shows who goes on."""
    reading, number = db.session(), read_number(recipient_id)
    recipient = reading.get(models.Recipient, number) if number is not None else None
    person = store.found(reading, recipient.merged_into_id or recipient.id) if recipient else None
    if person is None:
        raise NotFoundError(what="recipient with this number")
    return respond(recipient_now(reading, person, today()).model_dump_json())


@bp.post("/v1/recipients")
@requires(Permission.RECIPIENT_ADD)
def create() -> ResponseReturnValue:
    """Add a person, unless they look like somebody who is in the register."""
    body = read_body(RecipientBody)
    return perform(lambda work, at: _add(work, body, at), body)


def _said(session: Session, found: Sequence[Found], day: date) -> dict[Found, dict[str, Any]]:
    return dict(zip(found, _recipients_now(session, found, day), strict=True))


def _find(session: Session, query: RecipientQuery) -> tuple[list[Found], bool]:
    """Return a page of people, and whether there are more; a search has only one page."""
    words = query.q.strip()
    if words:
        return finding.search(session, words, count=query.limit), False
    last = session.get(models.Recipient, int(query.cursor)) if query.cursor else None
    after = (last.name_key, last.id) if last is not None else None
    found = store.list_recipients(session, after=after, count=query.limit + 1)
    return found[: query.limit], len(found) > query.limit


def _add(session: Session, body: RecipientBody, at: datetime) -> Answer:
    new = NewRecipient(
        name=body.name,
        email=(body.email or "").strip(),
        employer=(body.employer or "").strip(),
        title=(body.title or "").strip(),
        recipient_class=body.recipient_class,
        phone=(body.phone or "").strip(),
    )
    hold_names(session)
    if not body.confirmed_new and (alike := recipients.alike(session, new, at.date())):
        raise LikelyDuplicateError(
            name=new.name,
            duplicates=tuple(
                {
                    "id": one.found.id,
                    "name": one.found.name,
                    "email": one.found.email,
                    "employer": one.found.employer,
                    "score": one.match.score,
                    "reason": one.match.sentence,
                }
                for one in alike
            ),
        )
    added = recipients.add(
        session,
        new,
        actor_id=actor().person_id,
        at=at,
        confirmed_new=body.confirmed_new,
    )
    return Answer(
        201, recipient_now(session, _found(session, added.id), at.date()).model_dump_json()
    )


def found_now(session: Session, recipient_id: int, day: date) -> Recipient:
    """Return the person of this number with what is left for them on the day."""
    return recipient_now(session, _found(session, recipient_id), day)


def _found(session: Session, recipient_id: int) -> Found:
    found = store.found(session, recipient_id)
    if found is None:
        raise NotFoundError(what="recipient with this number")
    return found


def recipient_now(session: Session, person: Found, day: date) -> Recipient:
    """Return a person with what is left for them on the day."""
    return Recipient.model_validate(_recipients_now(session, [person], day)[0])


def _recipients_now(session: Session, found: Sequence[Found], day: date) -> list[dict[str, Any]]:
    """Return what is said of several people with what is left for each, read in one go."""
    ids = [person.id for person in found]
    rooms, facts = rooms_on(session, ids, day), store.classes_and_phones(session, ids)
    merged = store.merged_into(session, ids)
    return [
        recipient_answer(person, facts[person.id], day, rooms[person.id], merged.get(person.id, ()))
        for person in found
    ]
