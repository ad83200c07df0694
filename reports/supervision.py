"""The parts about the firm's supervision: amendments, who decided how, and refused attempts."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from reports.listing import Listing, Section, Texts, columns_of
from reports.lists import write_rows
from reports.source import AmendmentLine, PolicyLine, RefusalLine, ReviewLine
from reports.theme import CELL, CELL_ALERT, CELL_NOTE, CELL_STRONG
from reports.wording import NOTHING, amount, count, duration, moment, words

AMENDMENTS: Final = columns_of(
    [
        ("Gift", 64, "left"),
        ("Amended at (UTC)", 62, "left"),
        ("Amended by", 92, "left"),
        ("Given on", 84, "left"),
        ("Value before, USD", 62, "right"),
        ("Value now, USD", 58, "right"),
        ("Had been cleared", 108, "left"),
        ("Reason", 134, "left"),
    ]
)
REVIEWS: Final = columns_of(
    [
        ("Who decided", 138, "left"),
        ("Decisions", 44, "right"),
        ("Cleared", 40, "right"),
        ("Declined", 40, "right"),
        ("Sent back", 42, "right"),
        ("Breaches", 42, "right"),
        ("Recorded as given", 66, "right"),
        ("Half within", 56, "right"),
        ("Longest", 56, "right"),
        ("Independent of the giver", 116, "right"),
    ]
)
REFUSALS: Final = columns_of(
    [
        ("Refused at (UTC)", 64, "left"),
        ("Event", 44, "right"),
        ("Who tried", 150, "left"),
        ("Gift", 70, "left"),
        ("What was refused", 110, "left"),
        ("Why", 242, "left"),
    ]
)
POLICIES: Final = columns_of(
    [
        ("In force from", 60, "left"),
        ("Version", 130, "left"),
        ("Adopted by", 120, "left"),
        ("Reason", 150, "left"),
        ("What it changed", 220, "left"),
    ]
)


def write_amendments(listing: Listing, amendments: Sequence[AmendmentLine]) -> None:
    """List the later versions of gifts, those of a cleared gift marked."""
    write_rows(
        listing,
        AMENDMENTS,
        amendments,
        _amendment_row,
        "No gift of this period was amended.",
    )


def write_review(
    listing: Listing, reviews: Sequence[ReviewLine], refusals: Sequence[RefusalLine]
) -> None:
    """Say who decided what, how fast and how independently, and what was refused."""
    decided = sum(line.decisions for line in reviews)
    own = decided - sum(line.independent for line in reviews)
    alert = f"{own:,} not independent" if own else ""
    listing.begin_section(Section("Who decided", count(decided, "decision"), alert))
    write_rows(listing, REVIEWS, reviews, _review_row, "Nobody decided on a gift of this period.")
    listing.begin_section(Section("Refused attempts", count(len(refusals), "attempt")))
    write_rows(
        listing,
        REFUSALS,
        refusals,
        _refusal_row,
        "No attempt was refused in this period.",
    )


def write_policies(listing: Listing, policies: Sequence[PolicyLine]) -> None:
    """List the versions of the firm's policy in force at any time of the period."""
    write_rows(
        listing,
        POLICIES,
        policies,
        _policy_row,
        "The firm had adopted no policy of its own by the end of this period; the template that"
        " comes with the program was in force.",
    )


def _amendment_row(line: AmendmentLine) -> list[Texts]:
    moved = (
        [(f"before: {line.was_given_on}", CELL_NOTE)] if line.was_given_on != line.given_on else []
    )
    cleared: Texts = [("no", CELL_NOTE)]
    if line.cleared_at is not None:
        cleared = [
            ("yes, and void since", CELL_ALERT),
            (f"{line.cleared_by}, {moment(line.cleared_at)}", CELL_NOTE),
        ]
    return [
        [(line.gift_reference, CELL), (f"version {line.version}", CELL_NOTE)],
        [(moment(line.made_at), CELL)],
        [(line.made_by, CELL)],
        [(str(line.given_on), CELL), *moved],
        [(amount(line.was_cents), CELL)],
        [(amount(line.counted_cents), CELL_STRONG)],
        cleared,
        [(line.reason or NOTHING, CELL)],
    ]


def _review_row(line: ReviewLine) -> list[Texts]:
    all_independent = line.independent == line.decisions
    numbers = (line.approved, line.declined, line.sent_back, line.breaches, line.recorded)
    return [
        [(line.reviewer, CELL_STRONG), (line.role, CELL_NOTE)],
        [(f"{line.decisions:,}", CELL)],
        *([(f"{number:,}", CELL)] for number in numbers),
        [(duration(line.median_minutes), CELL)],
        [(duration(line.longest_minutes), CELL)],
        [
            (
                f"{line.independent:,} of {line.decisions:,}",
                CELL if all_independent else CELL_ALERT,
            )
        ],
    ]


def _refusal_row(line: RefusalLine) -> list[Texts]:
    return [
        [(moment(line.happened_at), CELL)],
        [(f"{line.number:,}", CELL)],
        [(line.who, CELL)],
        [(line.gift_reference or NOTHING, CELL)],
        [(words(line.code.replace("-", " ")), CELL)],
        [(line.sentence, CELL)],
    ]


def _policy_row(line: PolicyLine) -> list[Texts]:
    changes = [(change, CELL) for change in line.changes] or [("nothing", CELL_NOTE)]
    return [
        [("the start" if line.effective_on == date.min else str(line.effective_on), CELL)],
        [(line.label, CELL_STRONG), (f"SHA-256 {line.sha256}", CELL_NOTE)],
        [(line.adopted_by, CELL), (f"{moment(line.adopted_at)} UTC", CELL_NOTE)],
        [(line.reason or NOTHING, CELL)],
        changes,
    ]
