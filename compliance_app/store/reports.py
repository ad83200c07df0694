"""What a report reads: every share of a period, and the runs that were produced."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from compliance_app.rules.assessment import Verdict
from compliance_app.rules.audit import Event
from compliance_app.rules.facts import Category, Payer
from compliance_app.rules.report_kinds import ReportKind
from compliance_app.rules.scopes import WHOLE_FIRM, Scope
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
from compliance_app.store.report_scopes import covers

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
    Event.SEARCH_KEPT,
    Event.SEARCH_DROPPED,
    Event.REPORT_TAKEN,
    Event.REPORT_ORDERED,
    Event.REPORT_CANCELED,
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
    giver_id: int
    giver: str
    giver_email: str
    logged_by_id: int
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
    evidence: dict[str, str]
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
    version_number: int
    kind: DecisionKind
    decided_at: datetime
    decided_by_id: int | None
    decided_by: str | None
    reason: str
    remedy: str


_giver, _logger, _goes_on = aliased(Person), aliased(Person), aliased(Recipient)
# One row a share: its gift in the version that stands, its people, and what the rules said of it.
_REPORTED = (
    select(
        Share.id,
        Gift.id,
        Gift.reference,
        GiftVersion.number,
        Gift.state,
        Gift.already_given,
        Gift.logged_at,
        _giver.id,
        _giver.name,
        _giver.email,
        _logger.id,
        _logger.name,
        _logger.email,
        _goes_on.id,
        _goes_on.name,
        _goes_on.email,
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
        GiftVersion.evidence,
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
    .join(_giver, _giver.id == Gift.giver_id)
    .join(_logger, _logger.id == Gift.logged_by_id)
    .join(Recipient, Recipient.id == Share.recipient_id)
    .join(_goes_on, _goes_on.id == func.coalesce(Recipient.merged_into_id, Recipient.id))
    .join(Assessment, Assessment.id == Share.assessment_id)
    .outerjoin(Employer, Employer.id == Share.employer_id)
)


def shares_between(
    session: Session, *, since: date, before: date, scope: Scope = WHOLE_FIRM
) -> Iterator[ReportedShare]:
    """Yield the submitted shares with a day in [since, before), in the order of the register."""
    statement = _REPORTED.where(
        Share.given_on >= since,
        Share.given_on < before,
        GiftVersion.number == Gift.version_number,
        Gift.state.not_in((State.DRAFT, State.DISCARDED)),
        covers(scope, _giver, _goes_on),
    ).order_by(
        func.coalesce(Employer.name_key, ""),
        _goes_on.name_key,
        _goes_on.id,
        Share.given_on,
        Share.id,
    )
    for row in session.execute(statement.execution_options(yield_per=1000)):
        yield ReportedShare._make(row)


def has_more_shares(
    session: Session, *, since: date, before: date, scope: Scope, than: int
) -> bool:
    """Say whether a period and scope hold more shares than a number; it counts no further."""
    giver, goes_on = aliased(Person), aliased(Recipient)
    some = (
        select(Share.id)
        .join(Gift, Gift.id == Share.gift_id)
        .join(giver, giver.id == Gift.giver_id)
        .join(Recipient, Recipient.id == Share.recipient_id)
        .join(goes_on, goes_on.id == func.coalesce(Recipient.merged_into_id, Recipient.id))
        .where(Share.given_on >= since, Share.given_on < before, covers(scope, giver, goes_on))
        .limit(than + 1)
    )
    return (session.scalar(select(func.count()).select_from(some.subquery())) or 0) > than


def room_between(
    session: Session, *, since: date | None, before: date, only: Collection[int] | None = None
) -> Iterator[tuple[int, date, int, int]]:
    """Yield (person, day, share, counted cents) of what holds room, by person and day.

    `since` None means from the start, `only` names the people where they are few.
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
    if only is not None:
        statement = statement.where(person.in_(only))
    yield from session.execute(statement.execution_options(yield_per=1000))


def decisions_on(session: Session, gift_ids: Iterable[int]) -> Iterator[DecisionRow]:
    """Yield the decisions on every version of these gifts, in the order they were made."""
    wanted = sorted(set(gift_ids))
    for start in range(0, len(wanted), 500):
        statement = (
            select(
                Decision.gift_id,
                Decision.version_number,
                Decision.kind,
                Decision.decided_at,
                Decision.decided_by_id,
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


def list_runs(
    session: Session, *, about: Scope | None = None, count: int = 50
) -> Sequence[ReportRun]:
    """Return the packages that were produced, newest first; `about` leaves those of one part."""
    statement = select(ReportRun).order_by(ReportRun.id.desc()).limit(count)
    if about is not None:
        of_the_part = and_(
            ReportRun.scope_kind == about.kind.value, ReportRun.scope_key == about.key
        )
        statement = statement.where(or_(of_the_part, ReportRun.kind == ReportKind.POLICY.value))
    return session.scalars(statement).all()


def takings(session: Session, run_ids: Iterable[int]) -> dict[int, list[TrailEvent]]:
    """Return the events of who took these packages, or a file of them, oldest first, by id."""
    found: dict[int, list[TrailEvent]] = {}
    for event in session.scalars(
        select(TrailEvent)
        .where(TrailEvent.subject.in_([f"taken:{one}" for one in run_ids]))
        .order_by(TrailEvent.number)
    ):
        found.setdefault(int(event.subject.partition(":")[2]), []).append(event)
    return found


def earlier_run(session: Session, like: ReportRun, *, before_event: int) -> ReportRun | None:
    """Return the newest package of the same kind, days and scope that was read before an event."""
    return session.scalar(
        select(ReportRun)
        .where(
            ReportRun.kind == like.kind,
            ReportRun.period == like.period,
            ReportRun.scope_kind == like.scope_kind,
            ReportRun.scope_key == like.scope_key,
            ReportRun.trail_number < before_event,
        )
        .order_by(ReportRun.trail_number.desc(), ReportRun.id.desc())
        .limit(1)
    )
