"""How a report can fail to be made, and a package to be what it says."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

from compliance_app.rules.errors import PermissionMissingError, RuleError
from reports.quarter import ReconciliationError
from reports.signing import ReportKeyError


class PackageError(Exception):
    """The package is not what its manifest says; the sentence says which file and why."""


@dataclass(eq=False)
class NotReconciledError(RuleError):
    """A report whose totals are not the sums of its shares is never handed over."""

    why: str
    code: ClassVar[str] = "not-reconciled"

    def __str__(self) -> str:
        return f"No report was made, because its numbers do not agree. {self.why}"


@dataclass(eq=False)
class NotWrittenError(RuleError):
    """The disk did not take the files of a report, so none of them is kept."""

    why: str
    code: ClassVar[str] = "not-written"

    def __str__(self) -> str:
        return (
            f"The report could not be written ({self.why}), and no part of it was kept. "
            "Make room on the disk, or name another folder, and try again."
        )


@dataclass(eq=False)
class NotSignedError(RuleError):
    """A report that should be signed and could not be is not handed over unsigned."""

    why: str
    code: ClassVar[str] = "not-signed"

    def __str__(self) -> str:
        return self.why


@dataclass(eq=False)
class CanceledError(RuleError):
    """Somebody canceled the report while it was made."""

    code: ClassVar[str] = "canceled"

    def __str__(self) -> str:
        return "The report was canceled; nothing of it was kept."


@dataclass(eq=False)
class OutsideScopeError(PermissionMissingError):
    """The account is for reports about one part of the firm, and this is about another."""

    scope: str
    code: ClassVar[str] = "outside-scope"

    def __str__(self) -> str:
        return f"Your account is for reports about {self.scope}; choose that part of the firm."


@contextmanager
def told_apart() -> Iterator[None]:
    """Say a failure to agree, or to write, in a sentence for whoever ordered the report."""
    try:
        yield
    except ReconciliationError as error:
        raise NotReconciledError(why=str(error)) from error
    except ReportKeyError as error:
        raise NotSignedError(why=str(error)) from error
    except OSError as error:
        raise NotWrittenError(
            why=os.strerror(error.errno) if error.errno else str(error)
        ) from error
