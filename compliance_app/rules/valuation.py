"""What a share counts for: the unit's value on the firm's basis, times quantity, divided.

Cost leaves out tax and delivery. Tickets count at the higher of cost and face value.
"""

from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from compliance_app.rules.facts import Category, Facts, FactsError
from compliance_app.rules.money import divide_half_up, divide_up


class Basis(StrEnum):
    """Which of a gift's values counts."""

    RULE_ON_GIFT_DATE = "rule_on_gift_date"
    COST = "cost"
    HIGHER = "higher_of_cost_or_market"
    MARKET = "market_value"
    # Laws on public servants look at market value even for tickets.
    FAIR_MARKET = "fair_market_value"
    TICKET = "higher_of_cost_or_face"


class Rounding(StrEnum):
    """What becomes of half a cent when a gift is divided."""

    CEILING = "ceiling_cent"
    HALF_UP = "half_up_cent"


class BasisRow(NamedTuple):
    """How Rule 3220 values gifts from a day on."""

    since: date
    basis: Basis
    source: str


RULE_BASES = (
    BasisRow(date.min, Basis.HIGHER, "NASD NTM 06-69"),
    BasisRow(date(2026, 3, 30), Basis.COST, "Rule 3220, valuation (U1)"),
)


class Valuation(NamedTuple):
    """How a share came to its value; `unit_cents` is None where nothing is known."""

    unit_cents: int | None
    cents: int
    basis: Basis
    quantity: int
    recipients: int


def basis_on(day: date, chosen: Basis) -> Basis:
    """Return the basis for a gift of `day`: the firm's, or the rule's of that day."""
    return _rule_basis(day) if chosen is Basis.RULE_ON_GIFT_DATE else chosen


@lru_cache(maxsize=4096)
def _rule_basis(day: date) -> Basis:
    return next(row.basis for row in reversed(RULE_BASES) if row.since <= day)


def value_share(facts: Facts, chosen: Basis, rounding: Rounding) -> Valuation:
    """Work out what one recipient's share counts for."""
    if facts.quantity < 1 or facts.recipients_count < 1:
        raise FactsError("The quantity and the number of recipients must each be 1 or more.")
    basis = basis_on(facts.given_on, chosen)
    if facts.category is Category.TICKET and basis is not Basis.FAIR_MARKET:
        basis = Basis.TICKET
    # Without names nobody may be given a smaller part than the whole.
    recipients = facts.recipients_count
    if recipients > 1 and facts.shows("recipient_names_missing"):
        recipients = 1
    unit = unit_value(facts, basis)
    if unit is None:
        return Valuation(None, 0, basis, facts.quantity, recipients)
    return Valuation(
        unit,
        share_of(unit, facts.quantity, recipients, rounding),
        basis,
        facts.quantity,
        recipients,
    )


def share_of(unit_cents: int, quantity: int, recipients: int, rounding: Rounding) -> int:
    """Divide the value of all units among the recipients."""
    if recipients == 1:
        return unit_cents * quantity
    divide = divide_up if rounding is Rounding.CEILING else divide_half_up
    return divide(unit_cents * quantity, recipients)


def unit_value(facts: Facts, basis: Basis) -> int | None:
    """Return the value of one unit on a basis, from what is known; None if nothing is."""
    cost = net_cost(facts)
    market, face = facts.market_value_cents, facts.face_value_cents
    if basis is Basis.COST:
        wanted = cost
    elif basis is Basis.HIGHER:
        wanted = _highest(cost, market)
    elif basis is Basis.TICKET:
        wanted = _highest(cost, face)
    elif basis is Basis.MARKET:
        wanted = market
    else:
        wanted = market if market is not None else face
    if facts.category is Category.ENTERTAINMENT and basis is not Basis.FAIR_MARKET:
        # A seat without a host is a ticket, whatever the form called it.
        wanted = _highest(wanted, face)
    return wanted if wanted is not None else _highest(cost, market, face)


def net_cost(facts: Facts) -> int | None:
    """Return what a unit cost without tax and delivery; None where that is not known."""
    if facts.cost_cents is not None:
        return facts.cost_cents
    if facts.total_paid_cents is None:
        return None
    net = facts.total_paid_cents - facts.tax_cents - facts.delivery_cents
    return net if net >= 0 else None


def _highest(*values: int | None) -> int | None:
    return max((value for value in values if value is not None), default=None)
