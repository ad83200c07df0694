"""The parts that look at the register from one side, such as the exceptions or the late entries."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final

from reports import cells
from reports.figures import gifts_in, is_exception, is_excluded, is_pending
from reports.listing import Column, Item, Listing, Section, Texts, columns_of
from reports.source import DecisionLine, ShareLine
from reports.theme import CELL, CELL_ALERT, CELL_NOTE, CELL_STRONG
from reports.wording import NOTHING, amount, count, decision_words, moment, words

EXCEPTIONS: Final = columns_of(
    [
        ("Gift", 54, "left"),
        ("Given on", 42, "left"),
        ("Recipient and employer", 104, "left"),
        ("Given by", 68, "left"),
        ("Running total, USD", 68, "right"),
        ("Finding", 168, "left"),
        ("Decisions and remedy (UTC)", 168, "left"),
    ]
)
EXCLUSIONS: Final = columns_of(
    [
        ("Gift", 60, "left"),
        ("Given on", 44, "left"),
        ("Recipient and employer", 126, "left"),
        ("Given by", 90, "left"),
        ("Description, category and purpose", 184, "left"),
        ("Value, USD", 50, "right"),
        ("Claim decided (UTC)", 118, "left"),
    ]
)
PENDING: Final = columns_of(
    [
        ("Gift", 60, "left"),
        ("Given on", 44, "left"),
        ("Logged on", 44, "left"),
        ("Recipient and employer", 128, "left"),
        ("Given by", 90, "left"),
        ("Description, category and purpose", 180, "left"),
        ("Value, USD", 46, "right"),
        ("State", 72, "left"),
    ]
)
LATE: Final = columns_of(
    [
        ("Gift", 60, "left"),
        ("Given on", 44, "left"),
        ("Logged on", 44, "left"),
        ("Days after", 40, "right"),
        ("Recipient and employer", 140, "left"),
        ("Given by", 100, "left"),
        ("Description, category and purpose", 184, "left"),
        ("Value, USD", 52, "right"),
    ]
)
DECISIONS: Final = columns_of(
    [
        ("Decided at (UTC)", 58, "left"),
        ("Gift", 54, "left"),
        ("Recipient and employer", 120, "left"),
        ("Given by", 74, "left"),
        ("Decision", 74, "left"),
        ("Decided by", 80, "left"),
        ("Reason", 212, "left"),
    ]
)


def write_exceptions(listing: Listing, shares: Sequence[ShareLine]) -> None:
    """List what was over a limit or excepted from it, with what was done about it."""
    found = list(filter(is_exception, shares))
    none = "No gift of this period was over a limit, and no exception was granted."
    write_rows(listing, EXCEPTIONS, found, _exception_row, none)


def write_exclusions(listing: Listing, shares: Sequence[ShareLine]) -> None:
    """List what is kept out of the limit, by the ground it rests on."""
    excluded = sorted(filter(is_excluded, shares), key=_ground)
    if not excluded:
        listing.say("No exclusion from the limit was claimed in this period.")
    for ground, group in groupby(excluded, key=_ground):
        members = list(group)
        listing.begin_section(Section(ground, count(gifts_in(members), "gift"), path=(ground,)))
        listing.begin_table(EXCLUSIONS)
        listing.add_rows(members, _exclusion_row)


def write_pending(listing: Listing, shares: Sequence[ShareLine]) -> None:
    """List what waited for a decision at the end, or when the register was read."""
    found = [share for share in shares if is_pending(share) or share.waited_at_end]
    write_rows(
        listing,
        PENDING,
        found,
        _pending_row,
        "No gift of this period waited for a decision at its end, and none waits now.",
    )


def write_late(listing: Listing, shares: Sequence[ShareLine]) -> None:
    """List what was logged later than the policy allows."""
    found = [share for share in shares if share.late]
    write_rows(listing, LATE, found, _late_row, "No gift of this period was logged late.")


def write_decisions(listing: Listing, shares: Sequence[ShareLine]) -> None:
    """List every decision on a gift in the order of time, with all it was decided for."""
    gifts: dict[str, list[ShareLine]] = {}
    for share in shares:
        gifts.setdefault(share.gift_reference, []).append(share)
    # What was decided is said of a gift, so all of its shares have the same decisions.
    decided = [(line, own) for own in gifts.values() for line in own[0].decisions]
    decided.sort(key=lambda each: (each[0].decided_at, each[1][0].gift_reference))
    none = "No decision was taken on a gift of this period."
    write_rows(listing, DECISIONS, decided, _decision_row, none)


def write_rows(
    listing: Listing,
    columns: Sequence[Column],
    items: Sequence[Item],
    row_of: Callable[[Item], Sequence[Texts]],
    none: str,
) -> None:
    """Write a table of a row for each item, or a plain sentence where there is none."""
    if not items:
        listing.say(none)
        return
    listing.begin_table(columns)
    listing.add_rows(items, row_of)


def _ground(share: ShareLine) -> str:
    return words(share.ground or share.category)


def _exception_row(share: ShareLine) -> list[Texts]:
    over = [(f"over by {amount(share.excess_cents)}", CELL_ALERT)] if share.excess_cents else []
    return [
        cells.gift_texts(share),
        cells.day_texts(share),
        cells.recipient_texts(share),
        cells.giver_texts(share),
        [*cells.running_texts(share), *over],
        [
            *cells.standing_texts(share),
            *([(f"FINRA exemption {share.exemption}", CELL_STRONG)] if share.exemption else []),
            *((reason, CELL) for reason in share.reasons),
        ],
        cells.decision_texts(share.decisions),
    ]


def _exclusion_row(share: ShareLine) -> list[Texts]:
    return [
        cells.gift_texts(share),
        cells.day_texts(share),
        cells.recipient_texts(share),
        cells.giver_texts(share),
        cells.description_texts(share),
        cells.value_texts(share),
        [(words(share.verdict), CELL_NOTE), *cells.decision_texts(share.decisions)],
    ]


def _pending_row(share: ShareLine) -> list[Texts]:
    return [
        cells.gift_texts(share),
        cells.day_texts(share),
        [(str(share.logged_on), CELL)],
        cells.recipient_texts(share),
        cells.giver_texts(share),
        cells.description_texts(share),
        cells.value_texts(share),
        [*cells.standing_texts(share), *_waited(share)],
    ]


def _waited(share: ShareLine) -> Texts:
    if not share.waited_at_end:
        return []
    settled = "" if is_pending(share) else ", decided since"
    return [(f"waited at the end{settled}", CELL_NOTE)]


def _late_row(share: ShareLine) -> list[Texts]:
    return [
        cells.gift_texts(share),
        cells.day_texts(share),
        [(str(share.logged_on), CELL)],
        [(f"{(share.logged_on - share.given_on).days:,}", CELL)],
        cells.recipient_texts(share),
        cells.giver_texts(share),
        cells.description_texts(share),
        cells.value_texts(share),
    ]


def _decision_row(decided: tuple[DecisionLine, Sequence[ShareLine]]) -> list[Texts]:
    line, shares = decided
    gift = shares[0]
    return [
        [(moment(line.decided_at), CELL)],
        cells.gift_texts(gift),
        [text for share in shares for text in cells.recipient_texts(share)],
        cells.giver_texts(gift),
        [(decision_words(line.kind), CELL_STRONG)],
        [(line.decided_by, CELL)],
        [(line.reason or NOTHING, CELL)],
    ]
