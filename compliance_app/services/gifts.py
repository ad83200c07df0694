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
)
from compliance_app.rules.identity_errors import FoundSinceError
from compliance_app.rules.workflow import State
from compliance_app.services import claims
from compliance_app.services.assessing import (
    Judgement,
    Occasion,
    adds_names,
    judge_now,
)
from compliance_app.services.claims import Claim
from compliance_app.services.noticing import settle_after
from compliance_app.services.policies import policy_on
from compliance_app.services.recording import (
    Outcome,
    place,
    record,
    release,
)
from compliance_app.services.submitting import check_people, submit
from compliance_app.services.version_rows import (
    Unnumbered,
    numbered,
    numbers_for,
    rows_needed,
    unnumbered,
)
from compliance_app.store import gift_rows
from compliance_app.store import gifts as store
from compliance_app.store.identity import findings_of_gift
from compliance_app.store.models import Gift
from compliance_app.store.recipient_facts import (
    RecipientFacts,
    hold_merges_off,
    lock_recipients,
    people_behind,
)

__all__ = [
    "amend",
    "cancel",
    "check_author",
    "locked",
    "mark_given",
    "mark_refused",
    "preview",
    "submit",
    "withdraw",
]


def preview(
    session: Session,
    claim: Claim,
    *,
    giver_id: int,
    today: date,
    newcomers: Mapping[int, RecipientFacts] | None = None,
    amended: Gift | None = None,
) -> Judgement:
    """Judge a claim as it would be judged if it were submitted now; nothing is written.

    `newcomers` are people the claim names that are not in the register yet; `amended` is the
    gift whose place it would take.
    """
    policy = policy_on(session, claim.given_on)
    claims.check(claim, policy, today=today)
    people = people_behind(session, claim.recipient_ids) | dict(newcomers or {})
    check_people(claim, people)
    occasion = Occasion(giver_id, today, already_given=claim.given_on < today)
    if amended is None:
        return judge_now(session, claim, occasion, policy=policy, people=people)
    occasion = occasion._replace(
        already_given=occasion.already_given or amended.already_given,
        names_added=adds_names(claim, amended),
    )
    return judge_now(
        session, claim, occasion, policy=policy, people=people, except_gift_id=amended.id
    )


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
    policy = policy_on(session, claim.given_on)
    claims.check(claim, policy, today=at.date())
    before = [share.recipient_id for share in gift.version.shares]
    locked_people = lock_recipients(session, [*claim.recipient_ids, *before])
    people = {one: who for one, who in locked_people.items() if one in claim.recipient_ids}
    check_people(claim, people)
    happened = gift.state in {State.GIVEN, State.BREACH} or claim.given_on < at.date()
    occasion = Occasion(
        gift.giver_id,
        at.date(),
        already_given=gift.already_given or happened,
        names_added=adds_names(claim, gift),
    )
    judgement = judge_now(
        session, claim, occasion, policy=policy, people=people, except_gift_id=gift.id
    )
    outcome = Outcome(gift.version_number + 1, occasion.already_given, judgement)
    version = unnumbered(outcome, claim, actor_id=actor_id, at=at, reason=reason.strip())
    _put_in_force(session, gift, outcome, version, at=at)
    record(session, gift, Event.GIFT_AMENDED, actor_id=actor_id, at=at)
    done = "The gift was amended and judged anew."
    settle_after(session, gift, reason=done, actor_id=actor_id, at=at, before=before)
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
    for finding in findings_of_gift(session, gift.id):
        raise FoundSinceError(reference=reference, sentence=finding.sentence)
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
    # Before the gift: a merge waits for whoever holds this, and may have to name the gift.
    hold_merges_off(session)
    gift = store.lock_gift(session, reference)
    if gift is None:
        raise NotFoundError(what=f"gift {reference}")
    return gift


def check_author(gift: Gift, actor_id: int, *, act: str) -> None:
    """Raise NotAuthorError unless the actor gave the gift, logged it or took it over."""
    if actor_id not in {gift.giver_id, gift.logged_by_id, gift.handed_to_id}:
        raise NotAuthorError(reference=gift.reference, act=act)


def _put_in_force(
    session: Session, gift: Gift, outcome: Outcome, version: Unnumbered, *, at: datetime
) -> None:
    """Put a version in the place of the one before, which frees its room."""
    release(gift)
    for name, value in outcome.gift_values(at).items():
        setattr(gift, name, value)
    ids = gift_rows.take_ids(session, rows_needed(len(version.judgement.shares), gifts=0))
    gift_rows.write(session, numbered(version.plain, numbers_for(version.rows, gift.id, ids)))
    session.expire(gift)


def _end(
    session: Session, gift: Gift, state: State, event: Event, *, actor_id: int, at: datetime
) -> Gift:
    lock_recipients(session, [share.recipient_id for share in gift.version.shares])
    gift.state = state
    place(gift, over_limit=False)
    record(session, gift, event, actor_id=actor_id, at=at)
    settle_after(session, gift, reason=f"The gift is {state.words}.", actor_id=actor_id, at=at)
    return gift
