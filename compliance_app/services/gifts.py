"""What a giver does with a gift: submit, amend, withdraw, mark as given, cancel.

Every act locks the gift, then its recipients in ascending order, judges, writes, and
appends to the trail, all in the caller's unit of work.
"""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from compliance_app.rules import workflow
from compliance_app.rules.audit import Event
from compliance_app.rules.errors import (
    AlreadyGivenError,
    InputError,
    NotAuthorError,
    NotFoundError,
    ReasonMissingError,
    StateError,
    SubmissionKeyReusedError,
)
from compliance_app.rules.routing import Route
from compliance_app.rules.workflow import DecisionKind, State
from compliance_app.services import claims
from compliance_app.services.assessing import Judgement, judge
from compliance_app.services.claims import Claim
from compliance_app.services.policies import policy_on
from compliance_app.services.recording import (
    add_version,
    claim_of,
    decide,
    place,
    record,
    release,
)
from compliance_app.store import gifts as store
from compliance_app.store import recipients as recipient_store
from compliance_app.store.models import Gift, Person, Recipient


def preview(
    session: Session,
    claim: Claim,
    *,
    giver_id: int,
    today: date,
    newcomers: Mapping[int, Recipient] | None = None,
    amended: Gift | None = None,
) -> Judgement:
    """Judge a claim as it would be judged if it were submitted now; nothing is written.

    `newcomers` are people the claim names that are not in the register yet; `amended` is the
    gift whose place it would take.
    """
    strangers = newcomers or {}
    _check(session, claim, today=today, newcomers=frozenset(strangers))
    people = recipient_store.people_behind(session, claim.recipient_ids) | dict(strangers)
    return judge(
        session,
        claim,
        giver_id=giver_id,
        today=today,
        already_given=claim.given_on < today or (amended is not None and amended.already_given),
        recipients=people,
        again=amended,
    )


def submit(
    session: Session,
    claim: Claim,
    *,
    giver_id: int,
    actor_id: int,
    at: datetime,
    submission_key: str | None = None,
    reference: str | None = None,
) -> Gift:
    """Log a gift and hand it in: it is cleared by the policy, or goes where it is routed.

    `reference` is the one it already has elsewhere, where it comes from a file. The same
    `submission_key` again returns the gift it made. Raises InputError, or
    SubmissionKeyReusedError when the key comes with another claim.
    """
    if submission_key is not None:
        store.lock_submission(session, submission_key)
        earlier = store.find_by_submission(session, submission_key)
        if earlier is not None:
            return _same_submission(earlier, claim, giver_id, actor_id)
    _check(session, claim, today=at.date())
    _check_giver(session, giver_id)
    people = recipient_store.lock_recipients(session, claim.recipient_ids)
    _check_one_person_each(people)
    gift_id = store.next_id(session)
    gift = Gift(
        id=gift_id,
        reference=reference or store.own_reference(gift_id, at),
        state=State.SUBMITTED,
        version_number=0,
        giver_id=giver_id,
        logged_by_id=actor_id,
        already_given=claim.given_on < at.date(),
        submission_key=submission_key,
        logged_at=at,
    )
    judgement = judge(
        session,
        claim,
        giver_id=giver_id,
        today=at.date(),
        already_given=gift.already_given,
        recipients=people,
    )
    session.add(gift)
    _hand_in(session, gift, claim, judgement, actor_id=actor_id, at=at, reason="")
    record(session, gift, Event.GIFT_SUBMITTED, actor_id=actor_id, at=at)
    return gift


def amend(
    session: Session, reference: str, claim: Claim, *, reason: str, actor_id: int, at: datetime
) -> Gift:
    """Replace what was claimed by a new version, judged and routed anew; the old one stays.

    Any approval of the old version is void. Raises StateError, NotAuthorError, InputError.
    """
    gift = locked(session, reference)
    check_author(gift, actor_id, act="amend")
    workflow.check_step(reference, gift.state, State.SUBMITTED, act="amended")
    if not reason.strip():
        raise ReasonMissingError(act="amend this gift")
    _check(session, claim, today=at.date())
    happened = gift.state in {State.GIVEN, State.BREACH} or claim.given_on < at.date()
    before = [share.recipient_id for share in gift.version.shares]
    people = recipient_store.lock_recipients(session, [*claim.recipient_ids, *before])
    _check_one_person_each({wanted: people[wanted] for wanted in claim.recipient_ids})
    release(gift)
    gift.already_given = gift.already_given or happened
    judgement = judge(
        session,
        claim,
        giver_id=gift.giver_id,
        today=at.date(),
        already_given=gift.already_given,
        recipients=people,
        again=gift,
    )
    _hand_in(session, gift, claim, judgement, actor_id=actor_id, at=at, reason=reason.strip())
    record(session, gift, Event.GIFT_AMENDED, actor_id=actor_id, at=at)
    return gift


