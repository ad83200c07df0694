"""Client firms: finding and locking them, their people, and who covers them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, TypeVar

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from compliance_app.rules.employers import EmployerClass
from compliance_app.rules.matching import AFTER_ALL
from compliance_app.rules.matching.firms import beginning_of, firm_key
from compliance_app.rules.permissions import Permission, Role, may
from compliance_app.rules.spans import covers, span_on
from compliance_app.rules.workflow import State
from compliance_app.store.bulk import chunks
from compliance_app.store.derived import firms_noted
from compliance_app.store.gifts import is_of
from compliance_app.store.models import (
    Classification,
    Coverage,
    Employer,
    EmployerWord,
    Gift,
    GiftVersion,
    Negotiation,
    Person,
    Recipient,
    Share,
)
from compliance_app.store.models.gifts import IN_FORCE
from compliance_app.store.recipients import find_employer

# The requests that move with an account: nothing has come of them yet.
OPEN_STATES = (State.DRAFT, State.SUBMITTED, State.SENT_BACK, State.APPROVED)

# How many firms whose names begin alike are compared with another spelling.
MOST_SPELLINGS = 1_000
# Up to so many names each is looked for by its first word; for more, every firm is read.
FEW_NAMES = 100

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


class Spelled(NamedTuple):
    """A firm of which a name is another spelling."""

    id: int
    name: str
    name_key: str


def same_firms(session: Session, names: Mapping[str, str]) -> dict[str, Spelled]:
    """Return the firms in use of which these are other spellings, by the keys of the names.

    Where several are, or very many begin alike, nobody is sure and none is returned.
    """
    if len(names) <= FEW_NAMES:
        found = ((key, name, _beginning_like(session, name)) for key, name in names.items())
        return {key: one for key, name, firms in found if (one := _the_same(name, firms))}
    by_key: dict[str, list[Spelled]] = defaultdict(list)
    for firm in _firms(session, _in_use()):
        by_key[firm_key(firm.name)].append(firm)
    found = ((key, name, by_key[firm_key(name)]) for key, name in names.items())
    return {key: one for key, name, firms in found if (one := _the_same(name, firms))}


def _beginning_like(session: Session, name: str) -> list[Spelled]:
    beginning = beginning_of(name)
    begun = EmployerWord.text >= beginning, EmployerWord.text < beginning + AFTER_ALL
    kept = Employer.id.in_(select(EmployerWord.employer_id).where(*begun))
    some = or_(kept, Employer.id.in_(firms_noted(session)))
    found = _firms(session, _in_use().where(some).limit(MOST_SPELLINGS))
    return found if len(found) < MOST_SPELLINGS else []


def _the_same(name: str, firms: Iterable[Spelled]) -> Spelled | None:
    key = firm_key(name)
    same = [firm for firm in firms if key and firm_key(firm.name) == key]
    return same[0] if len(same) == 1 else None


def _in_use() -> Select[int, str, str]:
    columns = select(Employer.id, Employer.name, Employer.name_key)
    return columns.where(Employer.retired_at.is_(None))


def _firms(session: Session, statement: Select[int, str, str]) -> list[Spelled]:
    return [Spelled._make(row) for row in session.execute(statement)]


class InUse(NamedTuple):
    """A firm in use, and which it belongs to."""

    id: int
    name: str
    parent_id: int | None


def firms_in_use(session: Session) -> list[InUse]:
    """Return every firm in use, by name."""
    columns = select(Employer.id, Employer.name, Employer.parent_id)
    statement = columns.where(Employer.retired_at.is_(None)).order_by(Employer.name_key)
    return [InUse._make(row) for row in session.execute(statement)]


def find_firm(session: Session, name: str) -> Employer | None:
    """Return the firm of this name, or of which it is another spelling."""
    exactly = find_employer(session, name) if name else None
    if exactly is not None or not name:
        return exactly
    same = same_firms(session, {"": name}).get("")
    return session.get(Employer, same.id) if same is not None else None


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
        .join(GiftVersion, IN_FORCE)
        .where(
            Gift.state.in_(OPEN_STATES),
            is_of(person_id),
            to_firm,
        )
        .order_by(Gift.id)
    ).all()
