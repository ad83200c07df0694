"""What somebody says about a gift, before anybody has judged it, and whether it makes sense.

Pages, API and import build a `Claim`; `check` is the one place that says what a claim may hold.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import NamedTuple

from compliance_app.rules.errors import InputError
from compliance_app.rules.facts import (
    Category,
    Facts,
    GiverType,
    Payer,
    RecipientClass,
    Standing,
)
from compliance_app.rules.money import format_dollars
from compliance_app.rules.policy import Policy

# The limit has stood in today's form since the 1992 amendment; nothing older is judged.
EARLIEST_DAY = date(1992, 12, 28)
FURTHEST_AHEAD = timedelta(days=366)
# Signs nobody can see, but for tab and line ends, and halves of signs.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
LONGEST_TEXT = 20_000
# What an old register holds happened, so it is taken as it was written: longer, larger,
# and where nobody kept the cost, without it.
LONGEST_PAST_TEXT = 100_000
LARGEST_PAST_CENTS = 100_000_000_00
LARGEST_QUANTITY = 10_000
CURRENCY_CODE = re.compile(r"(?!USD)[A-Z]{3}\Z")
RATE = re.compile(r"(?=.*[1-9])[0-9]{1,9}(\.[0-9]{1,9})?\Z")
MOST_RECIPIENTS = 200


class Claim(NamedTuple):
    """A gift as claimed: money in cents, per unit where it has a quantity."""

    given_on: date
    category: Category
    description: str
    recipient_ids: tuple[int, ...]
    purpose: str = ""
    cost_cents: int | None = None
    market_value_cents: int | None = None
    face_value_cents: int | None = None
    tax_cents: int = 0
    delivery_cents: int = 0
    quantity: int = 1
    payer: Payer = Payer.MEMBER
    host_present: bool | None = None
    evidence: Mapping[str, str] = MappingProxyType({})

    @property
    def amounts(self) -> dict[str, int | None]:
        """Return every sum of the claim by the name of its field."""
        return {
            "cost": self.cost_cents,
            "market_value": self.market_value_cents,
            "face_value": self.face_value_cents,
            "tax": self.tax_cents,
            "delivery": self.delivery_cents,
        }

    def facts_for(
        self,
        *recipient_classes: RecipientClass,
        giver_type: GiverType,
        standing: Standing,
    ) -> Facts:
        """Return what the engine looks at for one recipient of this gift."""
        return Facts(
            self.given_on,
            self.category,
            self.payer,
            self.cost_cents,
            None,
            self.market_value_cents,
            self.face_value_cents,
            self.tax_cents,
            self.delivery_cents,
            self.quantity,
            len(self.recipient_ids),
            giver_type,
            recipient_classes,
            standing,
            self.host_present,
            self.evidence,
        )


def check(claim: Claim, policy: Policy, *, today: date, from_old_register: bool = False) -> None:
    """Raise InputError, with a sentence for each field, unless the claim makes sense."""
    past = from_old_register
    ceiling_cents = LARGEST_PAST_CENTS if past else policy.amount_ceiling_cents
    problems = {
        **_day_problem(claim.given_on, today),
        **_text_problems(claim, LONGEST_PAST_TEXT if past else LONGEST_TEXT),
        **_recipient_problems(claim.recipient_ids),
        **_amount_problems(claim, ceiling_cents, cost_needed=not past),
        **_currency_problems(claim.evidence),
    }
    if problems:
        raise InputError(problems=problems)


def _day_problem(day: date, today: date) -> dict[str, str]:
    latest = today + FURTHEST_AHEAD
    if EARLIEST_DAY <= day <= latest:
        return {}
    sentence = f"Choose a day between {EARLIEST_DAY.isoformat()} and {latest.isoformat()}."
    return {"given_on": f"{day.isoformat()} cannot be the day of this gift. {sentence}"}


def _text_problems(claim: Claim, longest: int) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not claim.description.strip():
        problems["description"] = "Describe the gift in a few words, such as: Fruit basket."
    for name, text in (("description", claim.description), ("purpose", claim.purpose)):
        if len(text) > longest:
            problems[name] = (
                f"This text has {len(text):,} characters; shorten it to {longest:,} or fewer."
            )
        elif CONTROL.search(text):
            problems[name] = "This text holds an invisible control character; type it again."
    return problems


def _recipient_problems(recipient_ids: tuple[int, ...]) -> dict[str, str]:
    if not recipient_ids:
        return {"recipients": "Choose who it is for, or add the person as a new recipient."}
    if len(set(recipient_ids)) < len(recipient_ids):
        return {"recipients": "The same person is named twice. Name each recipient once."}
    if len(recipient_ids) > MOST_RECIPIENTS:
        return {
            "recipients": f"A gift can have {MOST_RECIPIENTS} recipients at most. Log it in parts."
        }
    return {}


def _amount_problems(claim: Claim, ceiling_cents: int, *, cost_needed: bool) -> dict[str, str]:
    problems: dict[str, str] = {}
    if cost_needed and claim.cost_cents is None:
        problems["cost"] = "Say what it cost, before tax and delivery, such as 48.00."
    if not 1 <= claim.quantity <= LARGEST_QUANTITY:
        problems["quantity"] = f"Give a whole number from 1 to {LARGEST_QUANTITY:,}."
    for name, cents in claim.amounts.items():
        if cents is None:
            continue
        if cents < 0:
            problems[name] = "A sum cannot be below zero. Leave out the minus sign."
        elif cents * max(claim.quantity, 1) > ceiling_cents:
            problems[name] = (
                f"{format_dollars(cents * claim.quantity)} is above the largest sum this register "
                f"takes, {format_dollars(ceiling_cents)}. Check the decimal point."
            )
    return problems


def _currency_problems(evidence: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with a price that was converted to dollars (regulation .02)."""
    if not {"currency", "rate", "rate_date"} & evidence.keys():
        return {}
    problems: dict[str, str] = {}
    if not CURRENCY_CODE.match(evidence.get("currency", "")):
        problems["currency"] = "Name the currency of the price by its three letters, such as EUR."
    if not RATE.match(evidence.get("rate", "")):
        problems["rate"] = "Give the dollars for one unit of that currency, such as 1.0845."
    try:
        date.fromisoformat(evidence.get("rate_date", ""))
    except ValueError:
        problems["rate_date"] = "Give the day of the rate, written as year-month-day: 2026-11-24."
    return problems
