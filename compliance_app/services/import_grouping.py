"""Putting the rows of a file together to gifts: rows of one reference are one gift to several."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from compliance_app.services.claims import Claim
from compliance_app.services.import_file import FileRows
from compliance_app.services.import_rows import GiftRow, Problem, ReadRow, row_sha256

# What every row of one gift must say alike; only the recipient differs.
GIFT_FIELDS = tuple(
    name
    for name in GiftRow._fields
    if name not in {"recipient_name", "recipient_email", "employer"}
)


class FileGift(NamedTuple):
    """The rows of one gift, in the order of the file."""

    rows: tuple[ReadRow, ...]
    sha256: str

    @property
    def first(self) -> GiftRow:
        """Return the row that speaks for all of them."""
        return self.rows[0].gift

    def claim(self, recipient_ids: tuple[int, ...]) -> Claim:
        """Return what the rows claim."""
        row = self.first
        return Claim(
            given_on=row.given_on,
            category=row.category,
            description=row.description,
            recipient_ids=recipient_ids,
            purpose=row.purpose,
            cost_cents=row.cost_cents,
            market_value_cents=row.market_value_cents,
            face_value_cents=row.face_value_cents,
            tax_cents=row.tax_cents,
            delivery_cents=row.delivery_cents,
            quantity=row.quantity,
            payer=row.payer,
            host_present=row.host_present,
        )


def gifts_of(found: FileRows) -> tuple[list[FileGift], list[Problem]]:
    """Put rows of one reference together, and tell equal rows without one apart."""
    together: dict[str, list[ReadRow]] = {}
    for row in found.rows:
        key = row.gift.reference or f"line {row.line}"
        together.setdefault(key, []).append(row)
    seen: Counter[str] = Counter()
    gifts: list[FileGift] = []
    problems: list[Problem] = []
    for rows in together.values():
        wrong = _disagreements(rows, found.bad_references)
        if wrong:
            problems += wrong
            continue
        plain = row_sha256([row.gift for row in rows], 1)
        seen[plain] += 1
        repeat = seen[plain]
        sha256 = plain if repeat == 1 else row_sha256([row.gift for row in rows], repeat)
        gifts.append(FileGift(tuple(rows), sha256))
    return gifts, problems


def _disagreements(rows: Sequence[ReadRow], bad_references: dict[str, int]) -> list[Problem]:
    """Return why rows of one reference are not one gift to several people."""
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


def with_the_others(rows: Sequence[ReadRow], problems: list[Problem]) -> list[Problem]:
    """Return the problems of a gift's rows, with one for each row that is itself sound."""
    lines = {problem.line for problem in problems}
    if not problems:
        return []
    sentence = "Another row of this gift cannot be taken; mend that row first."
    others = [Problem(row.line, "reference", sentence) for row in rows if row.line not in lines]
    return problems + others
