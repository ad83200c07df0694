"""What is refused about client firms and their people; the base is in `errors`."""

from dataclasses import dataclass
from typing import ClassVar

from compliance_app.rules.errors import RuleError


@dataclass(eq=False)
class EmployerLoopError(RuleError):
    """A firm cannot be above itself, however many firms lie between."""

    name: str
    code: ClassVar[str] = "employer-loop"

    def __str__(self) -> str:
        return f"{self.name} cannot be the parent: its own parents lead back to this firm."


@dataclass(eq=False)
class EmployerTakenError(RuleError):
    """A client firm of this name is in the register already."""

    name: str
    code: ClassVar[str] = "employer-taken"

    def __str__(self) -> str:
        return f"{self.name} is in the register already. Choose that firm, or give another name."


@dataclass(eq=False)
class NotCoveredError(RuleError):
    """Only who covers an account today, or compliance, may change what is known of it."""

    name: str
    code: ClassVar[str] = "not-covered"
    recorded: ClassVar[bool] = True

    def __str__(self) -> str:
        return (
            f"You do not cover {self.name} today, so you cannot change it. "
            "Ask who covers it, or a compliance officer."
        )


@dataclass(eq=False)
class AlreadyUndoneError(RuleError):
    """An import is undone once."""

    import_id: int
    code: ClassVar[str] = "already-undone"

    def __str__(self) -> str:
        return f"Import {self.import_id} was undone before; import the file again if it is needed."
