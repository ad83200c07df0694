"""The parts of a report in their order: what each is called, what is in it, and who writes it."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from compliance_app.rules.report_kinds import ReportKind
from reports import lists
from reports.figures import Figures
from reports.listing import Listing
from reports.method import write_method
from reports.proof import write_changes, write_events, write_proof
from reports.register import write_register, write_totals
from reports.source import QuarterReport
from reports.statement import write_given, write_given_totals
from reports.supervision import write_amendments, write_policies, write_review

_REGISTER_NOTE: Final = (
    "Every gift of the period by the recipient's employer on that day, with the recipient's running"
    " total against the limit of the day. Amounts in USD, times in UTC."
)
_TOTALS_NOTE: Final = (
    "What each recipient's gifts of the period come to, and the running total against the limit at"
    " the end of the period. Amounts in USD."
)
_EXCEPTIONS_NOTE: Final = (
    "Every gift, and every attempt, that is over a limit, was excepted from one, or is covered by"
    " an exemption of FINRA, with the finding, what was decided, and the remedy."
)
_EXCLUSIONS_NOTE: Final = "Gifts kept out of the limit, by ground, with who decided the claim."
_PENDING_NOTE: Final = (
    "Gifts that waited for a decision when the period ended, or still did when the register was"
    " read. What counts of them is reserved: it is part of the running totals."
)
_LATE_NOTE: Final = "Gifts that were logged later than the policy allows."
_AMENDMENTS_NOTE: Final = (
    "Gifts whose contents were changed after they were handed in. A clearance is void with the"
    " version it was given for; every version stays in the register."
)
_REVIEW_NOTE: Final = (
    "The decisions on the gifts of this report by who took them, the time from submission to"
    " decision, and whether the decider neither gave nor logged the gift nor reports to its giver."
    " Refused attempts are those of the period."
)
_CHANGES_NOTE: Final = (
    "What has become of the numbers since the package of the same days and scope before this one."
)
_POLICIES_NOTE: Final = "The versions of the firm's policy in force at any time of the period."
_PROOF_NOTE: Final = (
    "The state of the audit trail this report was read from, so that nobody can later say that the"
    " register had said something else."
)
_EVENTS_NOTE: Final = (
    "The events of the audit trail about the gifts of this report, their recipients and the policy."
    " The trail's part of this package holds each in full, with its proof."
)
_GIVEN_NOTE: Final = (
    "The gifts of the period that the firm's register has as given, by recipient and day. The value"
    " is what a gift counts for in that register. Amounts in USD."
)
_GIVEN_TOTALS_NOTE: Final = "What each recipient was given in the period. Amounts in USD."
_DECISIONS_NOTE: Final = "Who decided what, when and why, in the order of time."
# The summary, which comes first, is A.
LETTERS: Final = "BCDEFGHIJKLMNOPQRSTUVWXYZ"
# Enough for the whole part, so that it is read on one page.
_METHOD_ROOM: Final = 440.0
_METHOD_NOTE: Final = "How the numbers were made, how to check them, and what the words mean."


class Part(NamedTuple):
    """One part of the report: its title, what is in it, who writes it, and the room it wants."""

    title: str
    note: str
    write: Callable[[Listing, QuarterReport, Figures], object]
    room: float = 0.0


_REGISTER: Final = Part(
    "Register by employer", _REGISTER_NOTE, lambda to, report, _: write_register(to, report.shares)
)
_TOTALS: Final = Part(
    "Totals by recipient",
    _TOTALS_NOTE,
    lambda to, report, figures: write_totals(to, report.totals, figures.gifts),
)
_EXCEPTIONS: Final = Part(
    "Exceptions, exemptions and breaches",
    _EXCEPTIONS_NOTE,
    lambda to, report, _: lists.write_exceptions(to, report.shares),
)
_EXCLUSIONS: Final = Part(
    "Exclusions by ground",
    _EXCLUSIONS_NOTE,
    lambda to, report, _: lists.write_exclusions(to, report.shares),
)
_PENDING: Final = Part(
    "Waiting for a decision",
    _PENDING_NOTE,
    lambda to, report, _: lists.write_pending(to, report.shares),
)
_LATE: Final = Part(
    "Late entries", _LATE_NOTE, lambda to, report, _: lists.write_late(to, report.shares)
)
_AMENDMENTS: Final = Part(
    "Amendments",
    _AMENDMENTS_NOTE,
    lambda to, report, _: write_amendments(to, report.evidence.amendments),
)
_REVIEW: Final = Part(
    "Supervisory review",
    _REVIEW_NOTE,
    lambda to, report, _: write_review(to, report.evidence.reviews, report.evidence.refusals),
)
_DECISIONS: Final = Part(
    "Decisions", _DECISIONS_NOTE, lambda to, report, _: lists.write_decisions(to, report.shares)
)
_CHANGES: Final = Part(
    "Changes since the earlier package",
    _CHANGES_NOTE,
    lambda to, report, figures: write_changes(to, report.evidence.earlier, figures),
)
_POLICIES: Final = Part(
    "Policy versions",
    _POLICIES_NOTE,
    lambda to, report, _: write_policies(to, report.evidence.policies),
)
_EVENTS: Final = Part(
    "Events", _EVENTS_NOTE, lambda to, report, _: write_events(to, report.evidence.events)
)
_PROOF: Final = Part("Trail proof", _PROOF_NOTE, lambda to, report, _: write_proof(to, report.meta))
_METHOD: Final = Part(
    "Method and words",
    _METHOD_NOTE,
    lambda to, report, _: write_method(to, report.meta),
    _METHOD_ROOM,
)
_GIVEN: Final = Part(
    "What was given", _GIVEN_NOTE, lambda to, report, _: write_given(to, report.shares)
)
_GIVEN_TOTALS: Final = Part(
    "By recipient",
    _GIVEN_TOTALS_NOTE,
    lambda to, report, figures: write_given_totals(to, report.totals, figures.gifts),
)
# Each kind of report is made of the same parts, in the order they are read.
PARTS: Final[Mapping[ReportKind, tuple[Part, ...]]] = {
    ReportKind.REGISTER: (
        _REGISTER,
        _TOTALS,
        _EXCEPTIONS,
        _EXCLUSIONS,
        _PENDING,
        _LATE,
        _AMENDMENTS,
        _REVIEW,
        _DECISIONS,
        _CHANGES,
        _POLICIES,
        _PROOF,
        _METHOD,
    ),
    ReportKind.RECIPIENT: (
        _REGISTER,
        _TOTALS,
        _EXCEPTIONS,
        _EXCLUSIONS,
        _PENDING,
        _AMENDMENTS,
        _DECISIONS,
        _POLICIES,
        _PROOF,
        _METHOD,
    ),
    ReportKind.EMPLOYER: (_GIVEN, _GIVEN_TOTALS),
    ReportKind.GIVER: (
        _REGISTER,
        _TOTALS,
        _EXCEPTIONS,
        _EXCLUSIONS,
        _PENDING,
        _LATE,
        _AMENDMENTS,
        _REVIEW,
        _PROOF,
        _METHOD,
    ),
    ReportKind.AUDIT: (_EVENTS, _REVIEW, _DECISIONS, _CHANGES, _POLICIES, _PROOF, _METHOD),
    ReportKind.POLICY: (_POLICIES, _PROOF),
}


def write_parts(listing: Listing, report: QuarterReport, figures: Figures) -> str:
    """Write the parts one after the other; return the letter of whatever follows."""
    letter = ""
    for letter, part in zip(LETTERS, PARTS[report.meta.kind], strict=False):
        listing.begin_part(f"{letter}. {part.title}", part.note, room=part.room)
        part.write(listing, report, figures)
    return chr(ord(letter) + 1)
