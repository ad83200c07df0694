"""Gifts from an old register: judged in the order they were given, written as what became of them.

A gift that was given stays given whatever the engine says now; over the limit it is a breach.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import islice
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event, canonical, moment
from compliance_app.rules.errors import PermissionMissingError
from compliance_app.rules.permissions import Permission, may
from compliance_app.rules.workflow import DecisionKind, State, holds_room
from compliance_app.services.assessing import Judgement, Occasion, judge, looked_at_since
from compliance_app.services.claims import Claim
from compliance_app.services.memory_ledger import MemoryLedger
from compliance_app.services.policies import PolicyBook
from compliance_app.services.recording import assessment_values, share_values, version_values
from compliance_app.store import audit, derived
from compliance_app.store import ledgers as ledger_store
from compliance_app.store import people as people_store
from compliance_app.store.base import Base
from compliance_app.store.behind import working_behind
from compliance_app.store.bulk import chunks, make_room, reserve_ids
from compliance_app.store.gift_rows import (
    MODELS,
    Ids,
    Row,
    Rows,
    document_of_rows,
)
from compliance_app.store.gifts import own_reference
from compliance_app.store.models import (
    Assessment,
    Decision,
    Gift,
    GiftVersion,
    Person,
    Share,
)
from compliance_app.store.plain import PlainRow, SumRow, plain_table
from compliance_app.store.recipient_facts import lock_all, suspects_among

# What a gift of an old register may have become, and what was decided when.
GIVEN_STATES = frozenset({State.GIVEN, State.BREACH, State.RETURNED})
ENDED_STATES = frozenset({State.DECLINED, State.WITHDRAWN, State.CANCELLED, State.REFUSED})
ORIGIN = "It was kept in the register used before this one and came with an import."
NO_REMEDY = "The imported record names none."
BATCH = 1_000


class PastGift(NamedTuple):
    """A gift that was logged elsewhere, with what became of it there."""

    claim: Claim
    giver_id: int
    logged_by_id: int
    state: State = State.GIVEN
    reference: str = ""
    row_sha256: str | None = None


@dataclass(slots=True)
class Recorded:
    """How many gifts were written, and how many of them turned out to be breaches."""

    gifts: int = 0
    breaches: int = 0


def check_may_record(session: Session, actor_id: int | None) -> None:
    """Raise PermissionMissingError unless the actor may record a breach; the console may."""
    if actor_id is None:
        return
    if not may(session.get_one(Person, actor_id).role, Permission.BREACH_RECORD):
        raise PermissionMissingError(permission=Permission.BREACH_RECORD.value)


def record_past(
    session: Session,
    gifts: Iterable[PastGift],
    *,
    actor_id: int | None,
    at: datetime,
    ids_above: int = 0,
    progress: Callable[[int], None] = lambda _count: None,
) -> Recorded:
    """Judge past gifts in the order they were given and write them, with one event for each."""
    in_order = sorted(gifts, key=lambda past: past.claim.given_on)
    wanted = {one for past in in_order for one in past.claim.recipient_ids}
    writer = HistoryWriter(session, wanted, actor_id=actor_id, at=at, ids_above=ids_above)
    return writer.record(in_order, progress)


class HistoryWriter:
    """Judges past gifts against a ledger in memory and writes them in batches.

    It must know beforehand whom they are for and, to read no more of the register than it takes,
    the first of their days; and be given them in the order they were given.
    """

    def __init__(
        self,
        session: Session,
        recipient_ids: Iterable[int],
        *,
        actor_id: int | None,
        at: datetime,
        ids_above: int = 0,
        first_day: date = date.min,
    ) -> None:
        check_may_record(session, actor_id)
        self.session = session
        self.actor_id = actor_id
        self.at = at
        self.recorded = Recorded()
        make_room(session)
        self._people = lock_all(session, recipient_ids)
        ids = {person.id for person in self._people.values()}
        self._suspects = suspects_among(session, ids)
        ids |= {suspect.id for suspect in self._suspects.values()}
        self._policies = PolicyBook(session)
        since = self._looked_at_since(first_day)
        self._ledger = MemoryLedger(ledger_store.known_shares(session, ids, since=since))
        self._free_ids: dict[type[Base], Iterator[int]] = {
            model: reserve_ids(session, model, above=ids_above if model is Gift else 0)
            for model in MODELS
        }
        self._actor_told, self._told_at = audit.actor_of(session, actor_id), moment(at)
        self._actor = session.get_one(Person, actor_id) if actor_id else None
        above = people_store.superiors(session, self._actor) if self._actor else []
        self._superior_ids = {one.id for one in above}

    def record(
        self, in_order: Iterable[PastGift], progress: Callable[[int], None] = lambda _count: None
    ) -> Recorded:
        """Record gifts in the order they were given; say so far after each batch."""
        audit.write(self.session)
        end, batches = audit.TrailEnd(self.session), chunks(in_order, BATCH)
        with working_behind() as behind:
            batch = self._numbered(next(batches, []))
            while batch.gifts:
                for past in batch.gifts:
                    self._take(past, batch)
                since = self._looked_at_since(batch.gifts[-1].claim.given_on)
                self._ledger.forget_before(since or date.min)
                sealed = end.seal_all(batch.events)
                behind.catch_up()
                following = self._numbered(next(batches, []))
                sums = derived.take(self.session)
                behind.hand_over(partial(self._write, batch, sealed, sums))
                progress(len(batch.gifts))
                batch = following
        return self.recorded

    def _looked_at_since(self, day: date) -> date | None:
        """Return the day before which no share matters to gifts from this day on."""
        if day == date.min:
            return None
        # The last policy knows the years that all of them used.
        return looked_at_since(self._policies.on(date.max), day)

    def _numbered(self, gifts: list[PastGift]) -> "_Batch":
        """Take the ids of the rows that gifts become, while nobody else uses the session."""
        shares = sum(len(past.claim.recipient_ids) for past in gifts)
        decisions = sum(_is_decided(past.state) for past in gifts)
        wanted = {
            Gift: len(gifts),
            GiftVersion: len(gifts),
            Assessment: shares,
            Share: shares,
            Decision: decisions,
        }
        ids = {model: iter([*islice(self._free_ids[model], n)]) for model, n in wanted.items()}
        return _Batch(gifts, ids, {model: [] for model in MODELS}, [])

    def _take(self, past: PastGift, batch: "_Batch") -> None:
        """Judge one gift, and let it count for those after it."""
        judgement = self._judge(past)
        rows = _rows_of(past, judgement, batch.ids, decider_id=self._decider(past), at=self.at)
        gift = rows[Gift][0]
        for judged, share in zip(judgement.shares, rows[Share], strict=True):
            self._ledger.add(
                ledger_store.KnownShare(
                    judged.recipient.id,
                    past.claim.given_on,
                    gift["reference"],
                    past.giver_id,
                    share["counted_cents"],
                    gift["state"],
                    share["holds_room"],
                    share["regime_cents"],
                )
            )
        self.recorded.gifts += 1
        self.recorded.breaches += gift["state"] is State.BREACH
        for model, flatten in _FLATTEN:
            batch.rows[model].extend(map(flatten, rows[model]))
        batch.events.append(self._event(gift["id"], rows))

    def _event(self, gift_id: int, rows: Rows) -> audit.Unsealed:
        document = document_of_rows(rows)
        derived.note_gift(self.session, document, None)
        return audit.Unsealed(
            self._told_at,
            self._actor_told,
            Event.GIFT_IMPORTED.value,
            f"gift:{gift_id}",
            canonical(document),
        )

    def _write(
        self, batch: "_Batch", sealed: audit.Sealed, sums: Mapping[type[Base], Sequence[SumRow]]
    ) -> None:
        """Write a batch and its part of the trail.

        Not kept for the end: everybody is locked already, and a file may hold a million.
        """
        for model in MODELS:
            plain_table(model).insert(self.session, batch.rows[model])
        audit.write_sealed(self.session, sealed, sums)

    def _judge(self, past: PastGift) -> Judgement:
        """Judge a gift as of its own day: when it was first logged is not known."""
        day = past.claim.given_on
        return judge(
            past.claim,
            Occasion(past.giver_id, day, past.state in GIVEN_STATES, suspects=self._suspects),
            policy=self._policies.on(day),
            people=self._people,
            ledger=self._ledger,
        )

    def _decider(self, past: PastGift) -> int | None:
        """Return who decides: the actor, unless it is their own gift or one from above them."""
        actor = self._actor
        if actor is None or actor.id in {past.giver_id, past.logged_by_id}:
            return None
        received = any(self._people[one].email == actor.email for one in past.claim.recipient_ids)
        return None if received or past.giver_id in self._superior_ids else actor.id


class _Batch(NamedTuple):
    """Gifts that are judged and written together, with the ids and the rows they become."""

    gifts: list[PastGift]
    ids: Ids
    rows: dict[type[Base], list[PlainRow]]
    events: list[audit.Unsealed]


def _rows_of(
    past: PastGift,
    judgement: Judgement,
    ids: Ids,
    *,
    decider_id: int | None,
    at: datetime,
) -> Rows:
    """Return the rows of a gift that happened, by the model they belong to."""
    gift_id, version_id = next(ids[Gift]), next(ids[GiftVersion])
    state, decision = _outcome(past.state, judgement)
    already_given = state in GIVEN_STATES
    held = holds_room(state, already_given=already_given, over_limit=judgement.over_limit)
    rows: Rows = {model: [] for model in MODELS}
    rows[Gift].append(
        {
            "id": gift_id,
            "reference": past.reference or own_reference(gift_id, at),
            "state": state,
            "version_number": 1,
            "giver_id": past.giver_id,
            "logged_by_id": past.logged_by_id,
            "handed_to_id": None,
            "already_given": already_given,
            "route": None,
            "submission_key": None,
            "row_sha256": past.row_sha256,
            "logged_at": at,
            "submitted_at": at,
        }
    )
    version = version_values(past.claim, judgement, made_by_id=past.logged_by_id, at=at, reason="")
    version.update(id=version_id, gift_id=gift_id, number=1)
    rows[GiftVersion].append(version)
    for judged in judgement.shares:
        assessment = assessment_values(judged, version_id=version_id, at=at)
        assessment["id"] = assessment_id = next(ids[Assessment])
        rows[Assessment].append(assessment)
        share = share_values(judged, given_on=past.claim.given_on, holds_room=held)
        share.update(
            id=next(ids[Share]), gift_id=gift_id, version_id=version_id, assessment_id=assessment_id
        )
        rows[Share].append(share)
    if decision is not None:
        made = {"version_number": 1, "decided_by_id": decider_id, "decided_at": at}
        rows[Decision].append({"id": next(ids[Decision]), "gift_id": gift_id, **made, **decision})
    return rows


# How the rows of each table become plain ones.
_FLATTEN = tuple((model, plain_table(model).flatten) for model in MODELS)


def _is_decided(stated: State) -> bool:
    """Say whether a decision is written of a gift with that state."""
    return stated is State.DECLINED or stated not in ENDED_STATES


def _outcome(stated: State, judgement: Judgement) -> tuple[State, Row | None]:
    """Return the state a past gift gets here, and what is decided on it."""
    if stated is State.DECLINED:
        return stated, {"kind": DecisionKind.DECLINE, "reason": ORIGIN, "remedy": ""}
    if not _is_decided(stated):
        return stated, None
    if not judgement.over_limit and stated is not State.BREACH:
        return stated, {"kind": DecisionKind.RECORD_GIVEN, "reason": ORIGIN, "remedy": ""}
    why = f"{judgement.why_over} {ORIGIN}".strip()
    breach = {"kind": DecisionKind.RECORD_BREACH, "reason": why, "remedy": NO_REMEDY}
    return (State.RETURNED if stated is State.RETURNED else State.BREACH), breach
