"""Client firms as their pages show them: lists by name, their people, and their gifts of a year."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session, selectinload

from compliance_app.rules.workflow import State
from compliance_app.store.derived import AFTER_ALL
from compliance_app.store.ledgers import LEDGER_COLUMNS, LedgerRow, ledger_rows
from compliance_app.store.models import (
    Coverage,
    Employer,
    EmployerWord,
    Employment,
    Gift,
    GiftVersion,
    Recipient,
    Share,
)
from compliance_app.store.recipients import key_of


class FirmPerson(NamedTuple):
    """Somebody who works at a firm, with their title there."""

    recipient: Recipient
    title: str


class FirmGift(NamedTuple):
    """One share of a gift to somebody of the firm."""

    row: LedgerRow
    recipient_id: int
    recipient: str


class FirmTotals(NamedTuple):
    """What the firm's people were given in a year, as it counts."""

    gifts: int
    people: int
    counted_cents: int
    waiting_cents: int


def list_employers(
    session: Session, words: str, *, after: Employer | None, count: int
) -> Sequence[Employer]:
    """Return up to `count` firms by name, those of which a name or a word of it begins so."""
    statement = (
        select(Employer)
        .where(Employer.retired_at.is_(None))
        .options(
            selectinload(Employer.classifications),
            selectinload(Employer.coverages).selectinload(Coverage.person),
        )
        .order_by(Employer.name_key, Employer.id)
        .limit(count)
    )
    if key := key_of(words):
        begun = EmployerWord.text >= key, EmployerWord.text < key + AFTER_ALL
        statement = statement.where(Employer.id.in_(select(EmployerWord.employer_id).where(*begun)))
    if after is not None:
        statement = statement.where(
            tuple_(Employer.name_key, Employer.id) > (after.name_key, after.id)
        )
    return session.scalars(statement).all()


def covered_by(session: Session, person_id: int, day: date) -> Sequence[Employer]:
    """Return the firms a person covers on the day, by name."""
    return session.scalars(
        select(Employer)
        .join(Coverage, Coverage.employer_id == Employer.id)
        .where(
            Coverage.person_id == person_id,
            Coverage.superseded_at.is_(None),
            or_(Coverage.started_on.is_(None), Coverage.started_on <= day),
            or_(Coverage.ended_on.is_(None), Coverage.ended_on >= day),
        )
        .order_by(Employer.name_key, Employer.id)
    ).all()


def people_at(
    session: Session, employer_id: int, day: date, *, after: Recipient | None, count: int
) -> list[FirmPerson]:
    """Return up to `count` people who work at the firm on the day, by name."""
    statement = (
        select(Recipient, func.max(Employment.title))
        .join(Employment, Employment.recipient_id == Recipient.id)
        .where(
            Employment.employer_id == employer_id,
            Employment.superseded_at.is_(None),
            or_(Employment.started_on.is_(None), Employment.started_on <= day),
            or_(Employment.ended_on.is_(None), Employment.ended_on >= day),
            Recipient.merged_into_id.is_(None),
            Recipient.retired_at.is_(None),
        )
        .group_by(Recipient.id)
        .order_by(Recipient.name_key, Recipient.id)
        .limit(count)
    )
    if after is not None:
        statement = statement.where(
            tuple_(Recipient.name_key, Recipient.id) > (after.name_key, after.id)
        )
    return [FirmPerson._make(row) for row in session.execute(statement)]


def gifts_of(
    session: Session,
    employer_id: int,
    *,
    since: date,
    before: date,
    below_share_id: int | None,
    count: int,
) -> list[FirmGift]:
    """Return up to `count` shares of [since, before), newest day first, below that share."""
    statement = (
        ledger_rows()
        .add_columns(Share.recipient_id, Share.recipient_name)
        .where(Share.employer_id == employer_id, Share.given_on >= since, Share.given_on < before)
        .order_by(Share.given_on.desc(), Share.id.desc())
        .limit(count)
    )
    last = session.get(Share, below_share_id) if below_share_id is not None else None
    if last is not None:
        statement = statement.where(tuple_(Share.given_on, Share.id) < (last.given_on, last.id))
    return [
        FirmGift(LedgerRow._make(row[:LEDGER_COLUMNS]), *row[LEDGER_COLUMNS:])
        for row in session.execute(statement)
    ]


def totals_of(session: Session, employer_id: int, *, since: date, before: date) -> FirmTotals:
    """Add up what holds room of the shares of [since, before)."""
    counted = func.sum(Share.counted_cents)
    waiting = counted.filter(Gift.state == State.SUBMITTED)
    row = session.execute(
        select(
            func.count(Share.gift_id.distinct()),
            func.count(Share.recipient_id.distinct()),
            func.coalesce(counted, 0),
            func.coalesce(waiting, 0),
        )
        .join(Gift, Gift.id == Share.gift_id)
        .join(GiftVersion, GiftVersion.id == Share.version_id)
        .where(
            Share.employer_id == employer_id,
            Share.given_on >= since,
            Share.given_on < before,
            Share.holds_room,
            GiftVersion.number == Gift.version_number,
        )
    ).one()
    return FirmTotals(*map(int, row))
