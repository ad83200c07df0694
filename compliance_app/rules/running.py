"""The running total after each share, as ledger, report and pages show it."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from compliance_app.rules.windows import Year, is_anchored, window_of, year_end


class Entry(NamedTuple):
    """A share that counts, and what it counts for."""

    given_on: date
    counted_cents: int


def running_totals(entries: Sequence[Entry], year: Year) -> list[int]:
    """Return the total of each entry's window up to and with it.

    The entries are one person's, oldest first, in the order they stand in the ledger. The
    time grows with their number alone, since a later day's window never begins earlier.
    """
    totals: list[int] = []
    first = total = 0
    anchor: tuple[date, date] | None = None
    for entry in entries:
        if is_anchored(year):
            if anchor is None or entry.given_on > anchor[1]:
                anchor = entry.given_on, year_end(entry.given_on)
            start = anchor[0]
        else:
            start = window_of(entry.given_on, year).start
        while entries[first].given_on < start:
            total -= entries[first].counted_cents
            first += 1
        total += entry.counted_cents
        totals.append(total)
    return totals
