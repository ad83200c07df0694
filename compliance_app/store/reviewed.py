"""A gift as its reviewer sees it, read in one trip: what it is, who got it, and what was said."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from compliance_app.rules.facts import Category, Payer
from compliance_app.rules.permissions import Role
from compliance_app.rules.routing import Route
from compliance_app.rules.verdicts import Verdict
from compliance_app.rules.workflow import DecisionKind, State
from compliance_app.store.models import (
    Assessment,
    Attachment,
    Comment,
    Decision,
    Gift,
    GiftVersion,
    Person,
    Share,
)
from compliance_app.store.models.gifts import IN_FORCE
from compliance_app.store.prepared import Prepared, ask


class Named(NamedTuple):
    """Somebody of the firm, by name."""

    id: int
    name: str


class Decider(NamedTuple):
    """Who decided, and as what."""

    name: str
    role: Role


class ReviewedVerdict(NamedTuple):
    """What the assessment in force says."""

    verdict: Verdict


class ReviewedShare(NamedTuple):
    """One recipient's part of the version in force."""

    recipient_id: int
    recipient_name: str
    counted_cents: int
    assessment: ReviewedVerdict | None


class ReviewedVersion(NamedTuple):
    """What is claimed of the gift."""

    given_on: date
    category: Category
    description: str
    purpose: str
    cost_cents: int | None
    market_value_cents: int | None
    face_value_cents: int | None
    tax_cents: int
    delivery_cents: int
    quantity: int
    payer: Payer
    host_present: bool | None
    evidence: dict[str, str]
    shares: Sequence[ReviewedShare]


class ReviewedDecision(NamedTuple):
    """What was decided on one version; nobody means the policy did."""

    version_number: int
    kind: DecisionKind
    decided_by_id: int | None
    decided_by: Decider | None
    decided_at: datetime
    reason: str


class ReviewedComment(NamedTuple):
    """A question about the gift, or the answer to one."""

    written_by: Named
    written_at: datetime
    text: str


class ReviewedFile(NamedTuple):
    """A receipt."""

    id: int
    file_name: str


class ReviewedGift(NamedTuple):
    """A gift in the version in force, with everything a card shows of it."""

    id: int
    reference: str
    state: State
    version_number: int
    giver_id: int
    logged_by_id: int
    handed_to_id: int | None
    already_given: bool
    route: Route | None
    logged_at: datetime
    submitted_at: datetime | None
    giver: Named
    logged_by: Named
    version: ReviewedVersion
    decisions: Sequence[ReviewedDecision]
    comments: Sequence[ReviewedComment]
    attachments: Sequence[ReviewedFile]


def find_reviewed(session: Session, reference: str) -> ReviewedGift | None:
    """Return the gift, None where there is none of this reference."""
    found, shares, decisions, comments, files = ask(
        session, *(one(reference=reference) for one in (_GIFT, _SHARES, _DECISIONS, _SAID, _FILES))
    )
    if not found:
        return None
    gift = found[0]
    version = (*gift[_VERSION_BEGINS:], [_share(*one) for one in shares])
    return ReviewedGift._make(
        (
            *gift[:_GIFT_ENDS],
            Named(gift.giver_id, gift.giver),
            Named(gift.logged_by_id, gift.logged_by),
            ReviewedVersion._make(version),
            [_decision(*one) for one in decisions],
            [ReviewedComment(Named(*one[:2]), *one[2:]) for one in comments],
            files,
        )
    )


def _share(
    recipient_id: int, name: str, counted_cents: int, verdict: Verdict | None
) -> ReviewedShare:
    kept = ReviewedVerdict(verdict) if verdict is not None else None
    return ReviewedShare(recipient_id, name, counted_cents, kept)


def _decision(
    version_number: int,
    kind: DecisionKind,
    decided_by_id: int | None,
    name: str | None,
    role: Role | None,
    decided_at: datetime,
    reason: str,
) -> ReviewedDecision:
    by = Decider(name, role) if name is not None and role is not None else None
    return ReviewedDecision(version_number, kind, decided_by_id, by, decided_at, reason)


# The columns of the gift come first, then two names, then those of the version.
_GIFT_ENDS = ReviewedGift._fields.index("giver")
_VERSION_BEGINS = _GIFT_ENDS + 2
_giver, _logger = aliased(Person), aliased(Person)
_this = Gift.reference == bindparam("reference")
_GIFT = Prepared(
    select(
        *(getattr(Gift, name) for name in ReviewedGift._fields[:_GIFT_ENDS]),
        _giver.name.label("giver"),
        _logger.name.label("logged_by"),
        *(getattr(GiftVersion, name) for name in ReviewedVersion._fields[:-1]),
    )
    .join(_giver, _giver.id == Gift.giver_id)
    .join(_logger, _logger.id == Gift.logged_by_id)
    .join(GiftVersion, IN_FORCE)
    .where(_this)
)
_SHARES = Prepared(
    select(Share.recipient_id, Share.recipient_name, Share.counted_cents, Assessment.verdict)
    .select_from(Gift)
    .join(GiftVersion, IN_FORCE)
    .join(Share, Share.version_id == GiftVersion.id)
    .outerjoin(Assessment, Assessment.id == Share.assessment_id)
    .where(_this)
    .order_by(Share.id)
)
_DECISIONS = Prepared(
    select(
        Decision.version_number,
        Decision.kind,
        Decision.decided_by_id,
        Person.name,
        Person.role,
        Decision.decided_at,
        Decision.reason,
    )
    .join(Gift, Gift.id == Decision.gift_id)
    .outerjoin(Person, Person.id == Decision.decided_by_id)
    .where(_this)
    .order_by(Decision.id)
)
_SAID = Prepared(
    select(Person.id, Person.name, Comment.written_at, Comment.text)
    .select_from(Comment)
    .join(Gift, Gift.id == Comment.gift_id)
    .join(Person, Person.id == Comment.written_by_id)
    .where(_this)
    .order_by(Comment.id)
)
_FILES = Prepared(
    select(Attachment.id, Attachment.file_name)
    .join(Gift, Gift.id == Attachment.gift_id)
    .where(_this)
    .order_by(Attachment.id),
    ReviewedFile,
)
