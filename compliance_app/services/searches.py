"""Keeping a search by a name, and dropping it again; both are in the trail."""

from datetime import datetime

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.errors import InputError, NotFoundError
from compliance_app.services.claims import CONTROL
from compliance_app.store import audit
from compliance_app.store.gifts import row_document
from compliance_app.store.models import SavedSearch
from compliance_app.store.models.searches import LONGEST_SEARCH_NAME
from compliance_app.store.search import saved_by

MOST_SAVED = 30


def keep(session: Session, name: str, query: str, *, actor_id: int, at: datetime) -> SavedSearch:
    """Keep a search for the actor; one of the same name is dropped. Raises InputError."""
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_SEARCH_NAME or CONTROL.search(plain):
        sentence = f"Give the search a name of 1 to {LONGEST_SEARCH_NAME} characters."
        raise InputError(problems={"name": sentence})
    known = saved_by(session, actor_id)
    for same in (one for one in known if one.name == plain):
        drop(session, same.id, actor_id=actor_id, at=at)
    if len(known) >= MOST_SAVED:
        sentence = f"You keep {MOST_SAVED} searches; drop one before you keep another."
        raise InputError(problems={"name": sentence})
    saved = SavedSearch(person_id=actor_id, name=plain, query=query, saved_at=at)
    session.add(saved)
    _record(session, saved, Event.SEARCH_KEPT, actor_id=actor_id, at=at)
    return saved


def drop(session: Session, search_id: int, *, actor_id: int, at: datetime) -> SavedSearch:
    """Drop a search of the actor's own. Raises NotFoundError for any other."""
    saved = session.get(SavedSearch, search_id)
    if saved is None or saved.person_id != actor_id or saved.dropped_at is not None:
        raise NotFoundError(what="search of yours with this number")
    saved.dropped_at = at
    _record(session, saved, Event.SEARCH_DROPPED, actor_id=actor_id, at=at)
    return saved


def _record(
    session: Session, saved: SavedSearch, event: Event, *, actor_id: int, at: datetime
) -> None:
    session.flush()
    audit.append(
        session,
        event,
        actor_id=actor_id,
        at=at,
        subject=f"search:{saved.id}",
        body=row_document(saved),
    )
