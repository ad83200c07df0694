"""Recipients and employers: finding, locking, and the shares that make their sums."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    String,
    bindparam,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, aliased, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from compliance_app.rules.facts import RecipientClass
from compliance_app.store.bulk import among, chunks
from compliance_app.store.models import (
    Employer,
    Employment,
    Gift,
    Recipient,
    Share,
)
from compliance_app.store.prepared import Prepared, ask

_PERSON_ID = func.coalesce(Recipient.merged_into_id, Recipient.id)


class Known(NamedTuple):
    """One record of a recipient as a file is compared with it, and the person it belongs to."""

    id: int
    person_id: int
    email: str | None
    name: str


class Found(NamedTuple):
    """One recipient that a search found."""

    id: int
    name: str
    email: str | None
    employer: str | None
    title: str | None


def key_of(name: str) -> str:
    """Return a name without case, accents and extra spacing, to find it by."""
    plain = name.casefold()
    if not plain.isascii():
        apart = unicodedata.normalize("NFKD", plain)
        plain = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return " ".join(plain.split())


def same_person_ids(session: Session, recipient_id: int) -> Sequence[int]:
    """Return the ids of the record and of those merged into it."""
    [rows] = ask(session, _SAME_PERSON(recipient_id=recipient_id))
    return [row.id for row in rows]


def classes_and_phones(
    session: Session, recipient_ids: Sequence[int]
) -> dict[int, tuple[RecipientClass, str | None]]:
    """Return the class and the telephone number of each of these records, by id."""
    [rows] = ask(session, _CLASSES_AND_PHONES(ids=list(recipient_ids)))
    return {number: (kind, phone) for number, kind, phone in rows}


def merged_into(
    session: Session, person_ids: Sequence[int]
) -> dict[int, Sequence[tuple[int, str]]]:
    """Return the other records of people, each with its name, by the person who goes on."""
    found: dict[int, list[tuple[int, str]]] = {}
    [rows] = ask(session, _MERGED(ids=list(person_ids)))
    for person_id, number, name in rows:
        found.setdefault(person_id, []).append((number, name))
    return dict(found)


def _select_holder() -> Select[*tuple[Any, ...]]:
    """Select whom an address belongs to, where one of the given records is theirs."""
    wanted = aliased(Recipient)
    person_ids = select(func.coalesce(wanted.merged_into_id, wanted.id)).where(
        wanted.id.in_(bindparam("ids", expanding=True))
    )
    return select(Recipient.id).where(
        Recipient.email == bindparam("email"), _PERSON_ID.in_(person_ids)
    )


# Built once: putting a statement together takes longer than answering it.
_IS_ONE_OF = Prepared(_select_holder())
_CLASSES_AND_PHONES = Prepared(
    select(Recipient.id, Recipient.recipient_class, Recipient.phone).where(
        Recipient.id.in_(bindparam("ids", expanding=True))
    )
)
_SAME_PERSON = Prepared(
    select(Recipient.id)
    .where(
        or_(
            Recipient.id == bindparam("recipient_id"),
            Recipient.merged_into_id == bindparam("recipient_id"),
        )
    )
    .order_by(Recipient.id)
)
_MERGED = Prepared(
    select(Recipient.merged_into_id, Recipient.id, Recipient.name)
    .where(Recipient.merged_into_id.in_(bindparam("ids", expanding=True)))
    .order_by(Recipient.id)
)


def names_of(session: Session, record_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of records by their number."""
    statement = select(Recipient.id, Recipient.name).where(Recipient.id.in_(set(record_ids)))
    return {row[0]: row[1] for row in session.execute(statement)}


def is_one_of(session: Session, email: str, record_ids: Sequence[int]) -> bool:
    """Say whether an address belongs to one of these people, under any of their records."""
    [found] = ask(session, _IS_ONE_OF(email=email.strip().lower(), ids=sorted(record_ids)))
    return bool(found)


def find_by_email(session: Session, email: str) -> Recipient | None:
    """Return the recipient with this e-mail address."""
    return session.scalar(select(Recipient).where(Recipient.email == email.strip().lower()))


def by_email(session: Session, emails: Iterable[str]) -> dict[str, Known]:
    """Return the recipients with these addresses, by address."""
    statement = select(Recipient.email, Recipient.id, _PERSON_ID, Recipient.name)
    return {
        email: Known(recipient_id, person_id, email, name)
        for some in chunks(sorted(set(emails)))
        for email, recipient_id, person_id, name in session.execute(
            statement.where(among(session, Recipient.email, some))
        )
        if email is not None
    }


def by_name_and_employer(session: Session, names: Iterable[str]) -> dict[tuple[str, str], Known]:
    """Return the recipients of exactly these names, by name and key of each employer.

    Somebody without an employer has an empty key; of several the oldest record is returned.
    """
    statement = (
        select(
            Recipient.name,
            func.coalesce(Employer.name_key, ""),
            Recipient.id,
            _PERSON_ID,
            Recipient.email,
        )
        .outerjoin(
            Employment,
            (Employment.recipient_id == Recipient.id) & Employment.superseded_at.is_(None),
        )
        .outerjoin(Employer, Employer.id == Employment.employer_id)
        .order_by(Recipient.id.desc())
    )
    keys = {key_of(name) for name in names}
    return {
        (name, employer_key): Known(recipient_id, person_id, email, name)
        for some in chunks(sorted(keys))
        for name, employer_key, recipient_id, person_id, email in session.execute(
            statement.where(among(session, Recipient.name_key, some))
        )
    }


