"""Finding people by what somebody types: ranges and equal keys of an index, however many there are.

Who may be meant comes from the begun names and the blocking keys, a bounded number of rows of
each; the rules say who fits best. A merged record is found by its own name and leads to the
person that goes on.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Integer, TextClause, bindparam, func, select, text
from sqlalchemy.orm import Session

from compliance_app.rules.matching import AFTER_ALL, Contact, Typed, fit
from compliance_app.store.base import run
from compliance_app.store.models import Employment, Recipient, RecipientWord
from compliance_app.store.prepared import Prepared, ask
from compliance_app.store.recipients import Found, found_among, newest_employer

# How many rows are looked at: of one beginning, of one key, and whole records that are ranked.
_OF_A_BEGINNING = 40
_BESIDE_A_FIRM = 15
_ROWS_OF_A_KEY = 100
_RANKED = 40
_MOST_KEYS = 60
_LEAST_FIT = 0.55


class Record(NamedTuple):
    """A record that may be meant, with the person that goes on for it."""

    id: int
    person_id: int
    name: str
    email: str | None
    phone: str | None
    employer: str | None
    title: str | None


def search(session: Session, typed_text: str, *, count: int) -> list[Found]:
    """Return the people who fit best what is typed, the best first."""
    typed = Typed.of(typed_text)
    if not typed.beginning and not typed.phone:
        return []
    most = _BESIDE_A_FIRM if typed.employer else _OF_A_BEGINNING
    ids = dict.fromkeys(_begun(session, typed.beginning, most) if typed.beginning else ())
    # Who has just such a name fits best; only a firm tells many of them apart.
    if len(ids) < count or typed.employer:
        ids |= dict.fromkeys(with_keys(session, typed.keys))
    found = records(session, ids)
    fits: dict[int, float] = {}
    for record in found:
        value = fit(typed, _contact(record, typed))
        if value >= _LEAST_FIT:
            fits[record.person_id] = max(value, fits.get(record.person_id, 0.0))
    best = sorted(fits, key=lambda person_id: (-fits[person_id], person_id))[:count]
    people = _people(session, found, best)
    return sorted(people, key=lambda one: (-round(fits[one.id], 2), one.name, one.id))


def _contact(record: Record, typed: Typed) -> Contact:
    """Return what is known of a record, as far as it is asked for."""
    phone = record.phone if typed.phone and record.phone else ""
    return _contact_of(record.name, record.employer or "", record.email or "", phone)


@lru_cache(4_000)
def _contact_of(name: str, employer: str, email: str, phone: str) -> Contact:
    """Return the same from its words; the same people come up with each letter that is typed."""
    return Contact.of(name, employer=employer, email=email, phone=phone)


def with_keys(session: Session, keys: Iterable[int], *, count: int = _RANKED) -> Sequence[int]:
    """Return the records with these keys, those with the most of them first."""
    some = sorted(keys)[:_MOST_KEYS]
    if not some:
        return ()
    if session.get_bind().dialect.name == "postgresql":
        rows = run(session, _SHARING, {"keys": some, "count": count})
    else:
        values = {f"key{place}": key for place, key in enumerate(some)}
        rows = run(session, _sharing(len(some)), values | {"count": count})
    return [row[0] for row in rows]


def records(session: Session, ids: Iterable[int]) -> list[Record]:
    """Return records that are in use, with the employer they have now, or had last."""
    [found] = ask(session, _RECORDS(ids=list(ids)))
    return found


def _begun(session: Session, beginning: str, most: int) -> list[int]:
    [rows] = ask(session, _BEGUN(since=beginning, before=beginning + AFTER_ALL, most=most))
    return [row.recipient_id for row in rows]


def _people(session: Session, found: Iterable[Record], wanted: Sequence[int]) -> list[Found]:
    """Return people as a search result; who was found by another record is read anew."""
    known = {
        one.id: Found(one.id, one.name, one.email, one.employer, one.title)
        for one in found
        if one.id == one.person_id
    }
    others = [number for number in wanted if number not in known]
    if others:
        known |= {one.id: one for one in found_among(session, others)}
    return [known[number] for number in wanted if number in known]


# To share what few share says more: a row of a key is worth the less the more of them there are.
_OF_A_KEY = (
    "SELECT recipient_id, 1.0 / count(*) OVER () AS worth FROM "
    "(SELECT recipient_id FROM recipient_key WHERE key = {key} LIMIT {most}) AS way"
)
_ADDED_UP = (
    "SELECT recipient_id FROM {ways} GROUP BY recipient_id "
    "ORDER BY sum(worth) DESC, recipient_id LIMIT :count"
)


@lru_cache(_MOST_KEYS)
def _sharing(number: int) -> TextClause:
    """Return the statement for so many keys where none can be asked for with each of a list."""
    ways = [_OF_A_KEY.format(key=f":key{n}", most=_ROWS_OF_A_KEY) for n in range(number)]
    return text(_ADDED_UP.format(ways=f"({' UNION ALL '.join(ways)}) AS ways"))


_SHARING = text(
    _ADDED_UP.format(
        ways="unnest(CAST(:keys AS bigint[])) AS keys (key) CROSS JOIN LATERAL "
        f"({_OF_A_KEY.format(key='keys.key', most=_ROWS_OF_A_KEY)}) AS ways"
    )
)
_RECORDS = Prepared(
    newest_employer(
        Recipient.id,
        func.coalesce(Recipient.merged_into_id, Recipient.id),
        Recipient.name,
        Recipient.email,
        Recipient.phone,
    )
    .add_columns(Employment.title)
    .where(Recipient.id.in_(bindparam("ids", expanding=True)), Recipient.retired_at.is_(None)),
    Record,
)
_BEGUN = Prepared(
    select(RecipientWord.recipient_id)
    .where(RecipientWord.text >= bindparam("since"), RecipientWord.text < bindparam("before"))
    .order_by(RecipientWord.text, RecipientWord.recipient_id)
    .limit(bindparam("most", type_=Integer))
)
