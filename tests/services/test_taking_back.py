from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from compliance_app.rules.decision_errors import (
    AlreadyDecidedError,
    NotPlainError,
    TakeBackError,
)
from compliance_app.rules.workflow import DecisionKind, State
from compliance_app.services import approvals, gifts
from compliance_app.services.recipients import room_on
from compliance_app.services.replay import replay
from compliance_app.services.taking_back import take_back
from compliance_app.store.base import db, frozen_reading, unit_of_work
from compliance_app.store.gifts import find_by_reference
from compliance_app.store.models import Gift, Recipient, TrailEvent
from tests.conftest import CAST, NOON, Cast
from tests.factories import make_claim

IN_TIME = NOON + timedelta(seconds=10)
TOO_LATE = NOON + timedelta(seconds=11)
REASON = "Ask the client first."
Work = AbstractContextManager[Session]


def submitted(cents: int, giver_id: int = CAST.rep, **more: object) -> str:
    with unit_of_work() as session:
        claim = make_claim(cents, **more)  # type: ignore[arg-type]
        return gifts.submit(session, claim, giver_id=giver_id, actor_id=giver_id, at=NOON).reference


def declined(reference: str) -> None:
    with unit_of_work() as session:
        approvals.decline(session, reference, actor_id=CAST.officer, at=NOON, reason=REASON)


def gift_of(reference: str) -> Gift:
    db.session.rollback()  # the register as it is now, not as it was at the last look
    gift = find_by_reference(db.session(), reference)
    assert gift is not None
    return gift


def left_for_morgan() -> int:
    db.session.rollback()
    morgan = db.session.get_one(Recipient, CAST.morgan)
    return room_on(db.session(), morgan, date(2026, 11, 24)).left_before_cents or 0


def test_a_decision_is_taken_back_and_both_acts_stay(work: Work, cast: Cast) -> None:
    reference = submitted(250_00)
    with unit_of_work() as session:
        approvals.approve(session, reference, actor_id=cast.officer, at=NOON)
    with work as session:
        take_back(session, reference, actor_id=cast.officer, at=IN_TIME)

    gift = gift_of(reference)
    assert gift.state is State.SUBMITTED
    assert [one.kind for one in gift.decisions] == [DecisionKind.APPROVE, DecisionKind.TAKE_BACK]
    told = db.session.scalars(select(TrailEvent.event).where(TrailEvent.subject == "gift:1"))
    assert list(told) == ["gift:submitted", "gift:decided", "gift:reopened"]
    with frozen_reading() as session:
        assert replay(session).differences == []


def test_what_was_taken_back_counts_no_more(work: Work, cast: Cast) -> None:
    reference = submitted(250_00)
    with unit_of_work() as session:
        approvals.approve(session, reference, actor_id=cast.officer, at=NOON)
    with unit_of_work() as session:
        take_back(session, reference, actor_id=cast.officer, at=NOON)
    with work as session:
        again = approvals.decline(
            session, reference, actor_id=cast.second_officer, at=NOON, reason=REASON
        )
        assert again.state is State.DECLINED


def test_after_ten_seconds_a_decision_stands(work: Work, cast: Cast) -> None:
    reference = submitted(250_00)
    declined(reference)
    with pytest.raises(TakeBackError, match="it stands after 10 seconds"), work as session:
        take_back(session, reference, actor_id=cast.officer, at=TOO_LATE)


def test_nobody_takes_back_what_another_decided(work: Work, cast: Cast) -> None:
    reference = submitted(250_00)
    declined(reference)
    with pytest.raises(TakeBackError, match="you took no decision on it last"), work as session:
        take_back(session, reference, actor_id=cast.second_officer, at=NOON)


def test_what_followed_on_a_decision_keeps_it(work: Work, cast: Cast) -> None:
    reference = submitted(250_00, given_on=NOON.date())
    with unit_of_work() as session:
        approvals.approve(session, reference, actor_id=cast.officer, at=NOON)
    with unit_of_work() as session:
        gifts.mark_given(session, reference, actor_id=cast.rep, at=NOON)
    with pytest.raises(TakeBackError, match="something else has happened"), work as session:
        take_back(session, reference, actor_id=cast.officer, at=NOON)
    assert gift_of(reference).state is State.GIVEN


def test_room_that_went_to_another_is_not_taken_from_them(work: Work, cast: Cast) -> None:
    first = submitted(200_00)
    declined(first)
    second = submitted(180_00, cast.other_rep)
    assert left_for_morgan() == 120_00
    with work as session:
        take_back(session, first, actor_id=cast.officer, at=NOON)
    # It waits as one over the limit and holds nothing.
    assert left_for_morgan() == 120_00
    assert [share.holds_room for share in gift_of(first).version.shares] == [False]
    assert [share.holds_room for share in gift_of(second).version.shares] == [True]


def test_the_second_to_decide_is_told_who_was_first_and_when(work: Work, cast: Cast) -> None:
    reference = submitted(250_00)
    declined(reference)
    with pytest.raises(AlreadyDecidedError) as refused, work as session:
        approvals.approve(session, reference, actor_id=cast.second_officer, at=NOON)
    assert str(refused.value) == (
        "Gift G-2026-000001 is declined, so it cannot be approved. Olga Officer decided on "
        "2026-11-21 at 17:00:00 UTC; nothing you entered was recorded."
    )


def test_a_flagged_gift_is_not_approved_with_others(work: Work, cast: Cast) -> None:
    submitted(20_00)
    flagged = submitted(150_00, cast.other_rep)
    with pytest.raises(NotPlainError, match="2 people of the firm gave"), work as session:
        approvals.approve(session, flagged, actor_id=cast.officer, at=NOON, only_plain=True)
