"""What a quarterly report is made of: one frozen reading of the register.

Whoever fills these hands over finished facts; the report adds nothing and asks nothing.
Money is integer cents, days are dates, moments are aware UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from compliance_app.rules.report_kinds import ReportKind
from compliance_app.rules.workflow import DecisionKind


class DatedLimit(NamedTuple):
    """A limit and the first day it is in force."""

    from_day: date
    cents: int


class SealedCheckpoint(NamedTuple):
    """What the whole trail was at this reading: its size, the root of its tree, who signed it."""

    size: int
    root: str
    note: str
    verifier: str | None


@dataclass(frozen=True, slots=True)
class ReportMeta:
    """What the report is about and what it was read from.

    `made_at` is the moment the register was read, so the same reading gives the same bytes.
    `limits` are those in force at any time in the period, oldest first. `stem` is how the
    names of the files begin, `has_ended` whether the period was over when it was read.
    """

    firm: str
    stem: str
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
    has_ended: bool = True
    kind: ReportKind = ReportKind.REGISTER
    checkpoint: SealedCheckpoint | None = None
    rule: str = "FINRA Rule 3220"

    @property
    def title(self) -> str:
        """What the report is called."""
        return self.kind.words


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
    (cost and the like, per unit); `ground` names what an exclusion rests on, `exemption` the
    relief of FINRA on file, and `waited_at_end` says that it was undecided as the period ended.
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
    waited_at_end: bool = False
    ground: str = ""
    exemption: str = ""
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


class AmendmentLine(NamedTuple):
    """One later version of a gift; what had been cleared before is void with it."""

    gift_reference: str
    version: int
    made_at: datetime
    made_by: str
    reason: str
    was_given_on: date
    given_on: date
    was_cents: int
    counted_cents: int
    cleared_by: str
    cleared_at: datetime | None


class ReviewLine(NamedTuple):
    """What one person, or the policy itself, decided on the gifts of the report.

    The waits are from the submission to the decision. `independent` counts the decisions of
    somebody who neither gave nor logged the gift, nor reports to its giver.
    """

    reviewer: str
    role: str
    decisions: int
    approved: int
    declined: int
    sent_back: int
    breaches: int
    recorded: int
    median_minutes: int
    longest_minutes: int
    independent: int


class RefusalLine(NamedTuple):
    """One attempt that the rules refused; `number` is that of its event."""

    happened_at: datetime
    who: str
    gift_reference: str
    code: str
    sentence: str
    number: int


class PolicyLine(NamedTuple):
    """One version of the firm's policy, and what it changed."""

    effective_on: date
    label: str
    sha256: str
    adopted_by: str
    adopted_at: datetime
    reason: str
    changes: tuple[str, ...]


class ChangeLine(NamedTuple):
    """One act on a gift after an earlier package was read; `number` is that of its event."""

    happened_at: datetime
    who: str
    what: str
    gift_reference: str
    is_listed: bool
    number: int


class EarlierPackage(NamedTuple):
    """The package of the same days and scope that was read last, and what came after it."""

    read_at: datetime
    trail_events: int
    figures: dict[str, int]
    manifest_sha256: str
    changes: tuple[ChangeLine, ...]


class EventLine(NamedTuple):
    """One event of the trail, by its number; what it says in full is in the trail's part."""

    number: int
    happened_at: datetime
    who: str
    what: str
    subject: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands behind the gifts of a report: how they were supervised, and what changed."""

    amendments: Sequence[AmendmentLine] = ()
    reviews: Sequence[ReviewLine] = ()
    refusals: Sequence[RefusalLine] = ()
    policies: Sequence[PolicyLine] = ()
    events: Sequence[EventLine] = ()
    earlier: EarlierPackage | None = None


NO_EVIDENCE: Final = Evidence()


@dataclass(frozen=True, slots=True)
class QuarterReport:
    """The register of one period: its shares and, for each recipient in them, the totals."""

    meta: ReportMeta
    shares: Sequence[ShareLine]
    totals: Sequence[RecipientTotal]
    evidence: Evidence = NO_EVIDENCE
