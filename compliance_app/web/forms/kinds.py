"""The kinds of gift as the form shows them: grouped, with a hint, and what each must ask."""

from datetime import date, timedelta
from typing import NamedTuple

from compliance_app.rules.facts import Category


class Kind(NamedTuple):
    """One tile; `asks` names the form fields that only this kind needs."""

    category: Category
    hint: str
    asks: tuple[str, ...] = ()


_HOSTED = ("host_present", "face_value")
_PERSONAL = ("pre_existing_personal_relationship", "occasion")
_AGREED = (
    "written_agreement_before_service",
    "nature_and_amount_stated",
    "employer_written_consent",
)

GROUPS: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    (
        "What is given most",
        (
            Kind(Category.MERCHANDISE, "A hamper, a bottle, a book"),
            Kind(Category.HOLIDAY, "Sent for the season"),
            Kind(Category.GIFT_CARD, "Counts like cash"),
            Kind(Category.TICKET, "Seats or passes", _HOSTED),
            Kind(Category.ENTERTAINMENT, "A meal or event with a host", (
                *_HOSTED, "virtual", "consumed_during_event",
            )),
            Kind(Category.PROMOTIONAL_LOGO, "", ("has_logo", "incidental_to_entertainment")),
        ),
    ),
    (
        "Wedding, birth, bereavement and other kinds",
        (
            Kind(Category.WEDDING, "Personal, paid by you", _PERSONAL),
            Kind(Category.BIRTH, "Personal, paid by you", _PERSONAL),
            Kind(Category.BEREAVEMENT, "Flowers or food after a death", ("deceased_relation",)),
            Kind(Category.COMMEMORATIVE, "A plaque for a closed deal", ("solely_decorative",)),
            Kind(Category.DE_MINIMIS, "A pen, a notepad"),
            Kind(Category.PRIZE, "Won at a raffle or contest", ("incidental_to_entertainment",)),
            Kind(Category.CHARITABLE, "A donation somebody asked for", ("requested_by_recipient",)),
            Kind(
                Category.DISASTER_DONATION,
                "Help after a federal disaster",
                ("federal_major_disaster_declaration",),
            ),
            Kind(Category.COMPENSATION_FOR_SERVICES, "Paid under a written contract", _AGREED),
            Kind(Category.CASH, "Money in any form"),
        ),
    ),
)  # fmt: skip

BY_CATEGORY = {kind.category: kind for _title, kinds in GROUPS for kind in kinds}
# Facts that may be claimed for any kind.
ALWAYS_ASKED = ("exemption_id", "regifted", "currency", "rate", "rate_date")
# Asked like facts, but kept in columns of their own.
NOT_EVIDENCE = frozenset({"host_present", "face_value"})


def evidence_names(category: Category) -> tuple[str, ...]:
    """Return the facts that a gift of this kind may claim."""
    asked = (*BY_CATEGORY[category].asks, *ALWAYS_ASKED)
    return tuple(name for name in asked if name not in NOT_EVIDENCE)


def asked_by(name: str) -> tuple[Category, ...]:
    """Return the kinds that ask for a field, to show it only with them."""
    return tuple(kind.category for kind in BY_CATEGORY.values() if name in kind.asks)


def days_of(today: date) -> tuple[tuple[str, date], ...]:
    """Return the days that are chosen most, with their names."""
    return ("Today", today), ("Yesterday", today - timedelta(days=1))
