"""Drafts of gifts: the form as far as it was filled in, kept for its author alone.

A draft is open until a gift with its form's key is logged, or its author discards it.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event, canonical
from compliance_app.rules.errors import InputError, NotFoundError
from compliance_app.store import audit
from compliance_app.store import drafts as store
from compliance_app.store import gifts as gift_store
from compliance_app.store.gifts import row_document
from compliance_app.store.models import Draft

KEY = re.compile(r"[\w-]{16,64}")
LARGEST_FORM = 64_000
MOST_DRAFTS = 20

Typed = Mapping[str, list[str]]


def keep(session: Session, key: str, form: Typed, *, person_id: int, at: datetime) -> Draft:
    """Keep what is on a form under its key; the same again is no act. Raises InputError."""
    typed = {name: values for name, values in sorted(form.items()) if any(values)}
    _check(key, typed)
    gift_store.lock_submission(session, key)
    draft = store.find_by_key(session, key)
    if draft is not None and draft.person_id != person_id:
        raise InputError(problems={"draft": "This form is damaged. Open a new one."})
    if gift_store.find_by_submission(session, key) is not None:
        raise InputError(problems={"draft": "This gift is logged already; you find it below."})
    if draft is None:
        if len(store.list_open(session, person_id)) >= MOST_DRAFTS:
            raise InputError(
                problems={"draft": f"You have {MOST_DRAFTS} drafts. Send or discard one first."}
            )
        draft = Draft(person_id=person_id, submission_key=key, form={}, saved_at=at)
        session.add(draft)
    elif draft.form == typed and draft.discarded_at is None:
        return draft
    draft.form, draft.saved_at, draft.discarded_at = typed, at, None
    return _recorded(session, draft, Event.GIFT_DRAFTED, at=at)


def discard(session: Session, draft_id: int, *, actor_id: int, at: datetime) -> Draft:
    """Put one of the actor's own drafts away. Raises NotFoundError for anybody else's."""
    draft = get_own(session, draft_id, actor_id)
    if draft.discarded_at is not None:
        return draft
    draft.discarded_at = at
    return _recorded(session, draft, Event.GIFT_DISCARDED, at=at)


def get_own(session: Session, draft_id: int, person_id: int) -> Draft:
    """Return one of the person's own drafts. Raises NotFoundError for anybody else's."""
    draft = session.get(Draft, draft_id)
    if draft is None or draft.person_id != person_id:
        raise NotFoundError(what="draft with this number")
    return draft


def _check(key: str, typed: Typed) -> None:
    if not KEY.fullmatch(key):
        raise InputError(problems={"draft": "This form is damaged. Open a new one."})
    if len(canonical(typed)) > LARGEST_FORM:
        raise InputError(
            problems={"draft": "This is too long for a draft. Shorten it, or send it."}
        )


def _recorded(session: Session, draft: Draft, event: Event, *, at: datetime) -> Draft:
    session.flush()
    audit.append(
        session,
        event,
        actor_id=draft.person_id,
        at=at,
        subject=f"draft:{draft.id}",
        body=row_document(draft),
    )
    return draft
