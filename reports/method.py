"""The last part: how the numbers were made, how to check them, and what the words mean."""

from collections.abc import Sequence
from typing import Final

from reports.listing import Column, Listing, Section, columns_of
from reports.source import ReportMeta
from reports.theme import CELL, CELL_STRONG
from reports.wording import limit_words, long_day, moment

METHOD: Final = columns_of([("Subject", 128, "left"), ("How it is done", 584, "left")])
GLOSSARY: Final = columns_of([("Word", 128, "left"), ("What it means here", 584, "left")])

EXPLANATIONS: Final = {
    "What is listed": (
        "Every share of every submitted gift given, or planned to be given, from {first} to {last},"
        " whatever became of it. One gift to several recipients has one row for each of them."
    ),
    "When it was read": (
        "All pages and the data files come from one reading of the register, at {made_at} UTC. The"
        " totals were compared with the sums of their shares before anything was written."
    ),
    "Limit": (
        "Each gift is judged by the limit in force on its day: {limits}. Year for the limit:"
        " {year_basis}."
    ),
    "What counts": (
        "Gifts given, gifts approved and gifts waiting for a decision count, unless they are"
        " excluded. What does not count is printed in gray, as not counted."
    ),
    "Days and times": "Days are written year-month-day. Times are in UTC.",
    "Content hash": (
        "The hash on the cover and at the foot of every page is the SHA-256 of the file"
        " {stem}.csv that belongs to this report. Compute it again, for example with:"
        " sha256sum {stem}.csv. The same reading gives the same files, byte for byte."
    ),
    "Characters": (
        "A character that the fonts of this report do not hold is printed as ■. The data files"
        " hold every character as it was entered."
    ),
}

WORDS: Final = {
    "Associated person": "Anyone of the firm, registered or not, such as an account executive.",
    "Breach": (
        "A gift that was given and is over the limit without relief. It is recorded together with"
        " its remedy and stays in the register."
    ),
    "Counted value": (
        "What a share counts for against the limit, after valuation and after a gift to several"
        " people has been split among them."
    ),
    "Exception": (
        "Permission by the firm to go beyond its own, stricter limit, but not beyond the rule's."
    ),
    "Exclusion": (
        "A ground on which a gift does not count toward the limit. It is claimed by the giver and"
        " decided by someone else."
    ),
    "Exemption": "Relief from the rule itself, granted by FINRA under the Rule 9600 Series.",
    "Gift": "One act of giving, to one or several recipients. Each recipient's part is a share.",
    "Giver": "The associated person, or the firm itself, the gift is from.",
    "Member": "The broker-dealer whose register this is.",
    "Recipient": (
        "One human being. The total follows the person, not the employer and not the spelling of"
        " the name."
    ),
    "Running total": (
        "All counted values to the recipient in the year of the limit, up to and including the"
        " gift, whoever of the firm gave them."
    ),
    "Trail head": (
        "The hash that seals every event in the audit trail up to the moment of this reading. A"
        " trail that was changed before that moment leads to another hash."
    ),
}


def write_method(listing: Listing, meta: ReportMeta) -> None:
    """Explain the numbers, the checks and the words of the report."""
    facts = {
        "first": long_day(meta.first_day),
        "last": long_day(meta.last_day),
        "made_at": moment(meta.made_at),
        "limits": limit_words(meta.limits),
        "year_basis": meta.year_basis,
        "stem": meta.stem,
    }
    listing.begin_section(Section("How this report was made"))
    told = {subject: text.format_map(facts) for subject, text in EXPLANATIONS.items()}
    _write(listing, METHOD, told)
    listing.begin_section(Section("What the words mean"))
    _write(listing, GLOSSARY, WORDS)


def _write(listing: Listing, columns: Sequence[Column], entries: dict[str, str]) -> None:
    listing.begin_table(columns)
    for name, explanation in entries.items():
        listing.add_row([[(name, CELL_STRONG)], [(explanation, CELL)]])
