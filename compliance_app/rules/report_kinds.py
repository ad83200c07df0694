"""The kinds of report that are handed over, and what each may tell its reader."""

from enum import StrEnum

from compliance_app.rules.scopes import ScopeKind


class ReportKind(StrEnum):
    """What a report is; its value begins the names of its files."""

    REGISTER = "register"
    RECIPIENT = "recipient-statement"
    EMPLOYER = "employer-statement"
    GIVER = "giver-year"
    AUDIT = "audit-extract"
    POLICY = "policy-history"

    @property
    def words(self) -> str:
        """Return the kind as people say it."""
        return {
            ReportKind.REGISTER: "Gifts and gratuities register",
            ReportKind.RECIPIENT: "Recipient statement",
            ReportKind.EMPLOYER: "Employer statement",
            ReportKind.GIVER: "Giver's year",
            ReportKind.AUDIT: "Audit extract",
            ReportKind.POLICY: "Policy history",
        }[self]

    @property
    def noun(self) -> str:
        """Return what the kind is called in the middle of a sentence."""
        return "package" if self is ReportKind.REGISTER else self.words.lower()

    @property
    def is_for_the_client(self) -> bool:
        """Say whether it leaves the firm for a client, who is told nothing about others."""
        return self is ReportKind.EMPLOYER


class JobState(StrEnum):
    """Where a report that is made behind the page stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def is_over(self) -> bool:
        """Say whether nothing more will happen to it."""
        return self not in {JobState.WAITING, JobState.RUNNING}


# Kinds that list no gift, or only name them, come without a table of shares.
WITHOUT_TABLES = frozenset({ReportKind.AUDIT, ReportKind.POLICY})
# The one scope a kind is about, where it is not free.
SCOPE_OF: dict[ReportKind, ScopeKind] = {
    ReportKind.RECIPIENT: ScopeKind.RECIPIENT,
    ReportKind.EMPLOYER: ScopeKind.EMPLOYER,
    ReportKind.GIVER: ScopeKind.GIVER,
    ReportKind.POLICY: ScopeKind.FIRM,
}
