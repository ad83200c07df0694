"""Form fields that read what people type: sums as cents, days, numbers of rows, single lines."""

import unicodedata
from datetime import date

from wtforms import Field, Form, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from compliance_app.rules.money import format_decimal, parse_cents

LONGEST_LINE = 200
# The largest number of a row that every database holds, and its digits.
LARGEST_ID = 2**31 - 1
LONGEST_ID = 10


class CentsField(StringField):
    """A sum of dollars; `data` is cents, None where nothing was typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the sum; MoneyError becomes the field's error."""
        typed = valuelist[0] if valuelist else ""
        self.data = parse_cents(typed) if typed.strip() else None

    def _value(self) -> str:
        if self.raw_data:
            return shown(self.raw_data[0])
        return format_decimal(self.data) if self.data is not None else ""


class DayField(StringField):
    """A day, as `type=date` sends it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day."""
        typed = valuelist[0] if valuelist else ""
        self.data = None
        try:
            self.data = date.fromisoformat(typed)
        except ValueError as error:
            raise ValueError("Choose a day, written as year-month-day: 2026-11-24.") from error

    def _value(self) -> str:
        if self.raw_data:
            return shown(self.raw_data[0])
        return self.data.isoformat() if self.data else ""


class CountField(StringField):
    """How many: a whole number, 1 where nothing was typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number."""
        typed = (valuelist[0] if valuelist else "").strip()
        self.data = read_id(typed) if typed else 1
        if self.data is None:
            raise ValueError("Give a whole number, such as 2.")

    def _value(self) -> str:
        return shown(str(self.raw_data[0] if self.raw_data else self.data))


class IdsField(Field):
    """The numbers of rows, each in a hidden input of its own."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the numbers in the order sent; nothing sent means none."""
        read = [read_id(typed) for typed in valuelist]
        self.data = [known for known in read if known is not None]
        if None in read:
            raise ValueError("A number in a hidden field is not one.")


class Line:
    """Refuse text that is no single readable line of a bearable length."""

    allowed = ""

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self.longest = longest

    def __call__(self, _form: Form, field: Field) -> None:
        """Raise unless the field holds nothing or readable text."""
        text = field.data or ""
        if len(text) > self.longest:
            raise StopValidation(
                f"This has {len(text):,} characters; shorten it to {self.longest:,} or fewer."
            )
        seen = shown(text, self.allowed)
        if seen != text:
            field.data = seen
            raise StopValidation("This holds an invisible control character; type it again.")


class Prose(Line):
    """The same for text of several lines."""

    # Line ends, and the marks that letters and web pages join and break words with.
    allowed = (
        "\t\r\n\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
    )


def shown(text: str, allowed: str = "") -> str:
    """Return the text with a mark in the place of every sign that no page may hold."""
    return "".join(
        sign if _is_seen(sign) or sign in allowed else "\N{REPLACEMENT CHARACTER}" for sign in text
    )


def _is_seen(sign: str) -> bool:
    return sign.isprintable() or unicodedata.category(sign) == "Zs"


def options(*pairs: tuple[str, str]) -> list[SelectChoice]:
    """Return the options of a choice from pairs of value and words."""
    return [SelectChoice(value, words) for value, words in pairs]


def read_id(typed: str | None) -> int | None:
    """Return the number of a row, None where the text is none that a row can have."""
    if typed and typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_ID:
        number = int(typed)
        return number if number <= LARGEST_ID else None
    return None