def with_work(session: Session, recipient_ids: Sequence[int]) -> Sequence[Recipient]:
    """Return records with where they work and worked, by their numbers.

    Without a join: rows that were just written have no statistics yet, and PostgreSQL would
    compare each person with each employment.
    """
    records = session.scalars(
        select(Recipient).where(Recipient.id.in_(recipient_ids)).order_by(Recipient.id)
    ).all()
    jobs: dict[int, list[Employment]] = {record.id: [] for record in records}
    for job in session.scalars(
        select(Employment)
        .where(Employment.recipient_id.in_(recipient_ids), Employment.superseded_at.is_(None))
        .options(selectinload(Employment.employer))
        .order_by(Employment.started_on.asc().nulls_first(), Employment.id)
    ):
        jobs[job.recipient_id].append(job)
    for record in records:
        set_committed_value(record, "employments", jobs[record.id])
    return records


def find_by_name(session: Session, name: str, employer_id: int | None) -> Recipient | None:
    """Return the recipient of exactly this name at this employer (or at none)."""
    statement = select(Recipient).where(Recipient.name_key == key_of(name)).order_by(Recipient.id)
    at_employer = Recipient.employments.any(Employment.employer_id == employer_id)
    if employer_id is None:
        at_employer = ~Recipient.employments.any()
    return session.scalars(statement.where(at_employer)).first()


def find_employer(session: Session, name: str) -> Employer | None:
    """Return the employer of this name."""
    return session.scalar(select(Employer).where(Employer.name_key == key_of(name)))


def employer_ids(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """Return the ids of the employers with these keys, by key."""
    statement = select(Employer.name_key, Employer.id)
    return {
        key: employer_id
        for some in chunks(sorted(set(keys)))
        for key, employer_id in session.execute(statement.where(Employer.name_key.in_(some)))
    }


def contacts_of(session: Session, person_id: int, *, gifts: int) -> list[Found]:
    """Return whom somebody's last gifts were for, the latest first, each person once."""
    last = (
        select(Gift.id)
        .where(or_(Gift.giver_id == person_id, Gift.logged_by_id == person_id))
        .order_by(Gift.id.desc())
        .limit(gifts)
    ).subquery()
    person = func.coalesce(Recipient.merged_into_id, Recipient.id)
    ids = session.scalars(
        select(person)
        .join(Share, Share.recipient_id == Recipient.id)
        .join(last, last.c.id == Share.gift_id)
        .where(Recipient.retired_at.is_(None))
        .group_by(person)
        .order_by(func.max(Share.gift_id).desc(), person)
    ).all()
    known = {one.id: one for one in found_among(session, ids)}
    return [known[number] for number in ids if number in known]


def begins(person: Found, text: str) -> bool:
    """Say whether the name, a word of it, or the e-mail begins with the text."""
    key, name = key_of(text), key_of(person.name)
    return name.startswith(key) or f" {key}" in name or (person.email or "").startswith(key)


def list_recipients(session: Session, *, after: tuple[str, int] | None, count: int) -> list[Found]:
    """Return up to `count` people by name, from the one after (name key, id) on."""
    key, last_id = after or ("", 0)
    [people] = ask(session, _listed()(key=key, last_id=last_id, count=count))
    return people


def found(session: Session, recipient_id: int) -> Found | None:
    """Return one recipient as a search result shows it."""
    row = session.execute(_found().where(Recipient.id == recipient_id)).first()
    return Found._make(row) if row else None


def found_among(session: Session, recipient_ids: Sequence[int]) -> list[Found]:
    """Return several records as a search result shows them, by name."""
    statement = _found().where(Recipient.id.in_(recipient_ids))
    return [Found._make(row) for row in session.execute(statement)]


def newest_employer(*columns: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 - as `select` has it
    """Select columns of recipients, then the name of the employer they have now or had last."""
    newest = (
        select(Employment.id)
        .where(Employment.recipient_id == Recipient.id, Employment.superseded_at.is_(None))
        .order_by(func.coalesce(Employment.started_on, date.min).desc(), Employment.id.desc())
        .limit(1)
        .correlate(Recipient)
        .scalar_subquery()
    )
    return (
        select(*columns, Employer.name)
        .select_from(Recipient)
        .outerjoin(Employment, Employment.id == newest)
        .outerjoin(Employer, Employer.id == Employment.employer_id)
    )


def _found() -> Select[*tuple[Any, ...]]:
    return (
        newest_employer(Recipient.id, Recipient.name, Recipient.email)
        .add_columns(Employment.title)
        .order_by(Recipient.name_key, Recipient.id)
    )


@cache
def _listed() -> Prepared:
    """Return the question for the people after another, by name."""
    last = tuple_(bindparam("key", type_=String), bindparam("last_id", type_=BigInteger))
    statement = _found().where(
        Recipient.merged_into_id.is_(None), tuple_(Recipient.name_key, Recipient.id) > last
    )
    return Prepared(statement.limit(bindparam("count", type_=Integer)), Found)
