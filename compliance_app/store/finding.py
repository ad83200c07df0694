"""Finding people by what somebody types: ranges and equal keys of an index, however many there are.

Who may be meant comes from the begun names and the blocking keys, a bounded number of rows of
each; the rules say who fits best. A merged record is found by its own name and leads to the
person that goes on.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from sqlalchemy import Integer, bindparam, column, func, select, text
from sqlalchemy.orm import Session

from compliance_app.rules.matching import AFTER_ALL, Contact, Typed, fit
from compliance_app.store.models import Employment, Recipient, RecipientWord
from compliance_app.store.prepared import Prepared, Question, ask
from compliance_app.store.recipients import Found, found_among, newest_employer

# How many rows are looked at: of one beginning, of one key, and whole records that are ranked.
_OF_A_BEGINNING = 40
_BESIDE_A_FIRM = 15
_ROWS_OF_A_KEY = 100
_RANKED = 40
_MOST_KEYS = 60
_LEAST_FIT = 0.55
_A_LENGTH = 20


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
    ids = _meant(session, typed, count)
    found = records(session, ids)
    fits: dict[int, float] = {}
    for record in found:
        value = fit(typed, _contact(record, typed))
        if value >= _LEAST_FIT:
            fits[record.person_id] = max(value, fits.get(record.person_id, 0.0))
    best = sorted(fits, key=lambda person_id: (-fits[person_id], person_id))[:count]
    people = _people(session, found, best)
    return sorted(people, key=lambda one: (-round(fits[one.id], 2), one.name, one.id))


def _meant(session: Session, typed: Typed, count: int) -> Iterable[int]:
    """Return the records that may be meant."""
    most = _BESIDE_A_FIRM if typed.employer else _OF_A_BEGINNING
    ways = [_begun(typed.beginning, most)] if typed.beginning else []
    # Who has just such a name fits best; only a firm tells many of them apart.
    if len(typed.words) == 1 and not typed.employer:
        [rows] = ask(session, *ways)
        if len(rows) >= count:
            return [row[0] for row in rows]
        keys = _with_keys(session, typed.keys, _RANKED)
        return dict.fromkeys(row[0] for row in chain(rows, *ask(session, *keys)))
    ways += _with_keys(session, typed.keys, _RANKED)
    return dict.fromkeys(row[0] for row in chain.from_iterable(ask(session, *ways)))


def _contact(record: Record, typed: Typed) -> Contact:
    """Return what is known of a record, as far as it is asked for."""
    phone = record.phone if typed.phone and record.phone else ""
    return _contact_of(record.name, record.employer or "", record.email or "", phone)


@lru_cache(4_000)
def _contact_of(name: str, employer: str, email: str, phone: str) -> Contact:
    """Return the same from its words; the same people come up with each letter that is typed."""
    return Contact.of(name, employer=employer, email=email, phone=phone)


def with_keys(session: Session, keys: Iterable[int], *, count: int) -> Sequence[int]:
    """Return the records with these keys, those with the most of them first."""
    return [row[0] for row in chain(*ask(session, *_with_keys(session, keys, count)))]


def records(session: Session, ids: Iterable[int]) -> list[Record]:
    """Return records that are in use, with the employer they have now, or had last."""
    some = list(ids)
    if not some:
        return []
    # Statements of few lengths, so that a server has a plan for each already.
    some += some[-1:] * (-len(some) % _A_LENGTH)
    [rows] = ask(session, _RECORDS(ids=some))
    return rows


def _begun(beginning: str, most: int) -> Question:
    return _BEGUN(since=beginning, before=beginning + AFTER_ALL, most=most)


def _with_keys(session: Session, keys: Iterable[int], count: int) -> list[Question]:
    some = sorted(keys)[:_MOST_KEYS]
    if not some:
        return []
    if session.get_bind().dialect.name == "postgresql":
        return [_SHARING(keys=f"{{{','.join(map(str, some))}}}", count=count)]
    values = {f"key{place}": key for place, key in enumerate(some)}
    return [_sharing(len(some))(**values, count=count)]


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
    "SELECT recipient_id, CAST(1 AS REAL) / count(*) OVER () AS worth FROM "
    "(SELECT recipient_id FROM recipient_key WHERE key = {key} LIMIT {most}) AS way"
)
_ADDED_UP = (
    "SELECT recipient_id FROM {ways} GROUP BY recipient_id "
    "ORDER BY sum(worth) DESC, recipient_id LIMIT :count"
)


@lru_cache(_MOST_KEYS)
def _sharing(number: int) -> Prepared:
    """Return the statement for so many keys where none can be asked for with each of a list."""
    ways = [_OF_A_KEY.format(key=f":key{n}", most=_ROWS_OF_A_KEY) for n in range(number)]
    return _of_text(_ADDED_UP.format(ways=f"({' UNION ALL '.join(ways)}) AS ways"))


def _of_text(statement: str) -> Prepared:
    return Prepared(text(statement).columns(column("recipient_id")))


_SHARING = _of_text(
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
