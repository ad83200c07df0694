"""Writing gifts from an old register: judged in their order, in batches, with an event for each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event, canonical, moment
from compliance_app.rules.errors import PermissionMissingError
from compliance_app.rules.permissions import Permission, may
from compliance_app.rules.workflow import State
from compliance_app.services.ahead import made_ahead
from compliance_app.services.memory_ledger import MemoryLedger
from compliance_app.services.past_gifts import (
    BATCH,
    Decider,
    Expected,
    PastGift,
    PastJudge,
    Register,
    since_day,
)
from compliance_app.services.policies import PolicyBook
from compliance_app.store import audit, derived
from compliance_app.store import ledgers as ledger_store
from compliance_app.store import people as people_store
from compliance_app.store.base import Base
from compliance_app.store.behind import working_behind
from compliance_app.store.bulk import make_room, taken_ids
from compliance_app.store.gift_rows import MODELS, Ids, PlainRows, document_of_rows
from compliance_app.store.models import Assessment, Gift, Person, Share
from compliance_app.store.plain import PlainRow, SumRow, plain_table
from compliance_app.store.recipient_facts import lock_all, suspects_among

# From how many gifts on another process judges them.
MANY = 5 * BATCH


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
    expected = Expected(len(in_order), sum(len(past.claim.recipient_ids) for past in in_order))
    writer = HistoryWriter(session, wanted, expected, actor_id=actor_id, at=at, ids_above=ids_above)
    return writer.record(in_order, progress, ahead=True)


class HistoryWriter:
    """Has past gifts judged against a ledger in memory and writes them in batches.

    It must know beforehand whom they are for, how many they are and, to read no more of the
    register than it takes, the first of their days.
    """

    def __init__(
        self,
        session: Session,
        recipient_ids: Iterable[int],
        expected: Expected,
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
        self._judge = PastJudge(
            _register(session, recipient_ids, first_day),
            _ids(session, expected, ids_above),
            decider=_decider(session, actor_id),
            at=at,
        )
        self._are_many = expected.gifts >= MANY
        self._actor_told, self._told_at = audit.actor_of(session, actor_id), moment(at)

    def record(
        self,
        in_order: Iterable[PastGift],
        progress: Callable[[int], None] = lambda _count: None,
        *,
        ahead: bool = False,
    ) -> Recorded:
        """Record gifts in the order they were given; say so far after each batch.

        Many are judged `ahead`, in a process of their own, where that is allowed: it makes them
        as well, so that what the making changes stays there.
        """
        audit.write(self.session)
        end, batches = audit.TrailEnd(self.session), self._judge.batches(in_order)
        aside = made_ahead(batches, when=ahead and self._are_many)
        with aside as judged, working_behind() as behind:
            for gifts in judged:
                sealed = end.seal_all([self._event(rows) for rows in gifts])
                sums = derived.take(self.session)
                behind.hand_over(partial(self._write, _by_table(gifts), sealed, sums))
                progress(len(gifts))
        return self.recorded

    def _event(self, rows: PlainRows) -> audit.Unsealed:
        """Return the event of a gift, and let it count in what is kept for reads."""
        (gift,) = rows[Gift]
        self.recorded.gifts += 1
        self.recorded.breaches += gift["state"] == State.BREACH
        document = document_of_rows(rows)
        derived.note_gift(self.session, document, None)
        return audit.Unsealed(
            self._told_at,
            self._actor_told,
            Event.GIFT_IMPORTED.value,
            f"gift:{gift['id']}",
            canonical(document),
        )

    def _write(
        self,
        rows: PlainRows,
        sealed: audit.Sealed,
        sums: Mapping[type[Base], Sequence[SumRow]],
    ) -> None:
        """Write a batch and its part of the trail.

        Not kept for the end: everybody is locked already, and a file may hold a million.
        """
        for model in MODELS:
            plain_table(model).insert(self.session, rows[model])
        audit.write_sealed(self.session, sealed, sums)


def _register(session: Session, recipient_ids: Iterable[int], first_day: date) -> Register:
    """Lock the people and read what their gifts are judged against."""
    people = lock_all(session, recipient_ids)
    ids = {person.id for person in people.values()}
    suspects = suspects_among(session, ids)
    ids |= {suspect.id for suspect in suspects.values()}
    policies = PolicyBook(session)
    since = since_day(policies, first_day)
    ledger = MemoryLedger(ledger_store.known_shares(session, ids, since=since))
    return Register(people, suspects, policies, ledger)


def _ids(session: Session, expected: Expected, gift_ids_above: int) -> Ids:
    """Take the ids of all rows to come."""
    of_shares = {Assessment, Share}
    return {
        model: taken_ids(
            session,
            model,
            expected.shares if model in of_shares else expected.gifts,
            above=gift_ids_above if model is Gift else 0,
        )
        for model in MODELS
    }


def _decider(session: Session, actor_id: int | None) -> Decider | None:
    if actor_id is None:
        return None
    actor = session.get_one(Person, actor_id)
    above = people_store.superiors(session, actor)
    return Decider(actor.id, actor.email, {one.id for one in above})


def _by_table(gifts: Iterable[PlainRows]) -> PlainRows:
    tables: dict[type[Base], list[PlainRow]] = {model: [] for model in MODELS}
    for rows in gifts:
        for model, some in rows.items():
            tables[model] += some
    return tables
