"""From a posted form to a gift: what is wrong is put at its field, what is right is handed in."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from compliance_app.rules.errors import InputError
from compliance_app.services import claims, gifts, receipts, recipients
from compliance_app.services.policies import policy_on
from compliance_app.services.submitted import Submitted
from compliance_app.store import people as people_store
from compliance_app.store.gifts import get_by_reference
from compliance_app.store.models import Gift, Person
from compliance_app.web.forms.gifts import AmendmentForm, GiftFields, GiftForm, claim_of
from compliance_app.web.forms.whom import Whom

# Stands for the person who is added together with the gift, until they have a number.
NEWCOMER_ID = 0


def accept(session: Session, form: GiftFields, whom: Whom, *, today: date) -> bool:
    """Check shape and sense, all fields at once; the sentences go to the form."""
    form.validate()
    if whom.problem:
        form.take({"who": whom.problem})
    if form.given_on.data is not None:
        everybody = whom.ids if whom.newcomer is None else (*whom.ids, NEWCOMER_ID)
        claim = claim_of(form, everybody)
        try:
            claims.check(claim, policy_on(session, claim.given_on), today=today)
        except InputError as error:
            form.take(error.problems)
    form.take(_giver_problem(session, form))
    if form.received.problem:
        form.take({"receipt": form.received.problem})
    return not form.errors


def giver_of(session: Session, form: GiftFields, *, actor_id: int) -> int:
    """Return who gives: the colleague who is named, or else the person at the keyboard."""
    person = _find_giver(session, form)
    return person.id if person is not None else actor_id


def hand_in(
    session: Session, form: GiftForm, whom: Whom, *, actor_id: int, at: datetime
) -> Submitted:
    """Log the gift of an accepted form, and add the new person on it."""
    ids = _everybody(session, whom, actor_id=actor_id, at=at)
    submitted = gifts.submit(
        session,
        claim_of(form, ids),
        giver_id=giver_of(session, form, actor_id=actor_id),
        actor_id=actor_id,
        at=at,
        submission_key=form.submission_key.data,
    )
    if form.received.receipts:
        gift = get_by_reference(session, submitted.reference)
        receipts.attach(session, gift, form.received.receipts, actor_id=actor_id, at=at)
    return submitted


def amend(
    session: Session,
    reference: str,
    form: AmendmentForm,
    whom: Whom,
    *,
    actor_id: int,
    at: datetime,
) -> Gift:
    """Hand in an accepted form as the next version of a gift."""
    ids = _everybody(session, whom, actor_id=actor_id, at=at)
    gift = gifts.amend(
        session,
        reference,
        claim_of(form, ids),
        reason=form.reason.data,
        actor_id=actor_id,
        at=at,
    )
    receipts.attach(session, gift, form.received.receipts, actor_id=actor_id, at=at)
    return gift


def _everybody(session: Session, whom: Whom, *, actor_id: int, at: datetime) -> tuple[int, ...]:
    if whom.newcomer is None:
        return whom.ids
    try:
        added = recipients.add(
            session, whom.newcomer, actor_id=actor_id, at=at, confirmed_new=whom.confirmed_new
        )
    except InputError as error:
        renamed = {f"new_{name}": sentence for name, sentence in error.problems.items()}
        raise replace(error, problems=renamed) from error
    return (*whom.ids, added.id)


def _giver_problem(session: Session, form: GiftFields) -> dict[str, str]:
    named, person = form.giver_email, _find_giver(session, form)
    if not named or (person is not None and person.active):
        return {}
    return {"giver": f"Nobody active at the firm has the address {named}. Check it."}


def _find_giver(session: Session, form: GiftFields) -> Person | None:
    named = form.giver_email
    return people_store.find_by_email(session, named) if named.isprintable() and named else None
