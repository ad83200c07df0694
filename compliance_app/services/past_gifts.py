"""Gifts from an old register, judged in the order they were given: the rows they become.

A gift that was given stays given whatever the engine says now; over the limit it is a breach.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from compliance_app.rules.workflow import DecisionKind, State, holds_room
from compliance_app.services.assessing import Judgement, Occasion, judge, looked_at_since
from compliance_app.services.claims import Claim
from compliance_app.services.memory_ledger import MemoryLedger
from compliance_app.services.policies import PolicyBook
from compliance_app.services.recording import assessment_values, share_values, version_values
from compliance_app.services.version_rows import numbered, numbers_for
from compliance_app.store.bulk import chunks
from compliance_app.store.gift_rows import MODELS, Ids, PlainRows, Row, Rows
from compliance_app.store.gifts import own_reference
from compliance_app.store.ledgers import KnownShare
from compliance_app.store.models import Assessment, Decision, Gift, GiftVersion, Share
from compliance_app.store.plain import plain_table
from compliance_app.store.recipient_facts import RecipientFacts, Suspect

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


class Expected(NamedTuple):
    """How many gifts will come at most, and how many shares of them."""

    gifts: int
    shares: int


class Decider(NamedTuple):
    """Somebody of the firm who brings an old register, and who is above them."""

    id: int
    email: str
    superior_ids: Collection[int]


class Register(NamedTuple):
    """What past gifts are judged against."""

    people: Mapping[int, RecipientFacts]
    suspects: Mapping[int, Suspect]
    policies: PolicyBook
    ledger: MemoryLedger


class PastJudge:
    """Judges past gifts, each counting for those after it; it asks the database nothing."""

    def __init__(
        self, register: Register, ids: Ids, *, decider: Decider | None, at: datetime
    ) -> None:
        self._people, self._suspects, self._policies, self._ledger = register
        self._ids = ids
        self._decider = decider
        self._at = at

    def batches(self, in_order: Iterable[PastGift]) -> Iterator[list[PlainRows]]:
        """Yield the rows of gifts that come in the order they were given, many gifts at a time."""
        for gifts in chunks(in_order, BATCH):
            yield [self._rows(past) for past in gifts]
            since = since_day(self._policies, gifts[-1].claim.given_on)
            self._ledger.forget_before(since or date.min)

    def _rows(self, past: PastGift) -> PlainRows:
        """Judge one gift, and let it count for those after it."""
        judgement = self._judge(past)
        parts = _rows_of(past, judgement, decider_id=self._decider_of(past), at=self._at)
        gift_id = next(self._ids[Gift])
        numbers = numbers_for(parts, gift_id, self._ids)
        reference = past.reference or own_reference(gift_id, self._at)
        numbers[Gift] = [{"id": gift_id, "reference": reference}]
        rows = numbered(parts, numbers)
        gift = rows[Gift][0]
        for judged, share in zip(judgement.shares, rows[Share], strict=True):
            self._ledger.add(
                KnownShare(
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
        return {model: list(map(flatten, rows[model])) for model, flatten in _FLATTEN}

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

    def _decider_of(self, past: PastGift) -> int | None:
        """Return who decides, unless it is their own gift or one from above them."""
        decider = self._decider
        if decider is None or decider.id in {past.giver_id, past.logged_by_id}:
            return None
        received = any(self._people[one].email == decider.email for one in past.claim.recipient_ids)
        return None if received or past.giver_id in decider.superior_ids else decider.id


def since_day(policies: PolicyBook, day: date) -> date | None:
    """Return the day before which no share matters to gifts from this day on."""
    if day == date.min:
        return None
    # The last policy knows the years that all of them used.
    return looked_at_since(policies.on(date.max), day)


def _rows_of(past: PastGift, judgement: Judgement, *, decider_id: int | None, at: datetime) -> Rows:
    """Return the rows of a gift that happened, by the model they belong to, without numbers."""
    state, decision = _outcome(past.state, judgement)
    given, day, shares = state in GIVEN_STATES, past.claim.given_on, judgement.shares
    held = holds_room(state, already_given=given, over_limit=judgement.over_limit)
    gift = {
        "state": state,
        "version_number": 1,
        "giver_id": past.giver_id,
        "logged_by_id": past.logged_by_id,
        "handed_to_id": None,
        "already_given": given,
        "route": None,
        "submission_key": None,
        "row_sha256": past.row_sha256,
        "logged_at": at,
        "submitted_at": at,
    }
    version = version_values(past.claim, judgement, made_by_id=past.logged_by_id, at=at, reason="")
    made = {"version_number": 1, "decided_by_id": decider_id, "decided_at": at}
    return {
        Gift: [gift],
        GiftVersion: [{"number": 1, **version}],
        Assessment: [assessment_values(one, at=at) for one in shares],
        Share: [share_values(one, given_on=day, holds_room=held) for one in shares],
        Decision: [] if decision is None else [{**made, **decision}],
    }


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
