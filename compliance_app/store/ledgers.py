"""The shares that make a person's sum: as the engine takes them, and as a ledger shows them."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from compliance_app.rules.assessment import Verdict
from compliance_app.rules.facts import Category, PriorShare
from compliance_app.rules.workflow import PENDING, State
from compliance_app.store.bulk import chunks
from compliance_app.store.models import (
    Assessment,
    Employer,
    Gift,
    GiftVersion,
    Person,
    Recipient,
    Share,
)
from compliance_app.store.prepared import Prepared, ask
from compliance_app.store.recipients import same_person_ids


class LedgerRow(NamedTuple):
    """One share in a recipient's ledger, in the version that is in force."""

    share_id: int
    reference: str
    state: State
    giver_id: int
    giver: str
    logged_by_id: int
    given_on: date
    category: Category
    description: str
    counted_cents: int
    holds_room: bool
    verdict: Verdict | None
    regime: str | None
    running_cents: int | None
    limit_cents: int | None
    excess_cents: int | None
    employer: str | None
    regime_cents: dict[str, int]


class RoomRow(NamedTuple):
    """One share that takes room of a limit."""

    share_id: int
    given_on: date
    counted_cents: int
    regime_cents: dict[str, int]


LEDGER_COLUMNS = len(LedgerRow._fields)


class KnownShare(NamedTuple):
    """One share of a person, as the judging of another gift looks at it."""

    recipient_id: int
    given_on: date
    reference: str
    giver_id: int
    counted_cents: int
    state: State
    holds_room: bool
    regime_cents: dict[str, int]


def prior_shares(
    session: Session, recipient_id: int, *, since: date | None, except_gift_id: int | None
) -> list[PriorShare]:
    """Return the shares that hold room in the person's limit, from `since` on, oldest first."""
    statement = (
        select(Share.given_on, Share.counted_cents, Gift.reference, Gift.state, Share.regime_cents)
        .join(Gift, Gift.id == Share.gift_id)
        .where(
            Share.recipient_id.in_(same_person_ids(session, recipient_id)),
            Share.holds_room,
        )
        .order_by(Share.given_on, Share.id)
    )
    if since is not None:
        statement = statement.where(Share.given_on >= since)
    if except_gift_id is not None:
        statement = statement.where(Share.gift_id != except_gift_id)
    return [
        PriorShare(
            given_on=row.given_on,
            counted_cents=row.counted_cents,
            reference=row.reference,
            pending=row.state in PENDING,
            regime_cents=row.regime_cents,
        )
        for row in session.execute(statement)
    ]


def known_shares(
    session: Session,
    person_ids: Iterable[int],
    *,
    since: date | None = None,
    except_gift_id: int | None = None,
) -> Iterator[KnownShare]:
    """Return every share in force of the people who go on, by person and day."""
    circumstances = {"since": since or date.min, "except_gift_id": except_gift_id or 0}
    for ids in chunks(sorted(set(person_ids))):
        (shares,) = ask(session, KNOWN_SHARES(ids=ids, **circumstances))
        yield from shares


def _select_known_shares() -> Select[*tuple[Any, ...]]:
    person_id = func.coalesce(Recipient.merged_into_id, Recipient.id)
    wanted: BindParameter[int] = bindparam("ids", expanding=True)
    return (
        select(
            person_id,
            Share.given_on,
            Gift.reference,
            Gift.giver_id,
            Share.counted_cents,
            Gift.state,
            Share.holds_room,
            Share.regime_cents,
        )
        .join(Recipient, Recipient.id == Share.recipient_id)
        .join(Gift, Gift.id == Share.gift_id)
        .join(GiftVersion, GiftVersion.id == Share.version_id)
        .where(
            GiftVersion.number == Gift.version_number,
            or_(Recipient.id.in_(wanted), Recipient.merged_into_id.in_(wanted)),
            Share.given_on >= bindparam("since"),
            Gift.id != bindparam("except_gift_id"),
        )
        .order_by(person_id, Share.given_on, Share.id)
    )


KNOWN_SHARES = Prepared(_select_known_shares(), KnownShare)


