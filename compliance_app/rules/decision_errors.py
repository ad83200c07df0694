"""How a decision is refused by what others did, by the time, or by what there is to look at."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from compliance_app.rules.errors import RuleError, StateError


@dataclass(eq=False)
class AlreadyDecidedError(StateError):
    """Somebody was faster: it says who decided, and when."""

    decided_by: str
    decided_at: datetime
    code: ClassVar[str] = "already-decided"

    def __str__(self) -> str:
        when = f"{self.decided_at.astimezone(UTC):%Y-%m-%d at %H:%M:%S} UTC"
        return (
            f"{super().__str__()} {self.decided_by} decided on {when}; "
            "nothing you entered was recorded."
        )


@dataclass(eq=False)
class TakeBackError(RuleError):
    """A decision cannot be taken back (any more)."""

    reference: str
    why: str
    code: ClassVar[str] = "take-back"

    def __str__(self) -> str:
        return (
            f"The decision on gift {self.reference} cannot be taken back: {self.why}. "
            "What was decided stays; the giver may amend the gift."
        )


@dataclass(eq=False)
class NotPlainError(RuleError):
    """A gift with something to look at is decided on by itself, not with others."""

    reference: str
    why: str
    code: ClassVar[str] = "not-plain"

    def __str__(self) -> str:
        return f"Gift {self.reference} was not approved with the others: {self.why}"
