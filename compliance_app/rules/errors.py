"""Every way of being refused: a class each, with a code for programs and a sentence for people.

Faces translate families, never single classes: `NotFoundError` is 404, `InputError` 422,
any other `RuleError` 409. A `recorded` refusal leaves an event in the trail.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar


@dataclass(eq=False)
class RuleError(Exception):
    """An order the rules refuse."""

    code: ClassVar[str] = "refused"
    recorded: ClassVar[bool] = False

    def __str__(self) -> str:
        """Return the sentence for the person."""
        return "This is not allowed."


@dataclass(eq=False)
class NotFoundError(RuleError):
    """The thing does not exist, or not for this person."""

    what: str
    code: ClassVar[str] = "not-found"

    def __str__(self) -> str:
        return f"There is no {self.what} that you may see."


@dataclass(eq=False)
class InputError(RuleError):
    """Input of the wrong shape or meaning; `problems` maps a field to its sentence."""

    problems: dict[str, str] = field(default_factory=dict)
    code: ClassVar[str] = "input"

    def __str__(self) -> str:
        return " ".join(self.problems.values())


@dataclass(eq=False)
class OwnDecisionError(RuleError):
    """Four eyes: nobody decides on a gift they gave, logged or received."""

    reference: str
    part: str
    code: ClassVar[str] = "own-decision"
    recorded: ClassVar[bool] = True

    def __str__(self) -> str:
        return (
            f"You {self.part} gift {self.reference}, so somebody else must decide on it "
            "(FINRA Rule 3110(b)(6))."
        )


@dataclass(eq=False)
class SubordinateDecisionError(RuleError):
    """Nobody decides on a gift of the person they report to."""

    reference: str
    giver: str
    part: str = "gave"
    code: ClassVar[str] = "subordinate-decision"
    recorded: ClassVar[bool] = True

    def __str__(self) -> str:
        return (
            f"You report to {self.giver}, who {self.part} gift {self.reference}; somebody outside "
            "that reporting line must decide on it (FINRA Rule 3110(b)(6))."
        )


@dataclass(eq=False)
class NotYourDecisionError(RuleError):
    """The gift is routed to somebody else."""

    reference: str
    awaited: str
    code: ClassVar[str] = "not-your-decision"
    recorded: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"Gift {self.reference} waits for {self.awaited}, not for you."


@dataclass(eq=False)
class SameOfficerError(RuleError):
    """An exception takes two different officers."""

    reference: str
    code: ClassVar[str] = "same-officer"
    recorded: ClassVar[bool] = True

    def __str__(self) -> str:
        return (
            f"You already agreed to the exception for gift {self.reference}; "
            "a second officer must confirm it."
        )


@dataclass(eq=False)
class StateError(RuleError):
    """The gift's state does not allow this act."""

    reference: str
    state: str
    act: str
    code: ClassVar[str] = "state"

    def __str__(self) -> str:
        return f"Gift {self.reference} is {self.state}, so it cannot be {self.act}."


@dataclass(eq=False)
class OverLimitError(RuleError):
    """An approval would pass the limit; `why` is the assessment's own sentence."""

    reference: str
    why: str
    way_out: str
    code: ClassVar[str] = "over-limit"
    recorded: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"Gift {self.reference} cannot be approved. {self.why} {self.way_out}"


@dataclass(eq=False)
class AlreadyGivenError(RuleError):
    """A gift that was given stays in the register, whatever anybody decides."""

    reference: str
    act: str
    way_out: str
    code: ClassVar[str] = "already-given"

    def __str__(self) -> str:
        return (
            f"Gift {self.reference} was already given, so it cannot be {self.act}. {self.way_out}"
        )


@dataclass(eq=False)
class NoExceptionError(RuleError):
    """An exception can only lift the firm's own limit, never the rule's."""

    reference: str
    code: ClassVar[str] = "no-exception"
    recorded: ClassVar[bool] = True

    def __str__(self) -> str:
        return (
            f"Gift {self.reference} is not held back by the firm's own limit alone, and the firm "
            "cannot except anybody from the rule's limit: lower the value, withdraw the gift, "
            "or name the FINRA exemption that covers it."
        )


@dataclass(eq=False)
class ReasonMissingError(RuleError):
    """A decision that has to be explained came without a reason."""

    act: str
    code: ClassVar[str] = "reason-missing"

    def __str__(self) -> str:
        return f"Say why you {self.act}; the reason is kept with the gift."


