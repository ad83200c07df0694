"""What a report reads: every share of a period, and the runs that were produced."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from compliance_app.rules.assessment import Verdict
from compliance_app.rules.audit import Event
from compliance_app.rules.facts import Category, Payer
from compliance_app.rules.workflow import DecisionKind, State
from compliance_app.store.models import (
    Assessment,
    Decision,
    Employer,
    Gift,
    GiftVersion,
    Person,
    Recipient,
    ReportRun,
    Share,
    TrailEvent,
)

# What leaves the register as it was; the rest of the trail changes what a report says.
NOT_CHANGES = (
    Event.SIGNED_IN,
    Event.SIGNED_OUT,
    Event.SESSION_REVOKED,
    Event.LOCKED_OUT,
    Event.TOKEN_MADE,
    Event.TOKEN_REVOKED,
    Event.PASSWORD_SET,
    Event.REPORT_MADE,
    Event.ATTEMPT_REFUSED,
)


class ReportedShare(NamedTuple):
    """One share of the period with its gift, in the version that is in force."""

    share_id: int
    gift_id: int
    reference: str
    version: int
    state: State
    already_given: bool
    logged_at: datetime
    giver: str
    giver_email: str
    logged_by: str
    logged_by_email: str
    recipient_id: int
    recipient: str
    recipient_email: str | None
    employer: str | None
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
    flags: list[dict[str, Any]]
    counted_cents: int
    holds_room: bool
    verdict: Verdict
    regime: str
    running_cents: int
    limit_cents: int | None
    excess_cents: int
    document: str


class DecisionRow(NamedTuple):
    """One decision on a reported gift."""

    gift_id: int
    kind: DecisionKind
    decided_at: datetime
    decided_by: str | None
    reason: str
    remedy: str


def shares_between(session: Session, *, since: date, before: date) -> Iterator[ReportedShare]:
    """Yield the submitted shares with a day in [since, before), in the order of the register."""
    giver, logger, goes_on = aliased(Person), aliased(Person), aliased(Recipient)
    statement = (
        select(
            Share.id,
            Gift.id,
            Gift.reference,
            GiftVersion.number,
            Gift.state,
            Gift.already_given,
            Gift.logged_at,
            giver.name,
            giver.email,
            logger.name,
            logger.email,
            goes_on.id,
            goes_on.name,
            goes_on.email,
            Employer.name,
            Share.given_on,
            GiftVersion.category,
            GiftVersion.description,
            GiftVersion.purpose,
            GiftVersion.cost_cents,
            GiftVersion.market_value_cents,
            GiftVersion.face_value_cents,
            GiftVersion.tax_cents,
            GiftVersion.delivery_cents,
            GiftVersion.quantity,
            GiftVersion.payer,
            GiftVersion.host_present,
            GiftVersion.flags,
            Share.counted_cents,
            Share.holds_room,
            Assessment.verdict,
            Assessment.regime,
            Assessment.running_cents,
            Assessment.limit_cents,
            Assessment.excess_cents,
            Assessment.document,
        )
        .select_from(Share)
        .join(Gift, Gift.id == Share.gift_id)
        .join(GiftVersion, GiftVersion.id == Share.version_id)
        .join(giver, giver.id == Gift.giver_id)
        .join(logger, logger.id == Gift.logged_by_id)
        .join(Recipient, Recipient.id == Share.recipient_id)
        .join(goes_on, goes_on.id == func.coalesce(Recipient.merged_into_id, Recipient.id))
        .join(Assessment, Assessment.id == Share.assessment_id)
        .outerjoin(Employer, Employer.id == Share.employer_id)
        .where(
            Share.given_on >= since,
            Share.given_on < before,
            GiftVersion.number == Gift.version_number,
            Gift.state.not_in((State.DRAFT, State.DISCARDED)),
        )
        .order_by(
            func.coalesce(Employer.name_key, ""),
            goes_on.name_key,
            goes_on.id,
            Share.given_on,
            Share.id,
        )
    )
    for row in session.execute(statement.execution_options(yield_per=1000)):
        yield ReportedShare._make(row)


def room_between(
    session: Session, *, since: date | None, before: date
) -> Iterator[tuple[int, date, int, int]]:
    """Yield (person, day, share, counted cents) of what holds room, by person and day.

    Only people with a share in the register at all come; `since` None means from the start.
    """
    person = func.coalesce(Recipient.merged_into_id, Recipient.id)
    statement = (
        select(person, Share.given_on, Share.id, Share.counted_cents)
        .join(Recipient, Recipient.id == Share.recipient_id)
        .where(Share.holds_room, Share.given_on < before)
        .order_by(person, Share.given_on, Share.id)
    )
    if since is not None:
        statement = statement.where(Share.given_on >= since)
    yield from session.execute(statement.execution_options(yield_per=1000))


def decisions_on(session: Session, gift_ids: Iterable[int]) -> Iterator[DecisionRow]:
    """Yield the decisions on the current versions of these gifts, in the order they were made."""
    wanted = sorted(set(gift_ids))
    for start in range(0, len(wanted), 500):
        statement = (
            select(
                Decision.gift_id,
                Decision.kind,
                Decision.decided_at,
                Person.name,
                Decision.reason,
                Decision.remedy,
            )
            .join(Gift, Gift.id == Decision.gift_id)
            .outerjoin(Person, Person.id == Decision.decided_by_id)
            .where(Decision.gift_id.in_(wanted[start : start + 500]))
            .order_by(Decision.id)
        )
        for row in session.execute(statement):
            yield DecisionRow._make(row)


def latest_change(session: Session) -> TrailEvent | None:
    """Return the last event that changed what a report says.

    A report is dated by it, not by the clock, so the same register gives the same bytes.
    """
    return session.scalar(
        select(TrailEvent)
        .where(TrailEvent.event.not_in([event.value for event in NOT_CHANGES]))
        .order_by(TrailEvent.number.desc())
        .limit(1)
    )


def list_runs(session: Session, *, count: int = 50) -> Sequence[ReportRun]:
    """Return the packages that were produced, newest first."""
    return session.scalars(select(ReportRun).order_by(ReportRun.id.desc()).limit(count)).all()
