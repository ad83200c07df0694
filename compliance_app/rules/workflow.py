"""What a gift may become, and which states hold room in the recipient's limit.

A gift is planned (its day has not passed: pre-clearance) or already given (recorded
whatever anybody decides), so a given gift counts even where a planned one would not.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from compliance_app.rules.decision_errors import TakeBackError
from compliance_app.rules.errors import StateError


class State(StrEnum):
    """Where a gift stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    GIVEN = "given"
    BREACH = "breach"
    RETURNED = "returned"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    DISCARDED = "discarded"

    @property
    def words(self) -> str:
        """Return the state as people say it."""
        return self.value.replace("_", " ")


class DecisionKind(StrEnum):
    """What a person, or the policy itself, decided on a gift."""

    AUTO_CLEAR = "auto_clear"
    APPROVE = "approve"
    DECLINE = "decline"
    SEND_BACK = "send_back"
    GRANT_EXCEPTION = "grant_exception"
    RECORD_BREACH = "record_breach"
    RECORD_GIVEN = "record_given"
    TAKE_BACK = "take_back"

    @property
    def words(self) -> str:
        """Return the decision as people say it."""
        return {
            DecisionKind.AUTO_CLEAR: "cleared by the policy",
            DecisionKind.APPROVE: "approved",
            DecisionKind.DECLINE: "declined",
            DecisionKind.SEND_BACK: "sent back",
            DecisionKind.GRANT_EXCEPTION: "exception granted",
            DecisionKind.RECORD_BREACH: "breach recorded",
            DecisionKind.RECORD_GIVEN: "recorded as given",
            DecisionKind.TAKE_BACK: "taken back",
        }[self]


# An amendment makes a new version, which is submitted and assessed anew.
NEXT: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.SUBMITTED, State.DISCARDED}),
    State.SUBMITTED: frozenset(
        {
            State.SUBMITTED,
            State.APPROVED,
            State.GIVEN,
            State.DECLINED,
            State.SENT_BACK,
            State.WITHDRAWN,
            State.BREACH,
        }
    ),
    State.SENT_BACK: frozenset({State.SUBMITTED, State.WITHDRAWN}),
    # Sent back only by an officer, where something came to light since it was approved.
    State.APPROVED: frozenset(
        {State.GIVEN, State.CANCELLED, State.REFUSED, State.SUBMITTED, State.SENT_BACK}
    ),
    State.GIVEN: frozenset({State.RETURNED, State.SUBMITTED, State.BREACH}),
    State.BREACH: frozenset({State.RETURNED, State.SUBMITTED}),
    State.RETURNED: frozenset(),
    State.DECLINED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.CANCELLED: frozenset(),
    State.REFUSED: frozenset(),
    State.DISCARDED: frozenset(),
}

# What is waiting holds room so that two people cannot both be cleared for the last dollars.
RESERVING = frozenset({State.SUBMITTED, State.APPROVED})
# Returned value stays counted until a later rule says otherwise: the safe reading.
COUNTING = frozenset({State.GIVEN, State.BREACH, State.RETURNED})
# Already given, so it counts whatever was decided.
COUNTING_IF_GIVEN = frozenset({State.SUBMITTED, State.SENT_BACK, State.APPROVED, State.DECLINED})
PENDING = frozenset({State.SUBMITTED, State.SENT_BACK})

# How long whoever decided may take the decision back; after that it stands.
TAKE_BACK_WITHIN = timedelta(seconds=10)


class Decided(Protocol):
    """A decision, as far as it is asked whether it stands."""

    @property
    def kind(self) -> DecisionKind:
        """Return what was decided."""


D = TypeVar("D", bound=Decided)


def check_step(reference: str, state: State, wanted: State, *, act: str) -> None:
    """Raise StateError unless `state` may become `wanted`; `act` is the past participle."""
    if wanted not in NEXT[state]:
        raise StateError(reference=reference, state=state.words, act=act)


def standing(decisions: Iterable[D]) -> list[D]:
    """Return the decisions that stand: without those taken back, and without the taking back."""
    stands: list[D] = []
    for decision in decisions:
        if decision.kind is not DecisionKind.TAKE_BACK:
            stands.append(decision)
        elif stands:
            stands.pop()
    return stands


def check_take_back(
    reference: str, *, is_own: bool, is_latest: bool, decided_at: datetime | None, at: datetime
) -> None:
    """Raise TakeBackError unless a decision may be taken back.

    Only by whoever took it, only within the time, and only as long as nothing followed on it.
    """
    if decided_at is None or not is_own:
        raise TakeBackError(reference=reference, why="you took no decision on it last")
    if not is_latest:
        raise TakeBackError(reference=reference, why="something else has happened to it since")
    if at - decided_at > TAKE_BACK_WITHIN:
        seconds = int(TAKE_BACK_WITHIN.total_seconds())
        raise TakeBackError(reference=reference, why=f"it stands after {seconds} seconds")


def due_on(submitted_on: date, days_until_due: int) -> date:
    """Return the day by which the firm wants a request decided."""
    return submitted_on + timedelta(days=days_until_due)


def holds_room(state: State, *, already_given: bool, over_limit: bool) -> bool:
    """Say whether a gift's counted value takes room in the recipient's limit.

    A planned gift over the limit is recorded but holds nothing: it cannot be approved, and
    it must not keep others from the room that is really left.
    """
    if already_given:
        return state in COUNTING or state in COUNTING_IF_GIVEN
    if state in RESERVING:
        return not over_limit
    return state in COUNTING
