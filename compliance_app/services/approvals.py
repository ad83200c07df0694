"""Supervisory review: who may decide on a gift, and what each decision does.

A gift is assessed once more under lock before it is approved, so that an approval can
never take room that is no longer there.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from compliance_app.rules import reviewing, workflow
from compliance_app.rules.audit import Event
from compliance_app.rules.decision_errors import AlreadyDecidedError, NotPlainError
from compliance_app.rules.errors import (
    NoExceptionError,
    OverLimitError,
    PermissionMissingError,
    ReasonMissingError,
    SameOfficerError,
    StateError,
)
from compliance_app.rules.permissions import Permission, Role, may
from compliance_app.rules.routing import Route
from compliance_app.rules.workflow import DecisionKind, State
from compliance_app.services.assessing import (
    FORBIDDEN,
    Judgement,
    Occasion,
    adds_names,
    judge_now,
)
from compliance_app.services.gifts import locked
from compliance_app.services.noticing import settle_after
from compliance_app.services.policies import policy_on
from compliance_app.services.recording import claim_of, decide, place, reassess, record
from compliance_app.store import people as people_store
from compliance_app.store import recipients as recipient_store
from compliance_app.store.identity import findings_of_gift
from compliance_app.store.models import Gift, Person
from compliance_app.store.recipient_facts import (
    RecipientFacts,
    lock_recipients,
    people_behind,
)
from compliance_app.store.reviewed import ReviewedGift

# What an officer decides about a gift settles what came to light about it; an approval does not.
SETTLED_BY = frozenset({State.BREACH, State.SENT_BACK, State.DECLINED})


def awaited_roles(session: Session, gift: Gift) -> frozenset[Role]:
    """Return the roles whose approval the gift waits for now; none where it waits for nobody."""
    return reviewing.awaited_roles(gift, people_store.colleagues(session, {gift.giver_id}))


def check_may_decide(session: Session, gift: Gift | ReviewedGift, actor_id: int) -> None:
    """Raise unless the actor is independent of the gift and it waits for their role."""
    colleagues = people_store.colleagues(session, {actor_id, gift.giver_id})
    actor = colleagues[actor_id]
    ids = [share.recipient_id for share in gift.version.shares]
    is_recipient = recipient_store.is_one_of(session, actor.email, ids)
    reviewing.check_may_decide(gift, actor, colleagues, is_recipient=is_recipient)


def judge_as_it_stands(
    session: Session,
    gift: Gift | ReviewedGift,
    *,
    day: date,
    people: Mapping[int, RecipientFacts] | None = None,
) -> Judgement:
    """Judge a gift that was handed in on a day as the register stands now.

    `people` are its recipients, where they were locked because something will be written.
    """
    claim = claim_of(gift.version)
    return judge_now(
        session,
        claim,
        Occasion(gift.giver_id, day, gift.already_given, names_added=adds_names(claim, gift)),
        policy=policy_on(session, claim.given_on),
        people=people or people_behind(session, claim.recipient_ids),
        except_gift_id=gift.id,
    )


def judge_again(session: Session, gift: Gift, *, at: datetime) -> Judgement:
    """Judge the gift as the register stands, with its recipients locked."""
    people = lock_recipients(session, [share.recipient_id for share in gift.version.shares])
    day = (gift.submitted_at or at).astimezone(at.tzinfo).date()
    return judge_as_it_stands(session, gift, day=day, people=people)


def approve(
    session: Session,
    reference: str,
    *,
    actor_id: int,
    at: datetime,
    reason: str = "",
    only_plain: bool = False,
) -> Gift:
    """Approve the gift, or the part of the way that waits for the actor's role.

    Raises OverLimitError, with the assessment's own sentence, where there is no room, and
    NotPlainError where only a gift without any sign was to be approved.
    """
    gift = _opened(session, reference, actor_id, State.APPROVED, act="approved")
    judgement = judge_again(session, gift, at=at)
    if only_plain and not judgement.is_plain:
        raise NotPlainError(reference=reference, why=judgement.what_to_look_at)
    if judgement.over_limit:
        raise OverLimitError(reference=reference, why=judgement.why_over, way_out=_way_out(gift))
    reassess(session, gift, judgement, at=at)
    decide(session, gift, DecisionKind.APPROVE, actor_id=actor_id, at=at, reason=reason.strip())
    if gift.route is Route.SUPERVISOR or not awaited_roles(session, gift):
        gift.state = State.GIVEN if gift.already_given else State.APPROVED
    return close(session, gift, actor_id=actor_id, at=at)


def decline(session: Session, reference: str, *, actor_id: int, at: datetime, reason: str) -> Gift:
    """Turn the gift down; one that was already given stays counted."""
    _check_reason(reason, "decline this gift")
    gift = _opened(session, reference, actor_id, State.DECLINED, act="declined")
    gift.state = State.DECLINED
    decide(session, gift, DecisionKind.DECLINE, actor_id=actor_id, at=at, reason=reason.strip())
    return close(session, gift, actor_id=actor_id, at=at)


def send_back(
    session: Session, reference: str, *, actor_id: int, at: datetime, reason: str
) -> Gift:
    """Ask the giver to change something; a planned gift holds no room until it comes again."""
    _check_reason(reason, "send this gift back")
    gift = _opened(session, reference, actor_id, State.SENT_BACK, act="sent back")
    gift.state = State.SENT_BACK
    decide(session, gift, DecisionKind.SEND_BACK, actor_id=actor_id, at=at, reason=reason.strip())
    return close(session, gift, actor_id=actor_id, at=at)


def grant_exception(
    session: Session, reference: str, *, actor_id: int, at: datetime, reason: str
) -> Gift:
    """Except a gift from the firm's own limit; it takes two officers, the rule's limit stays."""
    _check_reason(reason, "grant this exception")
    gift = _opened(session, reference, actor_id, State.APPROVED, act="excepted")
    _check_permission(session, actor_id, Permission.EXCEPTION_GRANT)
    grants = [
        decision
        for decision in workflow.standing(gift.decisions)
        if decision.kind is DecisionKind.GRANT_EXCEPTION
        and decision.version_number == gift.version_number
    ]
    if any(grant.decided_by_id == actor_id for grant in grants):
        raise SameOfficerError(reference=reference)
    firm = judge_again(session, gift, at=at)
    lifted = firm.under(replace(firm.policy, firm_limits=()))
    if not firm.over_limit or lifted.over_limit:
        raise NoExceptionError(reference=reference)
    decide(
        session, gift, DecisionKind.GRANT_EXCEPTION, actor_id=actor_id, at=at, reason=reason.strip()
    )
    if grants:
        reassess(session, gift, lifted, at=at)
        gift.state = State.GIVEN if gift.already_given else State.APPROVED
    return close(session, gift, actor_id=actor_id, at=at)


def record_breach(
    session: Session, reference: str, *, actor_id: int, at: datetime, reason: str, remedy: str
) -> Gift:
    """Record that a gift over the limit was given, why it happened and what is done about it."""
    _check_reason(reason, "record a breach")
    _check_reason(remedy, "name the remedy of a breach")
    gift = _opened(session, reference, actor_id, State.BREACH, act="recorded as a breach")
    _check_permission(session, actor_id, Permission.BREACH_RECORD)
    if not gift.already_given:
        raise StateError(
            reference=reference,
            state="only planned",
            act="recorded as a breach; decline it instead",
        )
    judgement = judge_again(session, gift, at=at)
    if not judgement.over_limit:
        raise StateError(reference=reference, state="within the limit", act="recorded as a breach")
    reassess(session, gift, judgement, at=at)
    gift.state = State.BREACH
    decide(
        session,
        gift,
        DecisionKind.RECORD_BREACH,
        actor_id=actor_id,
        at=at,
        reason=reason.strip(),
        remedy=remedy.strip(),
    )
    return close(session, gift, actor_id=actor_id, at=at)


def _opened(session: Session, reference: str, actor_id: int, wanted: State, *, act: str) -> Gift:
    gift = locked(session, reference)
    check_may_decide(session, gift, actor_id)
    if gift.state is not State.SUBMITTED and not _came_to_light(session, gift, wanted):
        raise _too_late(gift, act=act)
    if gift.state is not State.SUBMITTED:
        _check_permission(session, actor_id, Permission.BREACH_RECORD)
    workflow.check_step(reference, gift.state, wanted, act=act)
    return gift


def _came_to_light(session: Session, gift: Gift, wanted: State) -> bool:
    """Say whether a gift nobody has to decide on is open again, since something became known."""
    ways = {(State.GIVEN, State.BREACH), (State.APPROVED, State.SENT_BACK)}
    return (gift.state, wanted) in ways and bool(findings_of_gift(session, gift.id))


def _too_late(gift: Gift, *, act: str) -> StateError:
    """Say that the gift waits for nobody, and who decided on it where somebody did."""
    reference, state = gift.reference, gift.state.words
    stands = workflow.standing(gift.decisions)
    last = stands[-1] if stands else None
    if last is None or last.decided_by is None or last.version_number != gift.version_number:
        return StateError(reference=reference, state=state, act=act)
    return AlreadyDecidedError(
        reference=reference,
        state=state,
        act=act,
        decided_by=last.decided_by.name,
        decided_at=last.decided_at,
    )


def close(
    session: Session,
    gift: Gift,
    *,
    actor_id: int,
    at: datetime,
    event: Event = Event.GIFT_DECIDED,
) -> Gift:
    """Let the gift hold the room its state says, and tell the trail."""
    over = gift.state is State.SUBMITTED and any(
        share.assessment is not None and share.assessment.verdict in FORBIDDEN
        for share in gift.version.shares
    )
    place(gift, over_limit=over)
    record(session, gift, event, actor_id=actor_id, at=at)
    if gift.state in SETTLED_BY:
        done = f"The gift is {gift.state.words}."
        settle_after(session, gift, reason=done, actor_id=actor_id, at=at)
    return gift


def _way_out(gift: Gift) -> str:
    if gift.already_given:
        return "It was already given: record the breach and its remedy."
    return "Send it back to be lowered, decline it, or name the exemption that covers it."


def _check_reason(reason: str, act: str) -> None:
    if not reason.strip():
        raise ReasonMissingError(act=act)


def _check_permission(session: Session, actor_id: int, permission: Permission) -> None:
    if not may(session.get_one(Person, actor_id).role, permission):
        raise PermissionMissingError(permission=permission.value)
