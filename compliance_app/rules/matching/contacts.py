"""What is known of a person at a client, in the form in which two of them are compared."""

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from compliance_app.rules.matching.employers import employer_codes, parse_employer
from compliance_app.rules.matching.names import PersonName, fold, parse_name

_NO_DIGIT = re.compile(r"[^0-9]+")
_EXTENSION = re.compile(r"x|ext|#", re.IGNORECASE)
_DIGITS_OF_A_NUMBER = 10


class Contact(NamedTuple):
    """One recipient as the matching sees them; what is not known is empty."""

    first: str
    middle: str
    last: str
    generation: str = ""
    office: str = ""
    employer: str = ""
    email: str = ""
    phone: str = ""
    title: str = ""
    worked_from: date | None = None
    worked_until: date | None = None

    @classmethod
    def of(
        cls,
        name: str,
        *,
        employer: str = "",
        email: str = "",
        phone: str = "",
        title: str = "",
        worked_from: date | None = None,
        worked_until: date | None = None,
    ) -> "Contact":
        """Make what people wrote comparable."""
        return cls(
            *parse_name(name),
            parse_employer(employer) if employer else "",
            email.strip().lower(),
            number_of(phone) if phone else "",
            fold(title).strip() if title else "",
            worked_from,
            worked_until,
        )

    @property
    def name(self) -> PersonName:
        """Return the parts of the name."""
        return PersonName(*self[:5])

    @property
    def last_words(self) -> list[str]:
        """Return the words of the family name."""
        return self.last.replace("-", " ").split()

    @property
    def employer_codes(self) -> tuple[str, ...]:
        """Return what spellings of the employer share."""
        return employer_codes(self.employer)


def number_of(phone: str) -> str:
    """Return the digits of a telephone number without the country's code and an extension."""
    return _NO_DIGIT.sub("", _EXTENSION.split(phone, maxsplit=1)[0])[-_DIGITS_OF_A_NUMBER:]


@lru_cache(400_000)
def mailbox(email: str) -> str:
    """Return whose box an address is: what stands before the sign, no tag, no points between."""
    box = email.partition("@")[0].partition("+")[0]
    return box[:1] + box[1:].replace(".", "").replace("_", "").replace("-", "")
