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
from compliance_app.rules.identity_errors import FoundSinceError
from compliance_app.rules.workflow import State
from compliance_app.services import claims
from compliance_app.services.assessing import (
    Judgement,
    Occasion,
    adds_names,
    judge,
    judge_now,
    looked_at_since,
)
from compliance_app.services.claims import Claim
from compliance_app.services.findings import settle_all
from compliance_app.services.memory_ledger import MemoryLedger
from compliance_app.services.policies import policy_of, policy_on
from compliance_app.services.recording import (
    Outcome,
    claim_of,
    place,
    record,
    record_rows,
    release,
    rows_needed,
    version_rows,
)
from compliance_app.services.submitted import Submitted
from compliance_app.store import gift_rows
from compliance_app.store import gifts as store
from compliance_app.store.gift_rows import Ids, Rows
from compliance_app.store.identity import findings_of_gift
from compliance_app.store.judging import Arrival, arrive, look_up
from compliance_app.store.models import Gift
from compliance_app.store.recipient_facts import (
    RecipientFacts,
    hold_merges_off,
    lock_recipients,
    people_behind,
)


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
    _check_people(claim, people)
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


def submit(
    session: Session,
    claim: Claim,
    *,
    giver_id: int,
    actor_id: int,
    at: datetime,
    submission_key: str | None = None,
    reference: str | None = None,
    row_sha256: str | None = None,
) -> Submitted:
    """Log a gift and hand it in: it is cleared by the policy, or goes where it is routed.

    `reference` and `row_sha256` come from the file, where it comes from one. The same
    `submission_key` again returns the gift it made. Raises InputError, or
    SubmissionKeyReusedError when the key comes with another claim.
    """
    arrival = arrive(
        session,
        claim.recipient_ids,
        day=claim.given_on,
        giver_id=giver_id,
        actor_id=actor_id,
        submission_key=submission_key,
    )
    if arrival.earlier_id is not None:
        earlier = session.get_one(Gift, arrival.earlier_id)
        return _same_submission(earlier, claim, giver_id, actor_id)
    outcome, ids = _judge_arrival(session, arrival, claim, giver_id=giver_id, today=at.date())
    gift_id = next(ids[Gift])
    rows = version_rows(gift_id, outcome, ids, claim, actor_id=actor_id, at=at)
    whose = {"giver_id": giver_id, "logged_by_id": actor_id, "handed_to_id": None}
    keys = {
        "id": gift_id,
        "reference": reference or store.own_reference(gift_id, at),
        "submission_key": submission_key,
        "row_sha256": row_sha256,
    }
    rows[Gift] = [{**keys, **whose, "logged_at": at, **outcome.gift_values(at)}]
    plain = gift_rows.plain_rows(rows)
    gift_rows.write(session, plain)
    record_rows(session, plain, Event.GIFT_SUBMITTED, actor_id=actor_id, at=at)
    return Submitted(rows, outcome.judgement)


def _judge_arrival(
    session: Session, arrival: Arrival, claim: Claim, *, giver_id: int, today: date
) -> tuple[Outcome, Ids]:
    """Check and judge a claim whose people are locked; the ids are those for its rows."""
    policy = policy_of(session, arrival.policy_hashes, claim.given_on)
    claims.check(claim, policy, today=today)
    if not arrival.giver_is_active:
        sentence = "The giver must be an active associated person of the firm."
        raise InputError(problems={"giver": sentence})
    known = look_up(
        session,
        arrival,
        since=looked_at_since(policy, claim.given_on),
        also=gift_rows.ids_wanted(session, rows_needed(len(claim.recipient_ids))),
    )
    _check_people(claim, known.people)
    happened = claim.given_on < today
    occasion = Occasion(giver_id, today, already_given=happened, suspects=known.suspects)
    ledger = MemoryLedger(known.shares)
    judgement = judge(claim, occasion, policy=policy, people=known.people, ledger=ledger)
    return Outcome(1, happened, judgement), gift_rows.ids_in(session, known.also)


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
    _check_people(claim, people)
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
    ids = gift_rows.take_ids(session, rows_needed(len(judgement.shares), gifts=0))
    rows = version_rows(
        gift.id, outcome, ids, claim, actor_id=actor_id, at=at, reason=reason.strip()
    )
    _put_in_force(session, gift, outcome, rows, at=at)
    record(session, gift, Event.GIFT_AMENDED, actor_id=actor_id, at=at)
    done = "The gift was amended and judged anew."
    settle_all(session, gift, reason=done, actor_id=actor_id, at=at)
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
    session: Session, gift: Gift, outcome: Outcome, rows: Rows, *, at: datetime
) -> None:
    """Put a version in the place of the one before, which frees its room."""
    release(gift)
    for name, value in outcome.gift_values(at).items():
        setattr(gift, name, value)
    gift_rows.write(session, gift_rows.plain_rows(rows))
    session.expire(gift)


def _end(
    session: Session, gift: Gift, state: State, event: Event, *, actor_id: int, at: datetime
) -> Gift:
    lock_recipients(session, [share.recipient_id for share in gift.version.shares])
    gift.state = state
    place(gift, over_limit=False)
    record(session, gift, event, actor_id=actor_id, at=at)
    settle_all(session, gift, reason=f"The gift is {state.words}.", actor_id=actor_id, at=at)
    return gift


def _same_submission(gift: Gift, claim: Claim, giver_id: int, actor_id: int) -> Submitted:
    first = gift.versions[0]
    same = claim_of(first) == claim and (giver_id, actor_id) == (gift.giver_id, gift.logged_by_id)
    if not same:
        raise SubmissionKeyReusedError(reference=gift.reference)
    return Submitted(gift_rows.rows_of(gift))


def _check_people(claim: Claim, people: Mapping[int, RecipientFacts]) -> None:
    """Raise InputError unless everybody named is in the register, and each once."""
    if len(people) < len(claim.recipient_ids):
        sentence = (
            "This recipient is not in the register. Choose a person from the "
            "list, or add them as a new recipient."
        )
        raise InputError(problems={"recipients": sentence})
    if len({person.id for person in people.values()}) < len(people):
        sentence = "Two of these records are one and the same person. Name each recipient once."
        raise InputError(problems={"recipients": sentence})
