"""What a quarterly report is made of: one frozen reading of the register.

Whoever fills these hands over finished facts; the report adds nothing and asks nothing.
Money is integer cents, days are dates, moments are aware UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from compliance_app.rules.workflow import DecisionKind


class DatedLimit(NamedTuple):
    """A limit and the first day it is in force."""

    from_day: date
    cents: int


@dataclass(frozen=True, slots=True)
class ReportMeta:
    """What the report is about and what it was read from.

    `made_at` is the moment the register was read, so the same reading gives the same bytes.
    `limits` are those in force at any time in the period, oldest first.
    """

    firm: str
    period: str
    first_day: date
    last_day: date
    scope: str
    made_at: datetime
    year_basis: str
    policy_label: str
    policy_sha256: str
    trail_events: int
    trail_head: str
    software: str
    limits: tuple[DatedLimit, ...]
    rule: str = "FINRA Rule 3220"


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One decision on a gift: the remedy of a breach stands in its reason."""

    decided_at: datetime
    decided_by: str
    kind: DecisionKind
    reason: str


@dataclass(frozen=True, slots=True)
class ShareLine:
    """One recipient's share of one gift in the period, whatever became of it.

    `counts` says whether `counted_cents` is part of the recipient's totals. `recipient_id`
    tells apart people of one name. The fields with defaults are those of the gift file
    (cost and the like, per unit); `ground` names what an exclusion rests on.
    """

    gift_reference: str
    version: int
    given_on: date
    logged_on: date
    recipient_id: int
    recipient: str
    employer: str
    giver: str
    logged_by: str
    category: str
    description: str
    purpose: str
    counted_cents: int
    counts: bool
    running_cents: int | None
    limit_cents: int | None
    excess_cents: int
    state: str
    verdict: str
    regime: str
    reasons: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    decisions: tuple[DecisionLine, ...] = ()
    late: bool = False
    planned: bool = False
    ground: str = ""
    giver_email: str = ""
    logged_by_email: str = ""
    recipient_email: str = ""
    cost_cents: int | None = None
    market_value_cents: int | None = None
    face_value_cents: int | None = None
    tax_cents: int = 0
    delivery_cents: int = 0
    quantity: int = 1
    payer: str = ""
    host_present: bool | None = None


@dataclass(frozen=True, slots=True)
class RecipientTotal:
    """What one recipient's shares of the period come to.

    `gifts` counts every share listed, `quarter_cents` adds up those that count, and
    `running_cents` is the total of the window that holds the last day of the period.
    """

    recipient_id: int
    recipient: str
    employer: str
    gifts: int
    quarter_cents: int
    running_cents: int
    limit_cents: int | None
    over: bool


@dataclass(frozen=True, slots=True)
class QuarterReport:
    """The register of one period: its shares and, for each recipient in them, the totals."""

    meta: ReportMeta
    shares: Sequence[ShareLine]
    totals: Sequence[RecipientTotal]
