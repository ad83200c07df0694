"""What is wrong with a document somebody wrote: every problem by its line, key and remedy."""

from collections.abc import Sequence
from typing import NamedTuple


class Problem(NamedTuple):
    """One thing wrong with a document: where, and what would be right."""

    line: int
    key: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.key}{': ' if self.key else ''}{self.message}"


class DocumentError(ValueError):
    """A document that cannot be used; `problems` lists why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(tuple(problems))
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)
