"""The parts of a statement for a client: what its people were given, and nothing about others."""

from collections.abc import Sequence
from typing import Final

from reports.listing import Listing, Texts, columns_of
from reports.lists import write_rows
from reports.source import RecipientTotal, ShareLine
from reports.theme import CELL, CELL_NOTE, CELL_STRONG
from reports.wording import amount, count, words

GIVEN: Final = columns_of(
    [
        ("Gift", 72, "left"),
        ("Given on", 56, "left"),
        ("Recipient", 150, "left"),
        ("Given by", 120, "left"),
        ("What it was", 210, "left"),
        ("Value, USD", 64, "right"),
    ]
)
BY_RECIPIENT: Final = columns_of(
    [("Recipient", 300, "left"), ("Gifts", 60, "right"), ("Value, USD", 90, "right")]
)


def write_given(listing: Listing, shares: Sequence[ShareLine]) -> None:
    """List what was given, and by whom."""
    none = "The firm's register has nothing as given to people of this client in this period."
    write_rows(listing, GIVEN, shares, _given_row, none)


def write_given_totals(listing: Listing, totals: Sequence[RecipientTotal], gifts: int) -> None:
    """List what each recipient was given, and what that comes to."""
    if not totals:
        listing.say("Nobody was given anything in this period.")
        return
    listing.begin_table(BY_RECIPIENT)
    for total in totals:
        listing.add_row(_total_row(total.recipient, total.gifts, total.quarter_cents))
    everybody = f"All {count(len(totals), 'recipient')}"
    cents = sum(total.quarter_cents for total in totals)
    listing.add_row(_total_row(everybody, gifts, cents))


def _given_row(share: ShareLine) -> Sequence[Texts]:
    value = [(amount(share.counted_cents), CELL)]
    if not share.counts:
        value.append(("not counted toward a limit", CELL_NOTE))
    return [
        [(share.gift_reference, CELL)],
        [(str(share.given_on), CELL)],
        [(share.recipient, CELL_STRONG)],
        [(share.giver, CELL)],
        [(share.description, CELL), (words(share.category), CELL_NOTE)],
        value,
    ]


def _total_row(name: str, gifts: int, cents: int) -> Sequence[Texts]:
    return [[(name, CELL_STRONG)], [(f"{gifts:,}", CELL)], [(amount(cents), CELL)]]
