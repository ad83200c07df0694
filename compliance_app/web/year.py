"""The year in figures: the person's own, their chain's, or the firm's, as their role reads.

Those of a chain are added up from its givers' sums, so each process keeps them for minutes; every
page says of which moment its figures are.
"""

from datetime import date, datetime, timedelta
from threading import Lock
from typing import NamedTuple

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from compliance_app.clock import now
from compliance_app.rules.assessment import Assessment
from compliance_app.rules.permissions import Permission
from compliance_app.rules.settings import Policy
from compliance_app.rules.windows import YearBasis
from compliance_app.services.policies import policy_on
from compliance_app.services.recipients import rooms_on
from compliance_app.store import figures as store
from compliance_app.store import people as people_store
from compliance_app.store.base import db
from compliance_app.store.bulk import chunks
from compliance_app.store.figures import LateGift, MonthSum, Scope, Top
from compliance_app.store.models import Recipient
from compliance_app.web.filters import MONTHS
from compliance_app.web.guard import Actor, actor, requires
from compliance_app.web.ledger_page import whole_year

bp = Blueprint("year", __name__)

KEPT_FOR = timedelta(minutes=10)
SHOWN = 5
# Of how many people given most those near their limit are shown, and how many are judged at once.
WEIGHED, TOGETHER = 100, 20
WHOLE = 100


class Bar(NamedTuple):
    """One month of the trend: its name, its height in percent, and what stands over it."""

    month: str
    height: float
    sum: MonthSum | None


class Near(NamedTuple):
    """Somebody with little or no room left, as the engine says it."""

    recipient: Top
    room: Assessment


class Figures(NamedTuple):
    """All figures of a scope, and the moment they are of."""

    at: datetime
    year: int
    gifts: int
    counted_cents: int
    bars: list[Bar]
    givers: list[Top]
    recipients: list[Top]
    near: list[Near]
    late: int
    latest: list[LateGift]


@bp.get("/year")
@requires(Permission.RECIPIENT_READ)
def show() -> ResponseReturnValue:
    """Show the year in figures; for the first page, the figures alone."""
    me = actor()
    own = request.args.get("whose") == "mine" or not _reads_others(me)
    figures = _own(db.session(), me) if own else _everybodys(db.session(), me)
    page = "year/_figures.html" if request.headers.get("X-Fragment") else "year/show.html"
    return render_template(page, figures=figures, own=own, choice=_may_choose(me), weighed=WEIGHED)


def _reads_others(me: Actor) -> bool:
    return me.may(Permission.LEDGER_READ) or me.may(Permission.GIFT_READ_CHAIN)


def _may_choose(me: Actor) -> bool:
    return me.may(Permission.GIFT_LOG) and _reads_others(me)


def _own(session: Session, me: Actor) -> Figures:
    return figures_of(session, frozenset({me.person_id}), now())


def _everybodys(session: Session, me: Actor) -> Figures:
    """Return the figures of all whose gifts the person reads; a chain's are kept for minutes."""
    if me.may(Permission.LEDGER_READ):
        return figures_of(session, None, now())
    chain = people_store.chain_ids(session, me.person_id) | {me.person_id}
    kept: _Kept = current_app.extensions.setdefault("figures", _Kept())
    return kept.figures(session, frozenset(chain), now())


class _Kept:
    """Figures of minutes ago; who comes while some are made anew waits for them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._figures: dict[frozenset[int], Figures] = {}

    def figures(self, session: Session, givers: frozenset[int], at: datetime) -> Figures:
        """Return the figures of these givers' gifts."""
        with self._lock:
            fresh = {
                whose: kept
                for whose, kept in self._figures.items()
                if at - kept.at <= KEPT_FOR and at.year == kept.year
            }
            if givers not in fresh:
                fresh[givers] = figures_of(session, givers, at)
            self._figures = fresh
            return fresh[givers]


def figures_of(session: Session, givers: frozenset[int] | None, at: datetime) -> Figures:
    """Return the calendar year of the moment; all gifts are everybody's where `givers` is None."""
    scope = Scope(givers, at.year)
    months = store.by_month(session, scope)
    recipients = store.top_recipients(session, scope, count=WEIGHED)
    late, latest = store.late_entries(session, scope, count=SHOWN)
    return Figures(
        at=at,
        year=at.year,
        gifts=sum(month.gifts for month in months),
        counted_cents=sum(month.counted_cents for month in months),
        bars=_bars(months),
        givers=store.top_givers(session, scope, count=SHOWN),
        recipients=recipients[:SHOWN],
        near=_near(session, recipients, at.date(), policy_on(session, at.date())),
        late=late,
        latest=latest,
    )


def _bars(months: list[MonthSum]) -> list[Bar]:
    highest = max((month.counted_cents for month in months), default=0) or 1
    by_number = {month.month: month for month in months}
    return [
        Bar(
            name,
            round((found.counted_cents if found else 0) * WHOLE / highest, 2),
            found,
        )
        for number, name in enumerate(MONTHS, 1)
        for found in [by_number.get(number)]
    ]


def _near(session: Session, recipients: list[Top], day: date, policy: Policy) -> list[Near]:
    """Return the first of the largest who are near or over their limit, as the engine sums them."""
    found: list[Near] = []
    for some in chunks(recipients, TOGETHER):
        rooms = _rooms(session, [one.id for one in some], day, policy)
        found += [
            Near(one, room)
            for one in some
            for room in [rooms[one.id]]
            if room.limit_cents
            and room.prior_cents * WHOLE >= room.limit_cents * policy.warning_percent
        ]
        if len(found) >= SHOWN:
            break
    return found[:SHOWN]


def _rooms(
    session: Session, recipient_ids: list[int], day: date, policy: Policy
) -> dict[int, Assessment]:
    """Return what is left at the end of each one's year, planned gifts included."""
    if policy.year_basis is YearBasis.CALENDAR:
        return rooms_on(session, recipient_ids, date(day.year, 12, 31))
    return {one: whole_year(session, session.get_one(Recipient, one), day) for one in recipient_ids}
