"""Money as whole cents: read from what people type, written as they expect to see it."""

import re

_WRITTEN = re.compile(r"\$?\s?([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]{1,2}))?", re.ASCII)
_LONGEST = 40
_DOLLAR = 100
_EXAMPLE = 'Write it as dollars and cents, for example "1,234.50".'


class MoneyError(ValueError):
    """What was written is not an amount of dollars."""


def parse_cents(text: str, *, ceiling_cents: int | None = None) -> int:
    """Read an amount of dollars such as `1,234.50`, `$12` or `12.5`."""
    written = text.strip(" ")
    if not written:
        raise MoneyError(f"The amount is empty. {_EXAMPLE}")
    match = _WRITTEN.fullmatch(written) if len(written) <= _LONGEST else None
    if match is None:
        raise MoneyError(f"{_quoted(written)} is not an amount. {_EXAMPLE}")
    dollars, cents = match.groups()
    amount = int(dollars.replace(",", "")) * 100 + int((cents or "0").ljust(2, "0"))
    if ceiling_cents is not None and amount > ceiling_cents:
        raise MoneyError(
            f"{format_dollars(amount)} is more than the largest amount accepted here, "
            f"{format_dollars(ceiling_cents)}. Check the decimal point."
        )
    return amount


def format_dollars(cents: int) -> str:
    """Write cents for people: `$1,234.50`."""
    return f"{'-' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def format_decimal(cents: int) -> str:
    """Write cents for programs: `1234.50`."""
    if cents >= _DOLLAR:  # nearly always, and written into every assessment many times
        digits = str(cents)
        return f"{digits[:-2]}.{digits[-2:]}"
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def divide_up(amount: int, parts: int) -> int:
    """Divide, rounding up, so that the parts never come to less than the whole."""
    return -(-amount // parts)


def divide_half_up(amount: int, parts: int) -> int:
    """Divide, rounding half a cent and more up."""
    return (2 * amount + parts) // (2 * parts)


def _quoted(text: str) -> str:
    """Show what was written, shortened and without characters that cannot be seen."""
    seen = "".join(char if char.isprintable() else "?" for char in text[:_LONGEST])
    return f'"{seen}{"..." if len(text) > _LONGEST else ""}"'
