"""Random acts of random people, compared after each step with a model of the rules."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import count, islice

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.errors import RuleError
from compliance_app.rules.periods import quarter_of
from compliance_app.services import approvals, gifts, merging
from compliance_app.services.audit import verify
from compliance_app.services.explaining import Repeat, check
from compliance_app.services.recipients import NewRecipient, add, rooms_on
from compliance_app.services.replay import replay
from compliance_app.services.reporting.orders import Order
from compliance_app.services.reporting.reading import read_report
from compliance_app.store import ledgers
from compliance_app.store.base import frozen_reading, unit_of_work
from compliance_app.store.models import Assessment, Gift, TrailEvent
from reports.data_files import write_csv
from reports.json_file import write_json
from tests.conftest import CAST, NOON
from tests.factories import make_claim
from tests.program import Program
from tests.races.crowd import SCALE

LIMIT_CENTS = 300_00
DAY = date(2026, 11, 24)
LATER = NOON + timedelta(days=30)
AUTHORS = (CAST.rep, CAST.other_rep)
OFFICERS = (CAST.officer, CAST.second_officer)
ANYBODY = st.sampled_from((*AUTHORS, *OFFICERS, CAST.auditor, CAST.admin))
MERGERS = st.sampled_from((*OFFICERS, AUTHORS[0]))
CENTS = st.sampled_from((1, 40_00, 99_99, 100_00, 150_00, 200_01, 300_00, 300_01))
numbers = count()


@dataclass
class Known:
    """What the model knows of one gift."""

    recipient: int
    giver: int
    cents: int
    state: str
    over: bool
    given: bool = False
    # Whether a merge may have brought it to light, so that it must be looked at first.
    questioned: bool = False

    @property
    def holds(self) -> bool:
        return self.given or (self.state in {"submitted", "approved"} and not self.over)


@dataclass
class Model:
    """The rules once more, as short as they can be said."""

    gifts: dict[str, Known] = field(default_factory=dict)
    merged_into: dict[int, int] = field(default_factory=dict)

    def person(self, record: int) -> int:
        while record in self.merged_into:
            record = self.merged_into[record]
        return record

    def of_person(self, record: int) -> dict[str, Known]:
        person = self.person(record)
        return {n: one for n, one in self.gifts.items() if self.person(one.recipient) == person}

    def held(self, record: int, *, without: str = "") -> int:
        gifts = self.of_person(record).items()
        return sum(gift.cents for name, gift in gifts if gift.holds and name != without)

    def planned(self, recipient: int) -> int:
        mine = (gift for gift in self.gifts.values() if gift.recipient == recipient)
        return sum(gift.cents for gift in mine if gift.holds and not gift.given)

    def is_over(self, recipient: int, cents: int, *, without: str = "") -> bool:
        return self.held(recipient, without=without) + cents > LIMIT_CENTS


class Register(RuleBasedStateMachine):
    """One register for all runs; each run has recipients of its own."""

    references = Bundle("references")

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.recipients: list[int] = []

    @initialize()
    def newcomers(self) -> None:
        with unit_of_work() as session:
            for number in islice(numbers, 3):
                new = NewRecipient(f"Person {number}", f"n{number}@client.example", "", "")
                self.recipients.append(add(session, new, actor_id=CAST.rep, at=NOON).id)
            self.events = acts_told(session)

    @rule(target=references, whom=st.integers(0, 2), giver=st.sampled_from(AUTHORS), cents=CENTS)
    def submit(self, whom: int, giver: int, cents: int) -> object:
        recipient = self.recipients[whom]
        over = self.model.is_over(recipient, cents)
        with unit_of_work() as session:
            gift = gifts.submit(
                session,
                make_claim(cents, given_on=DAY, to=(recipient,)),
                giver_id=giver,
                actor_id=giver,
                at=NOON,
            )
        self.events += 1
        assert gift.state.value in ({"submitted"} if over else {"submitted", "approved"})
        self.model.gifts[gift.reference] = Known(recipient, giver, cents, gift.state.value, over)
        return multiple(gift.reference)

    @rule(reference=references, who=ANYBODY, cents=CENTS)
    def amend(self, reference: str, who: int, cents: int) -> None:
        gift = self.model.gifts[reference]
        legal = who == gift.giver and gift.state in {"submitted", "sent_back", "approved", "given"}
        claim = make_claim(cents, given_on=DAY, to=(gift.recipient,))
        over = self.model.is_over(gift.recipient, cents, without=reference)
        more = {"claim": claim, "reason": "Another value"}
        state = self.attempt(gifts.amend, reference, who, legal=legal, **more)
        if state:
            assert state == "submitted" or not over
            gift.cents, gift.state, gift.over, gift.questioned = cents, state, over, False

    @rule(reference=references, who=ANYBODY)
    def withdraw(self, reference: str, who: int) -> None:
        gift = self.model.gifts[reference]
        legal = who == gift.giver and gift.state in {"submitted", "sent_back"} and not gift.given
        gift.state = self.attempt(gifts.withdraw, reference, who, legal=legal) or gift.state

    @rule(reference=references, who=ANYBODY)
    def cancel(self, reference: str, who: int) -> None:
        gift = self.model.gifts[reference]
        legal = who == gift.giver and gift.state == "approved"
        gift.state = self.attempt(gifts.cancel, reference, who, legal=legal) or gift.state

    @rule(reference=references, who=ANYBODY)
    def mark_given(self, reference: str, who: int) -> None:
        gift = self.model.gifts[reference]
        legal = who == gift.giver and gift.state == "approved"
        unsure = legal and gift.questioned
        state = self.attempt(
            gifts.mark_given, reference, who, legal=None if unsure else legal, at=LATER
        )
        gift.state, gift.given = state or gift.state, gift.given or bool(state)

    @rule(reference=references, who=ANYBODY)
    def approve(self, reference: str, who: int) -> None:
        gift = self.model.gifts[reference]
        room = not self.model.is_over(gift.recipient, gift.cents, without=reference)
        legal = who in OFFICERS and gift.state == "submitted" and room
        state = self.attempt(approvals.approve, reference, who, legal=legal)
        gift.state, gift.over = state or gift.state, gift.over and not state

    @rule(reference=references, who=ANYBODY, act=st.sampled_from(("decline", "send_back")))
    def turn_down(self, reference: str, who: int, act: str) -> None:
        gift = self.model.gifts[reference]
        legal = who in OFFICERS and gift.state == "submitted"
        order = getattr(approvals, act)
        state = self.attempt(order, reference, who, legal=legal, reason="Too much")
        gift.state = state or gift.state

    @rule(pair=st.permutations((0, 1, 2)), who=MERGERS)
    def merge(self, pair: list[int], who: int) -> None:
        one, other = (self.recipients[number] for number in pair[:2])
        apart = self.model.person(one) == one != self.model.person(other)
        if self.decide(merging.merge, one, other, legal=who in OFFICERS and apart, actor_id=who):
            self.model.merged_into[one] = other
            over = self.model.held(one) > LIMIT_CENTS
            for gift in self.model.of_person(one).values():
                gift.questioned |= over

    @rule(whom=st.integers(0, 2), who=MERGERS)
    def unmerge(self, whom: int, who: int) -> None:
        one = self.recipients[whom]
        legal = who in OFFICERS and one in self.model.merged_into
        if self.decide(merging.unmerge, one, legal=legal, actor_id=who):
            del self.model.merged_into[one]

    def decide(self, act: Callable[..., object], *whom: int, legal: bool, actor_id: int) -> bool:
        """Try to say who is who, and return whether it was done."""
        done = False
        with suppress(RuleError), unit_of_work() as session:
            act(session, *whom, reason="They told us", actor_id=actor_id, at=NOON)
            done = True
        assert done == legal, f"{act.__name__} was {'done' if done else 'refused'}"
        self.events += done
        return done

    def attempt(
        self,
        act: Callable[..., Gift],
        reference: str,
        who: int,
        *,
        legal: bool | None,
        **more: object,
    ) -> str:
        """Try an act and return the state it led to, nothing where it was refused."""
        state = ""
        with suppress(RuleError), unit_of_work() as session:
            state = act(session, reference, actor_id=who, **{"at": NOON, **more}).state.value
        assert legal in {bool(state), None}, f"{act.__name__} led to {state or 'a refusal'}"
        self.events += bool(state)
        return state

    @invariant()
    def the_limit_holds(self) -> None:
        for recipient in self.recipients:
            assert self.model.planned(recipient) <= LIMIT_CENTS

    @invariant()
    def the_register_is_as_the_model_says(self) -> None:
        with unit_of_work() as session:
            for recipient in self.recipients:
                person = self.model.person(recipient)
                shares = ledgers.prior_shares(session, person, since=None, except_gift_id=None)
                held = sum(share.counted_cents for share in shares)
                assert held == self.model.held(recipient)
            for reference, known in self.model.gifts.items():
                state = session.scalar(select(Gift.state).where(Gift.reference == reference))
                assert state == known.state

    @invariant()
    def the_trail_tells_each_act_once(self) -> None:
        if self.recipients:
            with unit_of_work() as session:
                assert acts_told(session) == self.events
                assert verify(session).problem is None

    def teardown(self) -> None:
        """Ask at the end of each run what would cost too much after each step."""
        with unit_of_work() as session:
            assert replay(session).differences == []
            judged = session.scalars(select(Assessment).order_by(Assessment.id.desc()).limit(20))
            assert {check(session, one) for one in judged} <= {Repeat.SAME}
            rooms = rooms_on(session, self.recipients, DAY)
            for recipient, room in rooms.items():
                assert room.running_cents == self.model.held(recipient)


def acts_told(session: Session) -> int:
    """Return how many events tell of gifts, or of who is one person with whom."""
    told = (Event.RECIPIENT_MERGED.value, Event.RECIPIENT_UNMERGED.value)
    wanted = TrailEvent.event.like("gift:%") | TrailEvent.event.in_(told)
    return session.scalars(select(func.count()).select_from(TrailEvent).where(wanted)).one()


def check_that_numbers_agree(app: Flask) -> None:
    """Hold the interface to the CSV and JSON of a package: each share, and each person's sum."""
    with frozen_reading() as session:
        report = read_report(session, Order(quarter_of("2026Q4")), firm="Northwind").report
    rows = csv.DictReader(io.StringIO(write_csv(report).decode()))
    document = json.loads(write_json(report))
    in_csv = {one["reference"]: one["counted_value"] for one in rows}
    in_json = {one["gift_reference"]: one["counted"] for one in document["shares"]}
    program = Program(app, "auditor")
    assert in_csv == in_json == dict(listed(program))
    assert in_csv
    for total in document["totals"]:
        room = program.get(f"/api/v1/recipients/{total['recipient_id']}")["room"]
        # What later days take ends at the limit; a merge can bring the total above it.
        running, taken = Decimal(room["running"]), Decimal(total["running"])
        most = max(running, min(taken, Decimal(room["limit"])))
        assert running + Decimal(room["later"]) == most


def listed(program: Program) -> Iterator[tuple[str, str]]:
    """Yield what each gift, which has one recipient, counts for by the interface's list."""
    cursor = ""
    while cursor is not None:
        page = program.get(f"/api/v1/gifts?limit=100{cursor}")
        for gift in page["gifts"]:
            for share in gift["shares"]:
                yield gift["reference"], share["counted"]
        cursor = page["next"] and f"&cursor={page['next']}"


def test_no_sequence_of_acts_breaks_a_promise(app: Flask) -> None:
    run_state_machine_as_test(
        Register,
        settings=settings(
            max_examples=6 * SCALE,
            stateful_step_count=15,
            deadline=None,
            # The register is slow beside a function that is only computed.
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
    check_that_numbers_agree(app)