@dataclass(eq=False)
class NotAuthorError(RuleError):
    """Only the giver, or who logged it, may do this with a gift."""

    reference: str
    act: str
    code: ClassVar[str] = "not-author"
    recorded: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"Only its giver or the person who logged gift {self.reference} may {self.act} it."


@dataclass(eq=False)
class SubmissionKeyReusedError(RuleError):
    """The same form was sent twice with different contents."""

    reference: str
    code: ClassVar[str] = "submission-key-reused"

    def __str__(self) -> str:
        return (
            f"This form was already sent as gift {self.reference} with other contents. "
            "Open a new form to log another gift."
        )


@dataclass(eq=False)
class LikelyDuplicateError(RuleError):
    """A new recipient looks like somebody who is in the register; `duplicates` says who."""

    name: str
    duplicates: tuple[dict[str, int | str | None], ...]
    code: ClassVar[str] = "likely-duplicate"

    def __str__(self) -> str:
        return (
            f"{self.name} may be in the register already. Use the person that is meant, or say "
            "that this is somebody else of the same name."
        )


@dataclass(eq=False)
class OrderKeyReusedError(RuleError):
    """A program sent the key of an earlier order with another order."""

    key: str
    code: ClassVar[str] = "idempotency-key-reused"

    def __str__(self) -> str:
        return (
            f"The Idempotency-Key {self.key} was already used for another order. Send exactly the "
            "first order again, or take a new key for a new one."
        )


@dataclass(eq=False)
class PermissionMissingError(RuleError):
    """The person's role does not hold the permission."""

    permission: str
    code: ClassVar[str] = "permission-missing"
    recorded: ClassVar[bool] = True

    def __str__(self) -> str:
        return "Your role does not allow this. Ask an administrator if you need it."


@dataclass(eq=False)
class EmailTakenError(RuleError):
    """Somebody with this e-mail address is in the register already."""

    email: str
    name: str
    code: ClassVar[str] = "email-taken"

    def __str__(self) -> str:
        return f"{self.email} belongs to {self.name} already. Choose that person instead."


@dataclass(eq=False)
class ReportingLoopError(RuleError):
    """A reporting line may not lead back to its start."""

    name: str
    code: ClassVar[str] = "reporting-loop"

    def __str__(self) -> str:
        return f"{self.name} cannot be the supervisor: that reporting line would lead in a circle."


@dataclass(eq=False)
class SignInRefusedError(RuleError):
    """Wrong e-mail or password; never says which."""

    code: ClassVar[str] = "sign-in-refused"

    def __str__(self) -> str:
        return "This e-mail and password do not belong together. Check both and try again."


@dataclass(eq=False)
class HalfSignInError(RuleError):
    """The code came too long after the password."""

    code: ClassVar[str] = "half-sign-in"

    def __str__(self) -> str:
        return "Too much time has passed since the password. Sign in again, then type the code."


@dataclass(eq=False)
class LockedOutError(RuleError):
    """Too many wrong passwords in a row."""

    minutes: int
    code: ClassVar[str] = "locked-out"

    def __str__(self) -> str:
        return (
            f"Too many wrong passwords. Try again in {self.minutes} minutes, "
            "or ask an administrator for a new password."
        )


@dataclass(eq=False)
class WeakPasswordError(RuleError):
    """The password is too easy to guess."""

    least: int
    code: ClassVar[str] = "weak-password"

    def __str__(self) -> str:
        return f"Choose a password of at least {self.least} characters that is not a single word."


@dataclass(eq=False)
class NoPolicyError(RuleError):
    """No policy version is in force on the day."""

    day: date
    code: ClassVar[str] = "no-policy"

    def __str__(self) -> str:
        return f"No firm policy is in force on {self.day.isoformat()}; adopt one that covers it."


@dataclass(eq=False)
class PresentPasswordError(RuleError):
    """A password is only changed by who knows the present one."""

    code: ClassVar[str] = "present-password"

    def __str__(self) -> str:
        return "The present password is wrong. Type the one you signed in with."


@dataclass(eq=False)
class KeptFileError(RuleError):
    """A kept file is gone, or no longer what its hash says."""

    name: str
    code: ClassVar[str] = "kept-file"

    def __str__(self) -> str:
        return (
            f"{self.name} is not kept here as it was written, so it is not handed out. "
            "Produce it again, or restore it from a backup."
        )