def held_shares(
    session: Session, person_ids: Iterable[int], *, since: date | None
) -> dict[int, list[PriorShare]]:
    """Return what holds room in the limits of the people who go on, oldest first, by person."""
    held: dict[int, list[PriorShare]] = {}
    for ids in chunks(sorted(set(person_ids))):
        (rows,) = ask(session, _HELD_SHARES(ids=ids, since=since or date.min))
        for person_id, given_on, cents, reference, state, by_regime in rows:
            share = PriorShare(given_on, cents, reference, state in PENDING, by_regime)
            held.setdefault(person_id, []).append(share)
    return held


def _select_held_shares() -> Select[*tuple[Any, ...]]:
    wanted: BindParameter[int] = bindparam("ids", expanding=True)
    return (
        select(
            func.coalesce(Recipient.merged_into_id, Recipient.id),
            Share.given_on,
            Share.counted_cents,
            Gift.reference,
            Gift.state,
            Share.regime_cents,
        )
        .join(Recipient, Recipient.id == Share.recipient_id)
        .join(Gift, Gift.id == Share.gift_id)
        .where(
            or_(Recipient.id.in_(wanted), Recipient.merged_into_id.in_(wanted)),
            Share.holds_room,
            Share.given_on >= bindparam("since"),
        )
        .order_by(Share.given_on, Share.id)
    )


_HELD_SHARES = Prepared(_select_held_shares())


def ledger(session: Session, recipient_id: int, *, since: date, before: date) -> list[LedgerRow]:
    """Return the person's shares with a day in [since, before), oldest first."""
    ids = list(same_person_ids(session, recipient_id))
    [rows] = ask(session, _ledger()(ids=ids, since=since, before=before))
    return rows


@cache
def _ledger() -> Prepared:
    statement = ledger_rows().where(
        Share.recipient_id.in_(bindparam("ids", expanding=True)),
        Share.given_on >= bindparam("since"),
        Share.given_on < bindparam("before"),
    )
    return Prepared(statement.order_by(Share.given_on, Share.id), LedgerRow)


def ledger_rows() -> Select[*tuple[Any, ...]]:
    """Return the select of all shares in force, with the columns of a `LedgerRow`."""
    return (
        select(
            Share.id,
            Gift.reference,
            Gift.state,
            Gift.giver_id,
            Person.name,
            Gift.logged_by_id,
            Share.given_on,
            GiftVersion.category,
            GiftVersion.description,
            Share.counted_cents,
            Share.holds_room,
            Assessment.verdict,
            Assessment.regime,
            Assessment.running_cents,
            Assessment.limit_cents,
            Assessment.excess_cents,
            Employer.name,
            Share.regime_cents,
        )
        .select_from(Share)
        .join(Gift, Gift.id == Share.gift_id)
        .join(GiftVersion, GiftVersion.id == Share.version_id)
        .join(Person, Person.id == Gift.giver_id)
        .outerjoin(Assessment, Assessment.id == Share.assessment_id)
        .outerjoin(Employer, Employer.id == Share.employer_id)
        .where(
            GiftVersion.number == Gift.version_number,
            Gift.state.not_in((State.DRAFT, State.DISCARDED)),
        )
    )


def ledger_and_room(
    session: Session, recipient_id: int, *, since: date, before: date, room_since: date | None
) -> tuple[list[LedgerRow], list[RoomRow]]:
    """Return the same, and the shares that hold room from another day on, in the same order."""
    ids = list(same_person_ids(session, recipient_id))
    rows, room = ask(
        session,
        _ledger()(ids=ids, since=since, before=before),
        _ROOM(ids=ids, since=room_since or date.min, before=before),
    )
    return rows, room


_ROOM = Prepared(
    select(Share.id, Share.given_on, Share.counted_cents, Share.regime_cents)
    .where(
        Share.recipient_id.in_(bindparam("ids", expanding=True)),
        Share.holds_room,
        Share.given_on >= bindparam("since"),
        Share.given_on < bindparam("before"),
    )
    .order_by(Share.given_on, Share.id),
    RoomRow,
)
