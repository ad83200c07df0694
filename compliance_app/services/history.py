"""Gifts from an old register: judged in the order they were given, written as what became of them.

A gift that was given stays given whatever the engine says now; over the limit it is a breach.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.errors import PermissionMissingError
from compliance_app.rules.permissions import Permission, may
from compliance_app.rules.workflow import DecisionKind, State, holds_room
from compliance_app.services.assessing import Judgement, Occasion, judge
from compliance_app.services.claims import Claim
from compliance_app.services.memory_ledger import MemoryLedger
from compliance_app.services.policies import PolicyBook
from compliance_app.services.recording import assessment_values, share_values, version_values
from compliance_app.store import audit
from compliance_app.store import ledgers as ledger_store
from compliance_app.store import people as people_store
from compliance_app.store.base import Base
from compliance_app.store.bulk import chunks, make_room, reserve_ids
from compliance_app.store.gift_rows import MODELS, Row, Rows, document_of_rows, plain_rows
from compliance_app.store.gifts import own_reference
from compliance_app.store.models import (
    Assessment,
    Decision,
    Gift,
    GiftVersion,
    Person,
    Share,
)
from compliance_app.store.plain import PlainRow, plain_table
from compliance_app.store.recipient_facts import lock_all, suspects_among

# What a gift of an old register may have become, and what was decided when.
GIVEN_STATES = frozenset({State.GIVEN, State.BREACH, State.RETURNED})
ENDED_STATES = frozenset({State.DECLINED, State.WITHDRAWN, State.CANCELLED, State.REFUSED})
ORIGIN = "It was kept in the register used before this one and came with an import."
NO_REMEDY = "The imported record names none."
BATCH = 500


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

    It must know beforehand whom they are for, and be given them in the order they were given.
    """

    def __init__(
        self,
        session: Session,
        recipient_ids: Iterable[int],
        *,
        actor_id: int | None,
        at: datetime,
        ids_above: int = 0,
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
        self._ledger = MemoryLedger(ledger_store.known_shares(session, ids))
        self._ids: dict[type[Base], Iterator[int]] = {
            model: reserve_ids(session, model, above=ids_above if model is Gift else 0)
            for model in MODELS
        }
        self._rows: dict[type[Base], list[PlainRow]] = {model: [] for model in MODELS}
        self._acts: list[audit.Act] = []
        self._policies = PolicyBook(session)
        self._actor = session.get_one(Person, actor_id) if actor_id else None
        above = people_store.superiors(session, self._actor) if self._actor else []
        self._superior_ids = {one.id for one in above}

    def record(
        self, in_order: Iterable[PastGift], progress: Callable[[int], None] = lambda _count: None
    ) -> Recorded:
        """Record gifts in the order they were given; say so far after each batch."""
        for batch in chunks(in_order, BATCH):
            for past in batch:
                self._take(past)
            self._write()
            progress(len(batch))
        return self.recorded

    def _take(self, past: PastGift) -> None:
        """Judge one gift, and let it count for those after it."""
        judgement = self._judge(past)
        rows = _rows_of(past, judgement, self._ids, decider_id=self._decider(past), at=self.at)
        gift = rows[Gift][0]
        plain = plain_rows(rows)
        for model in MODELS:
            self._rows[model] += plain[model]
        document = document_of_rows(plain)
        subject = f"gift:{gift['id']}"
        self._acts.append(audit.Act(Event.GIFT_IMPORTED, subject, document, is_first=True))
        for judged, share in zip(judgement.shares, rows[Share], strict=True):
            self._ledger.add(
                ledger_store.KnownShare(
                    recipient_id=judged.recipient.id,
                    given_on=share["given_on"],
                    reference=gift["reference"],
                    giver_id=past.giver_id,
                    counted_cents=share["counted_cents"],
                    state=gift["state"],
                    holds_room=share["holds_room"],
                    regime_cents=share["regime_cents"],
                )
            )
        self.recorded.gifts += 1
        self.recorded.breaches += gift["state"] is State.BREACH

    def _write(self) -> None:
        """Write what was collected, and append its events to the trail."""
        for model in MODELS:
            plain_table(model).insert(self.session, self._rows[model])
            self._rows[model] = []
        # Not kept for the end: everybody is locked already, and a file may hold a million.
        audit.write_many(self.session, self._acts, actor_id=self.actor_id, at=self.at)
        self._acts = []

    def _judge(self, past: PastGift) -> Judgement:
        """Judge a gift as of its own day: when it was first logged is not known."""
        day = past.claim.given_on
        return judge(
            past.claim,
            Occasion(
                past.giver_id,
                day,
                already_given=past.state in GIVEN_STATES,
                suspects=self._suspects,
            ),
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


def _rows_of(
    past: PastGift,
    judgement: Judgement,
    ids: Mapping[type[Base], Iterator[int]],
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
    rows[GiftVersion].append({"id": version_id, "gift_id": gift_id, "number": 1, **version})
    for judged in judgement.shares:
        assessment_id = next(ids[Assessment])
        keys = {"gift_id": gift_id, "version_id": version_id, "assessment_id": assessment_id}
        assessment = assessment_values(judged, version_id=version_id, at=at)
        share = share_values(judged, given_on=past.claim.given_on, holds_room=held)
        rows[Assessment].append({"id": assessment_id, **assessment})
        rows[Share].append({"id": next(ids[Share]), **keys, **share})
    if decision is not None:
        made = {"version_number": 1, "decided_by_id": decider_id, "decided_at": at}
        rows[Decision].append({"id": next(ids[Decision]), "gift_id": gift_id, **made, **decision})
    return rows


def _outcome(stated: State, judgement: Judgement) -> tuple[State, Row | None]:
    """Return the state a past gift gets here, and what is decided on it."""
    if stated is State.DECLINED:
        return stated, {"kind": DecisionKind.DECLINE, "reason": ORIGIN, "remedy": ""}
    if stated in ENDED_STATES:
        return stated, None
    if not judgement.over_limit and stated is not State.BREACH:
        return stated, {"kind": DecisionKind.RECORD_GIVEN, "reason": ORIGIN, "remedy": ""}
    why = f"{judgement.why_over} {ORIGIN}".strip()
    breach = {"kind": DecisionKind.RECORD_BREACH, "reason": why, "remedy": NO_REMEDY}
    return (State.RETURNED if stated is State.RETURNED else State.BREACH), breach
