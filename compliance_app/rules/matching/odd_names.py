"""Names that are not one person's: of several people, or of an office."""

import re
from collections.abc import Iterator
from typing import Any

from compliance_app.rules.matching.contacts import Contact
from compliance_app.rules.matching.names import parse_name

# What follows a comma is what somebody is, and titles are full of these.
_SEVERAL = re.compile(r"[^,]*(?:;|/|&|\band\b)", re.IGNORECASE)
_AND = re.compile(r"\band\b", re.IGNORECASE)


def what_is_odd(name: str) -> str:
    """Say why a name may not be one person's; nothing where it seems to be."""
    if _SEVERAL.match(name):
        return "This names several people; the limit is one person's, so give each a row."
    if parse_name(name).office:
        return "This names an office; a limit is a person's, so name who holds it."
    return ""


def contacts_named(name: str, **facts: Any) -> list[Contact]:  # noqa: ANN401 - as Contact.of has it
    """Return a record as the matching sees it: its name, then each person whom that names."""
    contact = Contact.of(name, **facts)
    if not contact.office:
        return [contact]
    return [contact, *(Contact.of(one, **facts) for one in _people_in(name))]


def _people_in(name: str) -> Iterator[str]:
    """Yield the people of a name with an "and": John Doe and Mary Doe of John and Mary Doe."""
    first, *others = [parse_name(part) for part in _AND.split(name)]
    named = [part for part in (first, *others) if others and (part.first or part.last)]
    # A given name alone takes the family name that stands after it.
    family = next((part.last for part in reversed(named) if part.first), "")
    for part in named:
        words = part.words
        alone = len(words) == 1 and family not in {"", words[0]}
        yield " ".join((*words, family) if alone else words)
