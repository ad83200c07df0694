"""Text in a cell that no spreadsheet may run: the one guard for every list that is handed out."""

from collections.abc import Sequence

# A spreadsheet runs a cell that begins with one of these as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


# The same, where several texts are joined by what no text holds.
_JOINED_STARTS = tuple(f"\0{start}" for start in FORMULA_STARTS)


def harmless(text: str) -> str:
    """Return the text so that a spreadsheet shows it and does not run it."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def all_harmless(texts: Sequence[str]) -> Sequence[str]:
    """Return the same for many texts, most of which are harmless as they are."""
    joined = "\0".join(("", *texts))
    if any(start in joined for start in _JOINED_STARTS):
        return list(map(harmless, texts))
    return texts
