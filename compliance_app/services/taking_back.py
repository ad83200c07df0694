"""Taking a decision back within seconds: the gift waits again, and both acts stay in the trail."""

from datetime import datetime

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.workflow import DecisionKind, State, check_take_back
from compliance_app.services.approvals import close, judge_again
from compliance_app.services.gifts import locked
from compliance_app.services.recording import decide, reassess
from compliance_app.store import audit
from compliance_app.store.models import Gift


def take_back(session: Session, reference: str, *, actor_id: int, at: datetime) -> Gift:
    """Let the gift wait again as if the actor's own decision had not been taken.

    It is judged anew under lock: where its room was given to somebody else in between, it
    waits as one over the limit and holds nothing. Raises TakeBackError.
    """
    gift = locked(session, reference)
    last = gift.decisions[-1] if gift.decisions else None
    check_take_back(
        reference,
        is_own=last is not None and last.decided_by_id == actor_id,
        is_latest=_is_latest(session, gift),
        decided_at=last.decided_at if last else None,
        at=at,
    )
    reassess(session, gift, judge_again(session, gift, at=at), at=at)
    gift.state = State.SUBMITTED
    decide(session, gift, DecisionKind.TAKE_BACK, actor_id=actor_id, at=at, reason="")
    return close(session, gift, actor_id=actor_id, at=at, event=Event.GIFT_REOPENED)


def _is_latest(session: Session, gift: Gift) -> bool:
    """Say whether the last thing that happened to the gift is a decision."""
    newest = audit.last_of(session, f"gift:{gift.id}")
    return newest is not None and newest.event == Event.GIFT_DECIDED