def withdraw(session: Session, reference: str, *, actor_id: int, at: datetime) -> Gift:
    """Take back a planned gift that nobody has decided on; its room is free again."""
    gift = locked(session, reference)
    check_author(gift, actor_id, act="withdraw")
    workflow.check_step(reference, gift.state, State.WITHDRAWN, act="withdrawn")
    if gift.already_given:
        raise AlreadyGivenError(
            reference=reference, act="withdrawn", way_out="Amend it where the record is wrong."
        )
    return _end(session, gift, State.WITHDRAWN, Event.GIFT_WITHDRAWN, actor_id=actor_id, at=at)


def mark_given(session: Session, reference: str, *, actor_id: int, at: datetime) -> Gift:
    """Say that an approved gift was handed over."""
    gift = locked(session, reference)
    check_author(gift, actor_id, act="mark as given")
    if gift.state is not State.APPROVED:
        raise StateError(reference=reference, state=gift.state.words, act="marked as given")
    day = gift.version.given_on
    if day > at.date():
        raise InputError(
            problems={
                "given_on": f"Gift {reference} is planned for {day.isoformat()}. Mark it on that "
                "day, or amend the date."
            }
        )
    gift.already_given = True
    return _end(session, gift, State.GIVEN, Event.GIFT_GIVEN, actor_id=actor_id, at=at)


def cancel(session: Session, reference: str, *, actor_id: int, at: datetime) -> Gift:
    """Give up an approved gift before it is given; its room is free again."""
    gift = locked(session, reference)
    check_author(gift, actor_id, act="cancel")
    workflow.check_step(reference, gift.state, State.CANCELLED, act="cancelled")
    return _end(session, gift, State.CANCELLED, Event.GIFT_CANCELLED, actor_id=actor_id, at=at)


def mark_refused(session: Session, reference: str, *, actor_id: int, at: datetime) -> Gift:
    """Say that the recipient did not take an approved gift; its room is free again."""
    gift = locked(session, reference)
    check_author(gift, actor_id, act="mark as refused")
    workflow.check_step(reference, gift.state, State.REFUSED, act="marked as refused")
    return _end(session, gift, State.REFUSED, Event.GIFT_REFUSED, actor_id=actor_id, at=at)


def locked(session: Session, reference: str) -> Gift:
    """Lock the gift for the rest of the unit of work; raises NotFoundError."""
    gift = store.lock_gift(session, reference)
    if gift is None:
        raise NotFoundError(what=f"gift {reference}")
    return gift


def check_author(gift: Gift, actor_id: int, *, act: str) -> None:
    """Raise NotAuthorError unless the actor gave the gift, logged it or took it over."""
    if actor_id not in {gift.giver_id, gift.logged_by_id, gift.handed_to_id}:
        raise NotAuthorError(reference=gift.reference, act=act)


def _hand_in(
    session: Session,
    gift: Gift,
    claim: Claim,
    judgement: Judgement,
    *,
    actor_id: int,
    at: datetime,
    reason: str,
) -> None:
    """Write the version with its verdicts and put the gift where its route leads."""
    add_version(session, gift, claim, judgement, actor_id=actor_id, at=at, reason=reason)
    gift.submitted_at = at
    gift.route = judgement.route
    gift.state = State.SUBMITTED
    if judgement.route is Route.CLEARED:
        gift.state = State.GIVEN if gift.already_given else State.APPROVED
        decide(
            session, gift, DecisionKind.AUTO_CLEAR, actor_id=None, at=at, reason=_cleared(judgement)
        )
    place(gift, over_limit=judgement.over_limit)


def _cleared(judgement: Judgement) -> str:
    return (
        "Within the limit, under the auto-clear ceiling and without a flag "
        f"(policy {judgement.policy.sha256[:12]})."
    )


def _end(
    session: Session, gift: Gift, state: State, event: Event, *, actor_id: int, at: datetime
) -> Gift:
    recipient_store.lock_recipients(session, [share.recipient_id for share in gift.version.shares])
    gift.state = state
    place(gift, over_limit=False)
    record(session, gift, event, actor_id=actor_id, at=at)
    return gift


def _same_submission(gift: Gift, claim: Claim, giver_id: int, actor_id: int) -> Gift:
    first = gift.versions[0]
    same = claim_of(first) == claim and (giver_id, actor_id) == (gift.giver_id, gift.logged_by_id)
    if not same:
        raise SubmissionKeyReusedError(reference=gift.reference)
    return gift


def _check(
    session: Session, claim: Claim, *, today: date, newcomers: frozenset[int] = frozenset()
) -> None:
    claims.check(claim, policy_on(session, claim.given_on), today=today)
    missing = [
        wanted
        for wanted in claim.recipient_ids
        if wanted not in newcomers and session.get(Recipient, wanted) is None
    ]
    if missing:
        raise InputError(
            problems={
                "recipients": "This recipient is not in the register. Choose a person from the "
                "list, or add them as a new recipient."
            }
        )


def _check_giver(session: Session, giver_id: int) -> None:
    giver = session.get(Person, giver_id)
    if giver is None or not giver.active:
        raise InputError(
            problems={"giver": "The giver must be an active associated person of the firm."}
        )


def _check_one_person_each(people: dict[int, Recipient]) -> None:
    if len({person.id for person in people.values()}) < len(people):
        raise InputError(
            problems={
                "recipients": "Two of these records are one and the same person. "
                "Name each recipient once."
            }
        )
