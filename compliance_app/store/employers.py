"""Client firms: finding and locking them, their people, and who covers them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from compliance_app.rules.employers import EmployerClass
from compliance_app.rules.permissions import Permission, Role, may
from compliance_app.rules.spans import covers, span_on
from compliance_app.rules.workflow import State
from compliance_app.store.bulk import chunks
from compliance_app.store.gifts import is_of
from compliance_app.store.models import (
    Classification,
    Coverage,
    Employer,
    Gift,
    GiftVersion,
    Negotiation,
    Person,
    Recipient,
    Share,
)

# The requests that move with an account: nothing has come of them yet.
OPEN_STATES = (State.DRAFT, State.SUBMITTED, State.SENT_BACK, State.APPROVED)

Dated = TypeVar("Dated", Classification, Coverage, Negotiation)


def lock_employers(session: Session, *employer_ids: int) -> list[Employer]:
    """Lock these firms in ascending order until the commit; those there are not are left out.

    Their keys stay free, so that gifts to their people go on being written.
    """
    return list(
        session.scalars(
            select(Employer)
            .where(Employer.id.in_(employer_ids))
            .order_by(Employer.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def get_whole(session: Session, employer_id: int) -> Employer | None:
    """Return the firm with all that is dated about it."""
    return session.scalar(
        select(Employer)
        .where(Employer.id == employer_id)
        .options(
            selectinload(Employer.classifications),
            selectinload(Employer.negotiations),
            selectinload(Employer.coverages).selectinload(Coverage.person),
        )
    )


def parent_now(session: Session, employer: Employer) -> Employer | None:
    """Return the firm's parent, locked, so that nobody closes a circle meanwhile."""
    if employer.parent_id is None:
        return None
    (parent,) = lock_employers(session, employer.parent_id)
    return parent


def subsidiaries(session: Session, employer_id: int) -> Sequence[Employer]:
    """Return the firms whose parent this is, by name."""
    return session.scalars(
        select(Employer)
        .where(Employer.parent_id == employer_id, Employer.retired_at.is_(None))
        .order_by(Employer.name_key, Employer.id)
    ).all()


def coverages_of(session: Session, employer_ids: Iterable[int]) -> dict[int, list[Coverage]]:
    """Return who covers and covered these firms, the earliest first."""
    found: dict[int, list[Coverage]] = defaultdict(list)
    for some in chunks(sorted(set(employer_ids))):
        for row in session.scalars(
            select(Coverage)
            .where(Coverage.employer_id.in_(some), Coverage.superseded_at.is_(None))
            .options(joinedload(Coverage.person))
            .order_by(Coverage.started_on.asc().nulls_first(), Coverage.id)
        ):
            found[row.employer_id].append(row)
    return found


def possible_owners(session: Session) -> Sequence[Person]:
    """Return everybody active at the firm who may log gifts, by name."""
    roles = [role for role in Role if may(role, Permission.GIFT_LOG)]
    return session.scalars(
        select(Person).where(Person.active, Person.role.in_(roles)).order_by(Person.name, Person.id)
    ).all()


def replace_row(session: Session, row: Dated, *, at: datetime, **changes: object) -> Dated:
    """Let a row with some columns changed take a row's place; the old one stays, superseded."""
    kept = {
        column.key: getattr(row, column.key)
        for column in row.__mapper__.column_attrs
        if column.key not in {"id", "superseded_at"}
    }
    row.superseded_at = at
    new = type(row)(**(kept | changes))
    session.add(new)
    return new


class ClassBook:
    """What every firm was on any day, read once for a run over the whole register."""

    def __init__(self, session: Session) -> None:
        self._of: dict[int, list[Classification]] = defaultdict(list)
        for row in session.scalars(
            select(Classification)
            .where(Classification.superseded_at.is_(None))
            .order_by(Classification.id)
        ):
            self._of[row.employer_id].append(row)

    def on(self, employer_id: int | None, day: date) -> EmployerClass | None:
        """Return what the firm was on the day, None where nobody has said."""
        rows = self._of.get(employer_id, ()) if employer_id is not None else ()
        found = span_on([row for row in rows if covers(row, day)], day)
        return found.employer_class if found is not None else None


class NegotiationBook:
    """The days of business that was negotiated with every firm, read once for such a run."""

    def __init__(self, session: Session) -> None:
        self._of: dict[int, list[Negotiation]] = defaultdict(list)
        for row in session.scalars(select(Negotiation).where(Negotiation.superseded_at.is_(None))):
            self._of[row.employer_id].append(row)

    def is_open(self, employer_id: int | None, day: date) -> bool:
        """Say whether business was negotiated with the firm on the day."""
        return any(covers(row, day) for row in self._of.get(employer_id or 0, ()))


def people_given_at(session: Session, employer_id: int, *, since: date | None) -> list[int]:
    """Return the people whose gifts from a day on were filed under the firm."""
    statement = (
        select(func.coalesce(Recipient.merged_into_id, Recipient.id))
        .join(Share, Share.recipient_id == Recipient.id)
        .where(Share.employer_id == employer_id, Share.holds_room)
        .distinct()
    )
    if since is not None:
        statement = statement.where(Share.given_on >= since)
    return [row[0] for row in session.execute(statement) if row[0] is not None]


def open_requests(session: Session, employer_id: int, person_id: int) -> Sequence[str]:
    """Return the references of open gifts to the firm's people that a person may act on."""
    to_firm = (
        exists()
        .where(Share.version_id == GiftVersion.id, Share.employer_id == employer_id)
        .correlate(GiftVersion)
    )
    return session.scalars(
        select(Gift.reference)
        .join(
            GiftVersion,
            (GiftVersion.gift_id == Gift.id) & (GiftVersion.number == Gift.version_number),
        )
        .where(
            Gift.state.in_(OPEN_STATES),
            is_of(person_id),
            to_firm,
        )
        .order_by(Gift.id)
    ).all()
