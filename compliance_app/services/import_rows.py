"""Reading the cells of one row of a gift file into the terms of the register."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from compliance_app.rules.audit import canonical
from compliance_app.rules.errors import InputError
from compliance_app.rules.facts import Category, Payer
from compliance_app.rules.money import MoneyError, parse_cents
from compliance_app.rules.workflow import State
from compliance_app.services.claims import LARGEST_PAST_CENTS
from compliance_app.services.people import checked_email
from compliance_app.store.models.recipients import LONGEST_NAME

LONGEST_EMPLOYER = 300
# A draft was never handed in, and what was sent back is still with its author.
STATES = tuple(
    state for state in State if state not in {State.DRAFT, State.DISCARDED, State.SENT_BACK}
)
# Waiting for somebody: these go through today's submission, whatever was decided elsewhere.
PLANNED_STATES = frozenset({State.SUBMITTED, State.APPROVED})
YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
COUNT = re.compile(r"[0-9]{1,9}")

E = TypeVar("E", bound=StrEnum)
LONGEST_SHOWN = 40
# How many different cells of a column are remembered with what they were read as.
REMEMBERED = 16_384


class Problem(NamedTuple):
    """Why a row cannot be taken: the line it begins on, the column, and what would be right."""

    line: int
    column: str
    sentence: str

    def __str__(self) -> str:
        return f"Line {self.line}, {self.column}: {self.sentence}"


class GiftRow(NamedTuple):
    """One row: a gift to one recipient, in the terms of the register."""

    reference: str
    given_on: date
    giver_email: str
    logged_by_email: str
    recipient_name: str
    recipient_email: str
    employer: str
    category: Category
    description: str
    purpose: str
    cost_cents: int | None
    market_value_cents: int | None
    face_value_cents: int | None
    tax_cents: int
    delivery_cents: int
    quantity: int
    payer: Payer
    host_present: bool | None
    state: State


class ReadRow(NamedTuple):
    """A row with the line it begins on, and what the file says it counts for."""

    line: int
    gift: GiftRow
    counted_cents: int | None


class BadCellError(ValueError):
    """A cell does not hold what its column needs; the sentence says what would be right."""


def row_sha256(rows: Sequence[GiftRow], repeat: int) -> str:
    """Return what makes a gift's rows the same again; `repeat` tells equal rows of a file apart."""
    plain = [{**row._asdict(), "given_on": row.given_on.isoformat()} for row in rows]
    return hashlib.sha256(canonical({"repeat": repeat, "rows": plain}).encode()).hexdigest()


