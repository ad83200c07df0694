"""Handing in a gift: its people locked, read, judged, written and told to the trail at once.

Where writers wait for a turn, it is judged before that as well; the turn takes what came of it
only where it reads the very same.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.errors import InputError, RuleError, SubmissionKeyReusedError
from compliance_app.rules.policy import Policy
from compliance_app.services import claims
from compliance_app.services.assessing import Occasion, judge, looked_at_since
from compliance_app.services.claims import Claim
from compliance_app.services.foresight import Foresight
from compliance_app.services.memory_ledger import MemoryLedger
from compliance_app.services.policies import policy_of
from compliance_app.services.recording import Outcome, claim_of, record_rows
from compliance_app.services.submitted import Submitted
from compliance_app.services.version_rows import (
    Unnumbered,
    numbered,
    numbers_for,
    rows_needed,
    unnumbered,
)
from compliance_app.store import gift_rows
from compliance_app.store import gifts as store
from compliance_app.store.base import before_turn
from compliance_app.store.gift_rows import Ids
from compliance_app.store.judging import Arrival, Known, arrive, look_up
from compliance_app.store.models import Gift
from compliance_app.store.recipient_facts import RecipientFacts

# With more shares than this in view somebody is given to so often that what is foreseen for them
# seldom holds; they are judged in the turn alone.
OFTEN = 25
_given_to_often: set[int] = set()


class Submission(NamedTuple):
    """What is handed in, by whom and when; `key` is the form's, `row_sha256` the file's."""

    claim: Claim
    giver_id: int
    actor_id: int
    at: datetime
    key: str | None
    row_sha256: str | None


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
    submission = Submission(claim, giver_id, actor_id, at, submission_key, row_sha256)
    foresight = Foresight()
    with before_turn(session) as reading:
        if reading is not None and _given_to_often.isdisjoint(claim.recipient_ids):
            _foresee(reading, submission, foresight)
    arrival = _arrive(session, submission)
    if arrival.earlier_id is not None:
        return _same_submission(session.get_one(Gift, arrival.earlier_id), submission)
    judged, ids = _judge_arrival(session, submission, arrival, foresight)
    gift_id = next(ids[Gift])
    numbers = numbers_for(judged.rows, gift_id, ids)
    numbers[Gift] = [{"id": gift_id, "reference": reference or store.own_reference(gift_id, at)}]
    plain = numbered(judged.plain, numbers)
    gift_rows.write(session, plain)
    record_rows(session, plain, Event.GIFT_SUBMITTED, actor_id=actor_id, at=at)
    return Submitted(numbered(judged.rows, numbers), judged.judgement)


def _foresee(reading: Session, submission: Submission, foresight: Foresight) -> None:
    """Judge a submission as it would be judged now, so that its turn need not."""
    # What is wrong with it is said when it is judged in its turn.
    with suppress(RuleError):
        arrival = _arrive(reading, submission)
        if arrival.earlier_id is None:
            _judge_arrival(reading, submission, arrival, foresight)


def _arrive(session: Session, submission: Submission) -> Arrival:
    return arrive(
        session,
        submission.claim.recipient_ids,
        day=submission.claim.given_on,
        giver_id=submission.giver_id,
        actor_id=submission.actor_id,
        submission_key=submission.key,
    )


def _judge_arrival(
    session: Session, submission: Submission, arrival: Arrival, foresight: Foresight
) -> tuple[Unnumbered, Ids]:
    """Check and judge a claim whose people are locked; the ids are those for its rows."""
    claim = submission.claim
    policy = policy_of(session, arrival.policy_hashes, claim.given_on)
    foresight.of(_check, submission, policy, arrival.giver_is_active)
    known, taken = look_up(
        session,
        arrival,
        since=looked_at_since(policy, claim.given_on),
        also=gift_rows.ids_wanted(session, rows_needed(len(claim.recipient_ids))),
    )
    if len(known.shares) > OFTEN:
        _given_to_often.update(claim.recipient_ids)
    return foresight.of(_judge, submission, policy, known), gift_rows.ids_in(session, taken)


def _check(submission: Submission, policy: Policy, giver_is_active: bool) -> None:  # noqa: FBT001
    claims.check(submission.claim, policy, today=submission.at.date())
    if not giver_is_active:
        sentence = "The giver must be an active associated person of the firm."
        raise InputError(problems={"giver": sentence})


def _judge(submission: Submission, policy: Policy, known: Known) -> Unnumbered:
    """Return the rows a submission comes to by what is known; it reads nothing."""
    claim, giver_id, actor_id, at, key, row_sha256 = submission
    check_people(claim, known.people)
    happened = claim.given_on < at.date()
    occasion = Occasion(giver_id, at.date(), already_given=happened, suspects=known.suspects)
    ledger = MemoryLedger(known.shares)
    judgement = judge(claim, occasion, policy=policy, people=known.people, ledger=ledger)
    gift = {
        "giver_id": giver_id,
        "logged_by_id": actor_id,
        "handed_to_id": None,
        "logged_at": at,
        "submission_key": key,
        "row_sha256": row_sha256,
    }
    return unnumbered(Outcome(1, happened, judgement), claim, actor_id=actor_id, at=at, gift=gift)


def check_people(claim: Claim, people: Mapping[int, RecipientFacts]) -> None:
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


def _same_submission(gift: Gift, again: Submission) -> Submitted:
    first = gift.versions[0]
    by = gift.giver_id, gift.logged_by_id
    if claim_of(first) != again.claim or by != (again.giver_id, again.actor_id):
        raise SubmissionKeyReusedError(reference=gift.reference)
    return Submitted(gift_rows.rows_of(gift))
