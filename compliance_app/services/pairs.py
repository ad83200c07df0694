"""Pairs of records that may be one person: suspected once, decided by a person, kept for ever."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.errors import NotFoundError, PermissionMissingError
from compliance_app.rules.identity import OPEN, PairState
from compliance_app.rules.identity_errors import PairDecidedError
from compliance_app.rules.permissions import Permission, may
from compliance_app.store import audit
from compliance_app.store import identity as store
from compliance_app.store.gifts import row_document
from compliance_app.store.models import Person, RecipientPair


class Suspicion(NamedTuple):
    """Two records, how likely they are one person, and from what that follows."""

    one_id: int
    other_id: int
    score: int
    sentence: str

    @property
    def in_order(self) -> tuple[int, int]:
        """Return both numbers, the smaller first."""
        return min(self.one_id, self.other_id), max(self.one_id, self.other_id)


def suspect(
    session: Session,
    suspicions: Sequence[Suspicion],
    *,
    actor_id: int | None,
    at: datetime,
    confirmed_new_by_id: int | None = None,
) -> int:
    """Put pairs on the review list that were never suspected before; say how many were new."""
    pairs: dict[tuple[int, int], RecipientPair] = {}
    for one in unknown(session, suspicions):
        first_id, second_id = one.in_order
        pairs[one.in_order] = RecipientPair(
            first_id=first_id,
            second_id=second_id,
            score=one.score,
            sentence=one.sentence,
            state=PairState.SUSPECTED,
            found_at=at,
            confirmed_new_by_id=confirmed_new_by_id,
        )
    session.add_all(pairs.values())
    _record(session, Event.PAIR_SUSPECTED, pairs.values(), actor_id=actor_id, at=at)
    return len(pairs)


def unknown(session: Session, suspicions: Sequence[Suspicion]) -> list[Suspicion]:
    """Return those that were never suspected before, whatever became of the others."""
    ids = {number for one in suspicions for number in one.in_order}
    known = {(pair.first_id, pair.second_id) for pair in store.pairs_of(session, ids)}
    return [one for one in suspicions if one.in_order not in known]


def decide(
    session: Session,
    pair_id: int,
    state: PairState,
    *,
    reason: str,
    actor_id: int | None,
    at: datetime,
) -> RecipientPair:
    """Say that a pair is not the same person, or put it off. Raises PairDecidedError."""
    if actor_id is not None and not may(
        session.get_one(Person, actor_id).role, Permission.RECIPIENT_MERGE
    ):
        raise PermissionMissingError(permission=Permission.RECIPIENT_MERGE.value)
    pair = store.get_pair(session, pair_id)
    if pair is None:
        raise NotFoundError(what="pair with this number")
    if pair.state is PairState.MERGED:
        raise PairDecidedError
    _set(pair, state, reason=reason, actor_id=actor_id, at=at)
    _record(session, Event.PAIR_DECIDED, [pair], actor_id=actor_id, at=at)
    return pair


def note_merged(
    session: Session,
    record_id: int,
    into_id: int,
    *,
    reason: str,
    actor_id: int | None,
    at: datetime,
) -> None:
    """Let the pair of two records say that they were merged, where it was suspected."""
    _note(session, record_id, into_id, PairState.MERGED, reason, actor_id, at)


def note_unmerged(
    session: Session, record_id: int, into_id: int, *, actor_id: int | None, at: datetime
) -> None:
    """Let the pair be looked at again: whoever undid the merge may still say what it is."""
    _note(session, record_id, into_id, PairState.SUSPECTED, "", actor_id, at)


def _note(
    session: Session,
    record_id: int,
    into_id: int,
    state: PairState,
    reason: str,
    actor_id: int | None,
    at: datetime,
) -> None:
    both = {record_id, into_id}
    for pair in store.pairs_of(session, [record_id]):
        if {pair.first_id, pair.second_id} == both:
            _set(pair, state, reason=reason, actor_id=actor_id, at=at)
            _record(session, Event.PAIR_DECIDED, [pair], actor_id=actor_id, at=at)


def _set(
    pair: RecipientPair, state: PairState, *, reason: str, actor_id: int | None, at: datetime
) -> None:
    pair.state, pair.reason = state, reason.strip()
    pair.decided_by_id, pair.decided_at = actor_id, at


def _record(
    session: Session,
    event: Event,
    pairs: Iterable[RecipientPair],
    *,
    actor_id: int | None,
    at: datetime,
) -> None:
    session.flush()
    acts = [audit.Act(event, f"pair:{pair.id}", row_document(pair)) for pair in pairs]
    audit.append_all(session, acts, actor_id=actor_id, at=at)


def is_open(pair: RecipientPair) -> bool:
    """Say whether nobody has decided on the pair yet."""
    return pair.state in OPEN