class RowReader:
    """Reads the rows of one file, whose columns may stand in any order or be left out.

    Files repeat themselves, so each column remembers what its cells were read as.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        places = {name: place for place, name in enumerate(columns)}
        # A column left out reads as the empty cell that is put behind each row.
        self._readers = [
            (column, places.get(column, len(columns)), _remembering(read))
            for column, read in _COLUMNS.items()
        ]

    def read(self, line: int, cells: Sequence[str]) -> tuple[ReadRow | None, list[Problem]]:
        """Return the row, or None and what is wrong with each of its cells."""
        row = [*cells, ""]
        try:
            *values, counted_cents = [read(row[place]) for _, place, read in self._readers]
        except (BadCellError, MoneyError, InputError):
            return None, list(self._problems(line, row))
        return ReadRow(line, GiftRow._make(values), counted_cents), []

    def _problems(self, line: int, row: Sequence[str]) -> Iterator[Problem]:
        for column, place, read in self._readers:
            try:
                read(row[place])
            except (BadCellError, MoneyError, InputError) as error:
                yield Problem(line, column, str(error))


def _remembering(read: Callable[[str], Any]) -> Callable[[str], Any]:
    def read_visible(text: str) -> Any:  # noqa: ANN401 - what the column holds
        _check_visible(text)
        return read(text)

    # A long text is hardly ever there twice.
    return read_visible if read is _text else lru_cache(REMEMBERED)(read_visible)


def _check_visible(text: str) -> None:
    if "\0" in text:
        raise BadCellError("The cell holds a NUL byte; type its text again.")


def _reference(text: str) -> str:
    plain = text.strip()
    if plain and not REFERENCE.fullmatch(plain):
        raise BadCellError(
            f"{_shown(plain)} is not a reference; use up to 40 letters, digits, dots, hyphens and "
            "underscores, or leave it empty."
        )
    return plain


def _day(text: str) -> date:
    plain = text.strip()
    try:
        if DAY.fullmatch(plain):
            return date.fromisoformat(plain)
    except ValueError as error:
        raise BadCellError(f"There is no day {plain}; check the month and the day.") from error
    raise BadCellError(f"{_shown(plain)} is not a day; write it as year-month-day: 2026-03-30.")


def _email(text: str) -> str:
    return checked_email(text)


def _optional_email(text: str) -> str:
    return checked_email(text) if text.strip() else ""


def _name(text: str) -> str:
    plain = _one_line(text)
    if not 1 <= len(plain) <= LONGEST_NAME:
        raise BadCellError(f"Give a name of 1 to {LONGEST_NAME:,} characters.")
    return plain


def _employer(text: str) -> str:
    plain = _one_line(text)
    if len(plain) > LONGEST_EMPLOYER:
        raise BadCellError(f"Give a name of {LONGEST_EMPLOYER} characters or fewer.")
    return plain


def _one_line(text: str) -> str:
    """Return a name as it is seen: one spelling of each letter, nothing invisible."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    return plain if plain.isprintable() else "".join(filter(str.isprintable, plain))


def _text(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _optional_cents(text: str) -> int | None:
    return parse_cents(text, ceiling_cents=LARGEST_PAST_CENTS) if text.strip() else None


def _cents(text: str) -> int:
    return _optional_cents(text) or 0


def _quantity(text: str) -> int:
    plain = text.strip() or "1"
    if not COUNT.fullmatch(plain):
        raise BadCellError(f"{_shown(plain)} is not a number of units; write a whole number: 2.")
    return int(plain)


def _category(text: str) -> Category:
    return _one_of(tuple(Category), text)


def _payer(text: str) -> Payer:
    return _one_of(tuple(Payer), text.strip() or Payer.MEMBER.value)


def _state(text: str) -> State:
    return _one_of(STATES, text.strip() or State.GIVEN.value)


def _one_of(allowed: Sequence[E], text: str) -> E:
    plain = text.strip().lower()
    for one in allowed:
        if one.value == plain:
            return one
    words = ", ".join(one.value for one in allowed)
    raise BadCellError(f"{_shown(plain)} is not one of: {words}.")


def _yes_or_no(text: str) -> bool | None:
    plain = text.strip().lower()
    if plain and plain not in YES_NO:
        raise BadCellError(f"{_shown(plain)} is neither yes nor no; leave it empty if not known.")
    return YES_NO.get(plain)


def _shown(text: str) -> str:
    seen = "".join(sign if sign.isprintable() else "?" for sign in text[:LONGEST_SHOWN])
    return f'"{seen}{"..." if len(text) > LONGEST_SHOWN else ""}"'


# How each column is read: those of a row in its order, and then what it counts for.
_COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "reference": _reference,
    "given_on": _day,
    "giver_email": _email,
    "logged_by_email": _optional_email,
    "recipient_name": _name,
    "recipient_email": _optional_email,
    "employer": _employer,
    "category": _category,
    "description": _text,
    "purpose": _text,
    "cost": _optional_cents,
    "market_value": _optional_cents,
    "face_value": _optional_cents,
    "tax": _cents,
    "delivery": _cents,
    "quantity": _quantity,
    "payer": _payer,
    "host_present": _yes_or_no,
    "state": _state,
    "counted_value": _optional_cents,
}
