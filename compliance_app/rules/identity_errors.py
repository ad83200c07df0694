"""How a merge, its undoing or a verdict on a pair is refused."""

from dataclasses import dataclass
from typing import ClassVar

from compliance_app.rules.errors import RuleError


@dataclass(eq=False)
class AlreadyMergedError(RuleError):
    """The record was merged into another one before."""

    name: str
    into: str
    code: ClassVar[str] = "already-merged"

    def __str__(self) -> str:
        return (
            f"{self.name} was merged into {self.into} already. Merge {self.into}, or undo that "
            "merge first."
        )


@dataclass(eq=False)
class OnePersonAlreadyError(RuleError):
    """Both records are one person already, so a merge would go in a circle."""

    name: str
    other: str
    code: ClassVar[str] = "one-person-already"

    def __str__(self) -> str:
        return f"{self.name} and {self.other} are one person already; name two different people."


@dataclass(eq=False)
class NotMergedError(RuleError):
    """There is no merge of the record to undo."""

    name: str
    code: ClassVar[str] = "not-merged"

    def __str__(self) -> str:
        return f"{self.name} is not merged into anybody. Name the record that was merged."


@dataclass(eq=False)
class FoundSinceError(RuleError):
    """A planned gift was approved before something became known that forbids it."""

    reference: str
    sentence: str
    code: ClassVar[str] = "found-since"

    def __str__(self) -> str:
        return (
            f"Gift {self.reference} may not be given as it was approved: {self.sentence} "
            "Amend or cancel it, or ask a compliance officer to settle it."
        )


@dataclass(eq=False)
class PairDecidedError(RuleError):
    """The two records of the pair are one person by now."""

    code: ClassVar[str] = "pair-merged"

    def __str__(self) -> str:
        return "These two are merged. Undo the merge first, on the page of the person."
