"""The register itself: every share by the recipient's employer, and each recipient's totals."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from reports import cells
from reports.figures import gifts_in, is_over
from reports.listing import Listing, Section, Texts, columns_of
from reports.source import RecipientTotal, ShareLine
from reports.theme import CELL, CELL_ALERT, CELL_NOTE, CELL_STRONG
from reports.wording import NOTHING, amount, count, percent_of

REGISTER: Final = columns_of(
    [
        ("Gift", 54, "left"),
        ("Given on", 42, "left"),
        ("Recipient", 80, "left"),
        ("Given by", 72, "left"),
        ("Description, category and purpose", 194, "left"),
        ("Value, USD", 50, "right"),
        ("Running total", 60, "right"),
        ("State and last decision", 112, "left"),
    ]
)
TOTALS: Final = columns_of(
    [
        ("Recipient", 184, "left"),
        ("Employer", 190, "left"),
        ("Gifts", 36, "right"),
        ("This period, USD", 62, "right"),
        ("Running total", 62, "right"),
        ("Limit", 50, "right"),
        ("Of limit", 42, "right"),
        ("Left", 38, "right"),
    ]
)
NO_EMPLOYER: Final = "No employer recorded"
# Beyond this many employers, the outline groups them by their first letter.
EMPLOYERS_IN_OUTLINE: Final = 300


def write_register(listing: Listing, shares: Sequence[ShareLine]) -> None:
    """List every share by employer, recipient and day."""
    if not shares:
        listing.say("No gift was recorded for this period.")
    grouped = len({share.employer for share in shares}) > EMPLOYERS_IN_OUTLINE
    for employer, group in groupby(shares, key=lambda share: share.employer):
        members = list(group)
        if listing.passes_over(len(members)):
            continue
        title = employer or NO_EMPLOYER
        path = (title[0].upper(), title) if grouped else (title,)
        over = sum(map(is_over, members))
        alert = f"{over:,} over the limit" if over else ""
        listing.begin_section(Section(title, _employer_facts(members), alert, path))
        listing.begin_table(REGISTER)
        for share, row in zip(members, rows_of(members), strict=True):
            listing.add_row(row, place=share.recipient_id)


def rows_of(shares: Iterable[ShareLine]) -> Iterator[list[Texts]]:
    """Yield a row for each share; a recipient's name is strong where it stands first."""
    last = None
    for share in shares:
        yield _share_row(share, first=share.recipient_id != last)
        last = share.recipient_id


def write_totals(listing: Listing, totals: Sequence[RecipientTotal], gifts: int) -> None:
    """List what each recipient has received, against the limit at the end of the period.

    `gifts` is how many there were in all: one to several recipients stands with each of them.
    """
    if not totals:
        listing.say("No recipient has a gift in this period.")
        return
    listing.begin_table(TOTALS)
    listing.add_rows(totals, _total_row)
    listing.add_row(_sum_row(totals, gifts))


def _employer_facts(shares: Sequence[ShareLine]) -> str:
    cents = sum(share.counted_cents for share in shares if share.counts)
    recipients = count(len({share.recipient_id for share in shares}), "recipient")
    return f"{count(gifts_in(shares), 'gift')} to {recipients}, {amount(cents)} counted"


def _share_row(share: ShareLine, *, first: bool) -> list[Texts]:
    return [
        cells.gift_texts(share),
        cells.day_texts(share),
        [(share.recipient, CELL_STRONG if first else CELL_NOTE)],
        cells.giver_texts(share),
        cells.description_texts(share),
        cells.value_texts(share),
        cells.running_texts(share),
        cells.state_texts(share),
    ]


def _total_row(total: RecipientTotal) -> list[Texts]:
    texts = [
        (total.recipient, CELL_STRONG),
        (total.employer or NO_EMPLOYER, CELL),
        (f"{total.gifts:,}", CELL),
        (amount(total.quarter_cents), CELL),
        (amount(total.running_cents), CELL),
        *_against_limit(total),
    ]
    return [[text] for text in texts]


def _against_limit(total: RecipientTotal) -> list[cells.Text]:
    if total.limit_cents is None:
        return [("none", CELL_NOTE), (NOTHING, CELL_NOTE), (NOTHING, CELL_NOTE)]
    left = max(0, total.limit_cents - total.running_cents)
    return [
        (amount(total.limit_cents), CELL),
        (percent_of(total.running_cents, total.limit_cents), CELL_ALERT if total.over else CELL),
        (amount(left), CELL),
    ]


def _sum_row(totals: Sequence[RecipientTotal], gifts: int) -> list[Texts]:
    texts = {
        "Recipient": f"All {count(len(totals), 'recipient')}",
        "Gifts": f"{gifts:,}",
        "This period, USD": amount(sum(total.quarter_cents for total in totals)),
    }
    return [[(texts.get(column.title, ""), CELL_STRONG)] for column in TOTALS]
