"""The versions of a gift side by side, with what each changed of the one before it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from compliance_app.rules.money import format_dollars
from compliance_app.store.models import Gift, GiftVersion
from compliance_app.web.filters import day, words


class Cell(NamedTuple):
    """What one version says of one thing, and whether the version before said otherwise."""

    text: str
    changed: bool


class Row(NamedTuple):
    """One thing in all versions."""

    name: str
    cells: Sequence[Cell]


def _sum(cents: int | None) -> str:
    return format_dollars(cents) if cents is not None else ""


def _evidence(version: GiftVersion) -> str:
    said = sorted(version.evidence.items())
    parts = (f"{name.replace('_', ' ')}: {text or 'yes'}" for name, text in said)
    return "; ".join(parts).capitalize()


# What is compared, in the order a reader looks for it.
FACTS: tuple[tuple[str, Callable[[GiftVersion], str]], ...] = (
    ("Recipients", lambda one: ", ".join(share.recipient_name for share in one.shares)),
    ("Date", lambda one: day(one.given_on)),
    ("Kind", lambda one: words(one.category)),
    ("Description", lambda one: one.description),
    ("In relation to", lambda one: one.purpose),
    ("Cost of one", lambda one: _sum(one.cost_cents)),
    ("How many", lambda one: str(one.quantity)),
    ("Market value", lambda one: _sum(one.market_value_cents)),
    ("Face value", lambda one: _sum(one.face_value_cents)),
    ("Tax and delivery", lambda one: _sum(one.tax_cents + one.delivery_cents)),
    ("Paid by", lambda one: words(one.payer)),
    ("Hosted by the firm", lambda one: {None: "", True: "Yes", False: "No"}[one.host_present]),
    ("Facts claimed", _evidence),
    ("Counts for", lambda one: _sum(sum(share.counted_cents for share in one.shares))),
    ("Policy", lambda one: ", ".join(_policies(one))),
)


def compare(gift: Gift) -> list[Row]:
    """Return every thing that any version says something of."""
    rows = [Row(name, _cells([say(one) for one in gift.versions])) for name, say in FACTS]
    return [row for row in rows if any(cell.text for cell in row.cells)]


def _cells(texts: Sequence[str]) -> list[Cell]:
    before = [texts[0], *texts[:-1]]
    return [Cell(text, text != earlier) for text, earlier in zip(texts, before, strict=True)]


def _policies(version: GiftVersion) -> list[str]:
    hashes = {one.assessment.policy_sha256 for one in version.shares if one.assessment}
    return [sha256[:12] for sha256 in sorted(hashes)]
