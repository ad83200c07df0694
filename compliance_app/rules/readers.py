"""Single values of a document somebody wrote: read, or refused with what would be right.

A wrong type and a wrong value are refused alike: either is a problem of the document.
"""

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any

from compliance_app.rules.money import MoneyError, parse_cents

Reader = Callable[[object], Any]

_LEAP_YEAR = 2028  # a fiscal year may start on February 29
_MONTH_DAY = re.compile(r"([0-9]{2})-([0-9]{2})", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_LONGEST_TEXT = 200


class UnreadableError(ValueError):
    """A value that cannot be taken as it is written."""


def read_words(value: object) -> str:
    """Read a short text."""
    if not isinstance(value, str) or not 0 < len(value.strip()) <= _LONGEST_TEXT:
        raise UnreadableError(f"write a text in quotes of 1 to {_LONGEST_TEXT} characters.")
    return value.strip()


def read_day(value: object) -> date:
    """Read a day as TOML writes it."""
    if type(value) is not date:
        raise UnreadableError("write a day without quotes, for example 2026-03-30.")
    return value


def read_written_day(value: object) -> date:
    """Read a day as JSON writes it."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise UnreadableError(f"{value} is not a day of the calendar.") from None
    raise UnreadableError('write a day in quotes, for example "2026-03-30".')


def read_cents(value: object) -> int:
    """Read an amount of dollars written as a text."""
    if not isinstance(value, str):
        raise UnreadableError('write an amount in quotes, for example "250.00".')
    try:
        return parse_cents(value)
    except MoneyError as error:
        raise UnreadableError(str(error)) from error


def read_yes_or_no(value: object) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise UnreadableError("write true or false, without quotes.")
    return value


def read_month_day(value: object) -> tuple[int, int]:
    """Read the first day of a fiscal year."""
    match = _MONTH_DAY.fullmatch(value) if isinstance(value, str) else None
    if match is not None:
        try:
            start = date(_LEAP_YEAR, int(match[1]), int(match[2]))
        except ValueError:
            raise UnreadableError(
                f'{match[0]} does not exist; write a month and a day, for example "07-01" for '
                "July 1."
            ) from None
        return start.month, start.day
    raise UnreadableError('write a month and a day in quotes, for example "07-01" for July 1.')


def whole_number(least: int, most: int) -> Reader:
    """Make a reader of whole numbers."""

    def read(value: object) -> int:
        if type(value) is not int or not least <= value <= most:
            raise UnreadableError(f"write a whole number from {least} to {most}.")
        return value

    return read


def one_of(kind: type[StrEnum], *refused: StrEnum) -> Reader:
    """Make a reader of the members of an enumeration."""
    allowed = [member.value for member in kind if member not in refused]

    def read(value: object) -> StrEnum:
        if value not in allowed:
            raise UnreadableError(f"write one of {', '.join(allowed)} (in quotes).")
        return kind(value)

    return read


def or_null(read: Reader) -> Reader:
    """Make a reader that lets null stand."""
    return lambda value: None if value is None else read(value)
