"""Checking the trail, and recording attempts that the rules refused."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from compliance_app.rules.audit import GENESIS, Event
from compliance_app.rules.errors import RuleError
from compliance_app.store import audit as store


@dataclass(frozen=True, slots=True)
class TrailCheck:
    """What a check of the whole trail found; `problem` is None where all is well."""

    events: int
    head_sha256: str
    problem: str | None


def verify(session: Session) -> TrailCheck:
    """Check every event's seal and its link to the one before, and name the first wrong one."""
    number, previous = 0, GENESIS
    for row in store.events(session):
        number += 1
        if row.number != number:
            return TrailCheck(number - 1, previous, f"Event {number} is missing from the trail.")
        if row.previous_sha256 != previous:
            return TrailCheck(
                number - 1,
                previous,
                f"Event {number} is not linked to the event before it: one of them was replaced.",
            )
        if store.seal_of(row) != row.sha256:
            return TrailCheck(
                number - 1, previous, f"Event {number} was changed after it was written."
            )
        previous = row.sha256
    head = store.head(session)
    if (head.number, head.sha256) != (number, previous):
        return TrailCheck(
            number, previous, f"The trail ends at event {number}, but {head.number} were written."
        )
    return TrailCheck(number, previous, None)


def record_refusal(
    session: Session, error: RuleError, *, actor_id: int | None, at: datetime, attempted: str
) -> None:
    """Record that somebody tried what the rules refuse; `attempted` is the request's path."""
    store.append(
        session,
        Event.ATTEMPT_REFUSED,
        actor_id=actor_id,
        at=at,
        subject=f"attempt:{error.code}",
        body={"attempted": attempted, "code": error.code, "sentence": str(error)},
    )
