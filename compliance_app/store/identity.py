"""Merges, suspected pairs and findings: reading them, and locking whole people for a merge."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from compliance_app.rules.identity import OPEN, PairState
from compliance_app.store.bulk import chunks
from compliance_app.store.models import (
    Recipient,
    RecipientFinding,
    RecipientMerge,
    RecipientPair,
)
from compliance_app.store.prepared import Prepared, ask
from compliance_app.store.recipient_facts import hold_merges_off


def lock_people(session: Session, record_ids: Iterable[int]) -> dict[int, Recipient]:
    """Lock every record of the people behind the given ones; who is who then stands."""
    hold_merges_off(session, merging=True)
    locked = session.scalars(
        select(Recipient)
        .where(Recipient.id.in_(_everybody(session, sorted(set(record_ids)))))
        .order_by(Recipient.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in locked}


def _everybody(session: Session, record_ids: Sequence[int]) -> list[int]:
    """Return the ids of all records of the people behind these."""
    root = func.coalesce(Recipient.merged_into_id, Recipient.id)
    roots = session.scalars(select(root).where(Recipient.id.in_(record_ids))).all()
    return list(
        session.scalars(
            select(Recipient.id)
            .where(or_(Recipient.id.in_(roots), Recipient.merged_into_id.in_(roots)))
            .order_by(Recipient.id)
        )
    )


def live_merges(session: Session, record_ids: Iterable[int]) -> dict[int, RecipientMerge]:
    """Return the merges in force of these records, by the record that was merged."""
    return {
        merge.recipient_id: merge
        for merge in session.scalars(
            select(RecipientMerge)
            .where(RecipientMerge.recipient_id.in_(list(record_ids)))
            .where(RecipientMerge.undone_at.is_(None))
        )
    }


def merges_of(session: Session, person_id: int) -> Sequence[RecipientMerge]:
    """Return the merges in force that make up a person, the oldest first."""
    records = select(Recipient.id).where(Recipient.merged_into_id == person_id)
    return session.scalars(
        select(RecipientMerge)
        .where(RecipientMerge.recipient_id.in_(records), RecipientMerge.undone_at.is_(None))
        .order_by(RecipientMerge.id)
    ).all()


def open_findings(
    session: Session,
    *,
    before_id: int | None = None,
    count: int | None = None,
) -> Sequence[RecipientFinding]:
    """Return what is not settled yet, the newest first."""
    statement = (
        select(RecipientFinding)
        .where(RecipientFinding.closed_at.is_(None))
        .order_by(RecipientFinding.id.desc())
        .limit(count)
    )
    if before_id is not None:
        statement = statement.where(RecipientFinding.id < before_id)
    return session.scalars(statement).all()


def open_findings_of(session: Session, person_ids: Iterable[int]) -> list[RecipientFinding]:
    """Return what is not settled yet about people, each with its gift."""
    statement = (
        select(RecipientFinding)
        .where(RecipientFinding.closed_at.is_(None))
        .options(selectinload(RecipientFinding.gift))
        .order_by(RecipientFinding.id)
    )
    return [
        finding
        for some in chunks(sorted(set(person_ids)))
        for finding in session.scalars(statement.where(RecipientFinding.recipient_id.in_(some)))
    ]


def get_open_finding(
    session: Session, finding_id: int, *, locked: bool = True
) -> RecipientFinding | None:
    """Return a finding that nobody has settled."""
    finding = session.get(
        RecipientFinding, finding_id, with_for_update=locked, populate_existing=True
    )
    return finding if finding is not None and finding.closed_at is None else None


def findings_of_gift(session: Session, gift_id: int) -> Sequence[RecipientFinding]:
    """Return what came to light about a gift and is not settled."""
    return session.scalars(
        select(RecipientFinding)
        .where(RecipientFinding.gift_id == gift_id, RecipientFinding.closed_at.is_(None))
        .order_by(RecipientFinding.id)
    ).all()


def count_open_findings(session: Session) -> int:
    """Return how many gifts came to light that nobody has dealt with."""
    [[found]] = ask(session, _OPEN_FINDINGS())
    return int(found.gifts)


_OPEN_FINDINGS = Prepared(
    select(func.count(RecipientFinding.gift_id.distinct()).label("gifts")).where(
        RecipientFinding.closed_at.is_(None)
    )
)


def records_of(session: Session, person_ids: Iterable[int]) -> list[int]:
    """Return the ids of all records of these people."""
    return _everybody(session, list(person_ids))


def get_pair(session: Session, pair_id: int) -> RecipientPair | None:
    """Return a pair by its number, locked."""
    return session.get(RecipientPair, pair_id, with_for_update=True, populate_existing=True)


def pairs_of(session: Session, record_ids: Iterable[int]) -> Sequence[RecipientPair]:
    """Return every pair that one of the records is in, whatever became of it."""
    found: dict[int, RecipientPair] = {}
    for some in chunks(sorted(set(record_ids))):
        for pair in session.scalars(
            select(RecipientPair).where(
                or_(RecipientPair.first_id.in_(some), RecipientPair.second_id.in_(some))
            )
        ):
            found[pair.id] = pair
    return [found[number] for number in sorted(found)]


def known_pairs(session: Session) -> set[tuple[int, int]]:
    """Return every pair that was ever suspected, as two numbers."""
    rows = session.execute(select(RecipientPair.first_id, RecipientPair.second_id))
    return {(first, second) for first, second in rows}


def open_pairs(
    session: Session,
    *,
    state: PairState = PairState.SUSPECTED,
    after: tuple[int, int] | None,
    count: int,
) -> Sequence[RecipientPair]:
    """Return pairs of two people, the likeliest first, from after (score, id) on."""
    statement = (
        select(RecipientPair)
        .where(RecipientPair.state == state, _of_two_people())
        .order_by(RecipientPair.score.desc(), RecipientPair.id.desc())
        .limit(count)
    )
    if after is not None:
        score, number = after
        statement = statement.where(
            or_(
                RecipientPair.score < score,
                and_(RecipientPair.score == score, RecipientPair.id < number),
            )
        )
    return session.scalars(statement).all()


def suspects_of(session: Session, record_ids: Iterable[int]) -> list[tuple[int, Recipient]]:
    """Return for records the other person they may be, from the pairs that are open."""
    ids = sorted(set(record_ids))
    here, there = RecipientPair.first_id, RecipientPair.second_id
    return [
        (number, other)
        for ours, theirs in ((here, there), (there, here))
        for number, other in session.execute(
            select(ours, Recipient)
            .join(Recipient, Recipient.id == theirs)
            .where(ours.in_(ids), RecipientPair.state.in_(OPEN), _of_two_people())
            .order_by(RecipientPair.id)
        )
    ]


def _of_two_people() -> ColumnElement[bool]:
    """Say that the pair's records are not one person by now, by whatever way."""
    first, second = aliased(Recipient), aliased(Recipient)
    return (
        select(1)
        .where(
            first.id == RecipientPair.first_id,
            second.id == RecipientPair.second_id,
            func.coalesce(first.merged_into_id, first.id)
            != func.coalesce(second.merged_into_id, second.id),
        )
        .exists()
    )
