"""How a program writes a sum, a day, a number of a row and text; each wrong one gets a sentence."""

import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from compliance_app.rules.money import format_decimal, parse_cents
from compliance_app.services.claims import LONGEST_TEXT

DOLLARS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?", re.ASCII)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
FACT = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)
MOST_FACTS = 50
LONGEST_FACT = 1_000
# What JSON's readers hold exactly, and far more than any register has rows.
LARGEST_ID = 2**53 - 1
# No sign that nobody can see; text may have tabs and line ends, a line may not.
VISIBLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
VISIBLE_LINE = r"^[^\x00-\x1f\x7f]*$"


def _read_cents(value: object) -> int:
    if not isinstance(value, str) or not DOLLARS.fullmatch(value):
        raise PydanticCustomError(
            "money", 'Write money as a string of dollars and cents, such as "48.00".'
        )
    return parse_cents(value)


def _read_day(value: object) -> date:
    try:
        if isinstance(value, str) and DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError as error:
        raise PydanticCustomError("day", "There is no such day; check the month.") from error
    raise PydanticCustomError("day", 'Write the day as year-month-day, such as "2026-11-24".')


def _read_facts(value: object) -> dict[str, str]:
    """Read the facts claimed: true is the name alone, false denies it, words are kept."""
    if not isinstance(value, dict) or len(value) > MOST_FACTS:
        raise PydanticCustomError(
            "facts", 'Write up to 50 facts as an object, such as {"has_logo": true}.'
        )
    return {name: _read_fact(name, said) for name, said in value.items()}


def _read_fact(name: str, said: object) -> str:
    if not FACT.fullmatch(name):
        raise PydanticCustomError(
            "facts", "Name a fact in small letters, digits and underscores, such as has_logo."
        )
    if isinstance(said, bool):
        return "" if said else "false"
    if isinstance(said, str) and len(said) <= LONGEST_FACT and re.search(VISIBLE_LINE, said):
        return said.strip()
    raise PydanticCustomError("facts", "Say of a fact true, false, or one line of words.")


class Document(BaseModel):
    """An object of the interface; every field is always there."""

    model_config = ConfigDict(frozen=True)


Cents = Annotated[
    int,
    PlainValidator(_read_cents),
    WithJsonSchema({"type": "string", "pattern": f"^{DOLLARS.pattern}$", "examples": ["48.00"]}),
]
Day = Annotated[
    date, PlainValidator(_read_day), WithJsonSchema({"type": "string", "format": "date"})
]
Facts = Annotated[
    dict[str, str],
    PlainValidator(_read_facts),
    WithJsonSchema(
        {
            "type": "object",
            "maxProperties": MOST_FACTS,
            "propertyNames": {"pattern": f"^{FACT.pattern}$"},
            "additionalProperties": {
                "anyOf": [
                    {"type": "boolean"},
                    {"type": "string", "maxLength": LONGEST_FACT, "pattern": VISIBLE_LINE},
                ]
            },
        }
    ),
]
Prose = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=VISIBLE)]
Name = Annotated[str, Field(min_length=1, max_length=300, pattern=VISIBLE_LINE)]
Line = Annotated[str, Field(max_length=300, pattern=VISIBLE_LINE)]
Email = Annotated[str, Field(max_length=254, pattern=VISIBLE_LINE, examples=["ana@firm.example"])]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
# Where the next page of a list begins: what the page before said in `next`.
Cursor = Annotated[str, Field(pattern="^[0-9]{1,15}$")]
# A moment is always answered in UTC, whatever zone it was just made in.
Moment = Annotated[datetime, AfterValidator(lambda at: at.astimezone(UTC))]
# What the register answers: dollars and cents, with a minus where more was given than is allowed.
Dollars = Annotated[str, Field(pattern=r"^-?[0-9]+\.[0-9]{2}$", examples=["252.00"])]


def dollars(cents: int | None) -> str | None:
    """Return a sum as programs read it, None where there is none."""
    return format_decimal(cents) if cents is not None else None


def read_number(typed: str) -> int | None:
    """Return the number in an address, None where it is none that a row can have."""
    if not (typed.isascii() and typed.isdigit()) or len(typed) > len(str(LARGEST_ID)):
        return None
    number = int(typed)
    return number if number <= LARGEST_ID else None
