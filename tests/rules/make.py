"""Short ways to say a gift and what went before."""

from collections.abc import Mapping
from datetime import date
from typing import TypedDict, Unpack

from compliance_app.rules.assessment import Assessment, assess
from compliance_app.rules.facts import (
    Category,
    Facts,
    GiverType,
    Payer,
    PriorShare,
    RecipientClass,
    Standing,
)
from compliance_app.rules.settings import Policy


class Changes(TypedDict, total=False):
    """What a test may say of a gift."""

    category: Category
    payer: Payer
    cost_cents: int | None
    total_paid_cents: int | None
    market_value_cents: int | None
    face_value_cents: int | None
    tax_cents: int
    delivery_cents: int
    quantity: int
    recipients_count: int
    giver_type: GiverType
    recipient_classes: tuple[RecipientClass, ...]
    standing: Standing
    host_present: bool | None
    evidence: Mapping[str, str]


def make_facts(day: str = "2026-05-04", **changes: Unpack[Changes]) -> Facts:
    """Return a plain gift of $50.00, changed where said."""
    plain = Facts(date.fromisoformat(day), Category.MERCHANDISE, cost_cents=50_00)
    return plain._replace(**changes)


def make_prior(*entries: tuple[str, int]) -> list[PriorShare]:
    """Return shares G-1, G-2, ... of the register."""
    return [
        PriorShare(date.fromisoformat(day), cents, f"G-{number}")
        for number, (day, cents) in enumerate(entries, start=1)
    ]


def judge(facts: Facts, *entries: tuple[str, int], policy: Policy | None = None) -> Assessment:
    """Assess a gift after others."""
    return assess(facts, make_prior(*entries), policy or Policy())


def sentences(assessment: Assessment) -> list[str]:
    """Return what a person reads."""
    return [reason.sentence for reason in assessment.reasons]
