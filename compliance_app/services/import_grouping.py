"""Putting the rows of a file together to gifts: rows of one reference are one gift to several."""

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from compliance_app.services.claims import Claim
from compliance_app.services.import_file import FileRows
from compliance_app.services.import_rows import (
    PLANNED_STATES,
    GiftRow,
    Problem,
    ReadRow,
    row_sha256,
)
from compliance_app.services.import_store import KeptRows
from compliance_app.store.gifts import OWN_REFERENCE

SHA256_BYTES = 32
# What every row of one gift must say alike; only the recipient differs.
GIFT_FIELDS = tuple(
    name
    for name in GiftRow._fields
    if name not in {"recipient_name", "recipient_email", "employer"}
)


class FileGift(NamedTuple):
    """The rows of one gift, in the order of the file, and their numbers there."""

    rows: tuple[ReadRow, ...]
    sha256: str
    numbers: tuple[int, ...]

    @property
    def first(self) -> GiftRow:
        """Return the row that speaks for all of them."""
        return self.rows[0].gift

    def claim(self, recipient_ids: tuple[int, ...]) -> Claim:
        """Return what the rows claim."""
        row = self.first
        return Claim(
            row.given_on,
            row.category,
            row.description,
            recipient_ids,
            row.purpose,
            row.cost_cents,
            row.market_value_cents,
            row.face_value_cents,
            row.tax_cents,
            row.delivery_cents,
            row.quantity,
            row.payer,
            row.host_present,
        )


class TakenGifts:
    """The gifts of a file that can be taken, which are read again when they are written."""

    def __init__(self, rows: KeptRows) -> None:
        self._rows = rows
        self._firsts = array("Q")
        self._days = array("l")
        self._hashes = bytearray()
        self._several: dict[int, tuple[int, ...]] = {}
        self._planned: list[int] = []
        self.highest_number = 0
        # How many shares there are that are not still to be decided.
        self.past_shares = 0

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._firsts)

    @property
    def first_day(self) -> date:
        """Return the day of the earliest."""
        return date.fromordinal(min(self._days, default=date.min.toordinal()))

    def add(self, gift: FileGift) -> None:
        """Take one more."""
        first, *others = gift.numbers
        if others:
            self._several[first] = gift.numbers
        if gift.first.state in PLANNED_STATES:
            self._planned.append(len(self))
        else:
            self.past_shares += len(gift.rows)
        self.highest_number = max(self.highest_number, own_number(gift.first.reference))
        self._firsts.append(first)
        self._days.append(gift.first.given_on.toordinal())
        self._hashes += bytes.fromhex(gift.sha256)

    @property
    def past_gifts(self) -> int:
        """Return how many are not still to be decided."""
        return len(self) - len(self._planned)

    def planned(self) -> Iterator[FileGift]:
        """Yield those that are still to be decided, in the order of the file."""
        return map(self._gift, self._planned)

    def past(self) -> Iterator[FileGift]:
        """Yield the others in the order they were given."""
        planned = set(self._planned)
        in_order = sorted(range(len(self)), key=self._days.__getitem__)
        return (self._gift(place) for place in in_order if place not in planned)

    def _gift(self, place: int) -> FileGift:
        first, start = self._firsts[place], place * SHA256_BYTES
        numbers = self._several.get(first) or (first,)
        rows = tuple(self._rows[number] for number in numbers)
        return FileGift(rows, self._hashes[start : start + SHA256_BYTES].hex(), numbers)


def gifts_of(found: FileRows, problems: list[Problem]) -> Iterator[FileGift]:
    """Put rows of one reference together, and tell equal rows without one apart.

    What is wrong with rows of one reference is added to `problems`.
    """
    seen: set[int] = set()
    again: Counter[str] = Counter()
    for numbers in found.rows.groups():
        rows = tuple(found.rows[number] for number in numbers)
        wrong = _disagreements(rows, found.bad_references)
        if wrong:
            problems += wrong
            continue
        sha256 = row_sha256([row.gift for row in rows], 1)
        # Eight bytes for each gift of a file, where a text would take a hundred.
        key = int(sha256[:16], 16)
        if key in seen:
            again[sha256] += 1
            sha256 = row_sha256([row.gift for row in rows], again[sha256] + 1)
        seen.add(key)
        yield FileGift(rows, sha256, numbers)


def _disagreements(rows: Sequence[ReadRow], bad_references: dict[str, int]) -> list[Problem]:
    """Return why rows of one reference are not one gift to several people."""
    if len(rows) == 1 and not bad_references:
        return []
    first = rows[0]
    bad_line = bad_references.get(first.gift.reference)
    if bad_line is not None:
        sentence = f"Line {bad_line} belongs to the same gift and cannot be taken; mend it first."
        return [Problem(row.line, "reference", sentence) for row in rows]
    problems = []
    for row in rows[1:]:
        column = next(
            (name for name in GIFT_FIELDS if getattr(row.gift, name) != getattr(first.gift, name)),
            None,
        )
        if column is not None:
            sentence = (
                f"Gift {first.gift.reference} has another {column.removesuffix('_cents')} on line "
                f"{first.line}; write it alike, or give this row a reference of its own."
            )
            problems.append(Problem(row.line, column.removesuffix("_cents"), sentence))
    return with_the_others(rows, problems)


def own_number(reference: str) -> int:
    """Return the number in a reference of the form this register gives itself, else 0."""
    match = OWN_REFERENCE.fullmatch(reference)
    return int(match[1]) if match else 0


def with_the_others(rows: Sequence[ReadRow], problems: list[Problem]) -> list[Problem]:
    """Return the problems of a gift's rows, with one for each row that is itself sound."""
    if not problems:
        return []
    lines = {problem.line for problem in problems}
    sentence = "Another row of this gift cannot be taken; mend that row first."
    others = [Problem(row.line, "reference", sentence) for row in rows if row.line not in lines]
    return problems + others
