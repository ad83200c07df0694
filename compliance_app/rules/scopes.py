"""Whose gifts a report is about: the whole firm's, or those of one part of it."""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_PLAIN: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_LONGEST: Final = 40


class ScopeKind(StrEnum):
    """What a report is narrowed to."""

    FIRM = "firm"
    EMPLOYER = "employer"
    GIVER = "giver"
    OFFICE = "office"
    RECIPIENT = "recipient"


@dataclass(frozen=True, slots=True)
class Scope:
    """One part of the register: `key` is the number of its row, or the name of an office."""

    kind: ScopeKind = ScopeKind.FIRM
    key: str = ""
    name: str = ""

    @property
    def words(self) -> str:
        """Return the scope as a report names it."""
        if self.kind is ScopeKind.FIRM:
            return "The whole firm"
        return f"{self.kind.value.capitalize()}: {self.name}"

    @property
    def noun(self) -> str:
        """Return what the scope is called in the middle of a sentence."""
        return "the whole firm" if self.kind is ScopeKind.FIRM else f"the {self.kind} {self.name}"

    def is_same(self, other: "Scope") -> bool:
        """Say whether both are the same part, whatever it is called."""
        return (self.kind, self.key) == (other.kind, other.key)

    @property
    def suffix(self) -> str:
        """Return what file names add for the scope: nothing, or such as `-employer-12`."""
        return "" if self.kind is ScopeKind.FIRM else f"-{self.kind.value}-{_slug(self.key)}"

    @property
    def number(self) -> int:
        """Return the number of the row the scope is about."""
        return int(self.key)


def _slug(text: str) -> str:
    """Return a text as a part of a file name on any system; what is lost is told by a hash."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_LONGEST].strip("-")
    if _PLAIN.fullmatch(text):
        return plain
    return "-".join(filter(None, (plain, hashlib.sha256(text.encode()).hexdigest()[:8])))


WHOLE_FIRM: Final = Scope()


def kept_scope(kind: str | None, key: str | None) -> Scope | None:
    """Return the part of the firm that is kept in two columns, None where none is."""
    return Scope(ScopeKind(kind), key or "") if kind else None
