"""Random acts of random people; after each step all five promises are held to a small model."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import count, islice, pairwise
from typing import Any

from flask import Flask, current_app
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.errors import RuleError
from compliance_app.rules.periods import quarter_of
from compliance_app.services import approvals, gifts, merging
from compliance_app.services.explaining import Repeat, check
from compliance_app.services.history import record_past
from compliance_app.services.past_gifts import PastGift
from compliance_app.services.recipients import NewRecipient, add, rooms_on
from compliance_app.services.replay import replay
from compliance_app.services.reporting.orders import Order
from compliance_app.services.reporting.reading import read_report
from compliance_app.store.base import frozen_reading, unit_of_work
from compliance_app.store.models import Assessment, Gift, Share, TrailEvent
from reports.data_files import write_csv
from reports.json_file import write_json
from tests.conftest import CAST, NOON
from tests.factories import make_claim
from tests.program import GIFT, Program
from tests.races.crowd import SCALE

LIMIT_CENTS = 300_00
# The first under the limit of today, two later in its year, and the first of the next.
LONG_AGO = date(2026, 3, 30)
DAY, LAST_DAY, NEXT_YEAR = date(2026, 11, 24), date(2026, 12, 31), date(2027, 1, 1)
AFTERWARDS = NOON + timedelta(days=60)
FIRM = {"rep": CAST.rep, "other_rep": CAST.other_rep}
AUTHORS = tuple(FIRM.values())
OFFICERS = (CAST.officer, CAST.second_officer)
# Whoever gave the gift, and now and then somebody else.
GIVER = 0
ANYBODY = st.sampled_from((GIVER,) * 8 + (*AUTHORS, *OFFICERS, CAST.auditor, CAST.admin))
DECIDERS = st.sampled_from((*OFFICERS * 3, *AUTHORS, CAST.auditor, CAST.admin))
MERGERS = st.sampled_from((*OFFICERS * 2, AUTHORS[0]))
CENTS = st.sampled_from((1, 40_00, 99_99, 100_00, 150_00, 200_01, 300_00, 300_01))
DAYS = st.sampled_from((DAY, DAY, LAST_DAY, NEXT_YEAR))
# To whom, by whom, on which day, for how much.
Wish = tuple[int, int, date, int]
GIFTS = st.tuples(st.integers(0, 2), st.sampled_from(AUTHORS), DAYS, CENTS)
numbers = count()
# How many sums are asked for after a step: those of one run's people.
MOST_ROOMS = 3


@dataclass
class Known:
    """What the model knows of one gift."""

    recipient: int
    giver: int
    day: date
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

    def held(self, record: int, year: int, *, without: str = "") -> int:
        gifts = self.of_person(record).items()
        mine = (one for name, one in gifts if name != without and one.day.year == year)
        return sum(one.cents for one in mine if one.holds)

    def planned(self, recipient: int, year: int) -> int:
        mine = (one for one in self.gifts.values() if one.recipient == recipient)
        return sum(
            one.cents for one in mine if one.holds and not one.given and one.day.year == year
        )

    def is_over(self, recipient: int, day: date, cents: int, *, without: str = "") -> bool:
        return self.held(recipient, day.year, without=without) + cents > LIMIT_CENTS


class Register(RuleBasedStateMachine):
    """One register for all runs; each run has recipients of its own."""

    references = Bundle("references")

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.recipients: list[int] = []
        self.sent: dict[str, tuple[Program, str, dict[str, Any]]] = {}

    @initialize(target=references, firsts=st.lists(GIFTS, min_size=4, max_size=4))
    def newcomers(self, firsts: list[Wish]) -> object:
        app = current_app
        self.programs = {giver: Program(app, name) for name, giver in FIRM.items()}
        self.auditor = Program(app, "auditor")
        with unit_of_work() as session:
            for number in islice(numbers, 3):
                new = NewRecipient(f"Person {number}", f"n{number}@client.example", "", "")
                self.recipients.append(add(session, new, actor_id=CAST.rep, at=NOON).id)
            self.events = acts_told(session)
        return multiple(*map(self.send, firsts))

    @rule(target=references, wish=GIFTS)
    def submit(self, wish: Wish) -> object:
        return multiple(self.send(wish))

    def send(self, wish: Wish) -> str:
        """Have the giver's program log a gift, and return its reference."""
        whom, giver, day, cents = wish
        recipient, key = self.recipients[whom], f"order-{next(numbers)}"
        over = self.model.is_over(recipient, day, cents)
        order = {
            "given_on": day.isoformat(),
            "cost": f"{Decimal(cents) / 100:.2f}",
            "recipients": [{"id": recipient}],
        }
        gift = self.programs[giver].log(key=key, **order)
        self.events += 1
        assert gift["state"] in ({"submitted"} if over else {"submitted", "approved"})
        reference: str = gift["reference"]
        self.model.gifts[reference] = Known(recipient, giver, day, cents, gift["state"], over)
        self.sent[reference] = self.programs[giver], key, order
        return reference

    @rule(reference=references, cents=CENTS)
    def send_again(self, reference: str, cents: int) -> None:
        if reference not in self.sent:
            return
        program, key, order = self.sent[reference]
        other = order | {"cost": f"{Decimal(cents) / 100:.2f}"}
        answer = program.open("POST", "/api/v1/gifts", GIFT | other, key=key)
        assert answer.status_code == (201 if other == order else 409)
        assert other != order or json.loads(answer.text)["reference"] == reference

    @rule(target=references, whom=st.integers(0, 2), cents=CENTS)
    def bring_in(self, whom: int, cents: int) -> object:
        recipient, day = self.recipients[whom], LONG_AGO
        state = "breach" if self.model.is_over(recipient, day, cents) else "given"
        claim = make_claim(cents, given_on=day, to=(recipient,))
        with unit_of_work() as session:
            record_past(session, [PastGift(claim, CAST.rep, CAST.rep)], actor_id=None, at=NOON)
            [reference] = session.scalars(select(Gift.reference).order_by(Gift.id.desc()).limit(1))
        self.events += 1
        known = Known(recipient, CAST.rep, day, cents, state, over=False, given=True)
        self.model.gifts[reference] = known
        return multiple(reference)

    @rule(reference=references, who=ANYBODY, day=DAYS, cents=CENTS)
    def amend(self, reference: str, who: int, day: date, cents: int) -> None:
        gift = self.model.gifts[reference]
        who = who or gift.giver
        may_change = {"submitted", "sent_back", "approved", "given", "breach"}
        legal = who == gift.giver and gift.state in may_change
        day = gift.day if gift.given else day
        claim = make_claim(cents, given_on=day, to=(gift.recipient,))
        over = self.model.is_over(gift.recipient, day, cents, without=reference)
        more = {"claim": claim, "reason": "Another value"}
        state = self.attempt(gifts.amend, reference, who, legal=legal, **more)
        if state:
            assert state == "submitted" or not over
            gift.day, gift.cents, gift.state, gift.over = day, cents, state, over
            gift.questioned = False

    @rule(reference=references, who=ANYBODY)
    def withdraw(self, reference: str, who: int) -> None:
        gift = self.model.gifts[reference]
        who = who or gift.giver
        legal = who == gift.giver and gift.state in {"submitted", "sent_back"} and not gift.given
        gift.state = self.attempt(gifts.withdraw, reference, who, legal=legal) or gift.state

    @rule(reference=references, who=ANYBODY)
    def cancel(self, reference: str, who: int) -> None:
        gift = self.model.gifts[reference]
        who = who or gift.giver
        legal = who == gift.giver and gift.state == "approved"
        gift.state = self.attempt(gifts.cancel, reference, who, legal=legal) or gift.state

    @rule(reference=references, who=ANYBODY)
    def mark_given(self, reference: str, who: int) -> None:
        gift = self.model.gifts[reference]
        who = who or gift.giver
        legal = who == gift.giver and gift.state == "approved"
        unsure = legal and gift.questioned
        state = self.attempt(
            gifts.mark_given, reference, who, legal=None if unsure else legal, at=AFTERWARDS
        )
        gift.state, gift.given = state or gift.state, gift.given or bool(state)

    @rule(reference=references, who=DECIDERS)
    def approve(self, reference: str, who: int) -> None:
        gift = self.model.gifts[reference]
        room = not self.model.is_over(gift.recipient, gift.day, gift.cents, without=reference)
        legal = who in OFFICERS and gift.state == "submitted" and room
        state = self.attempt(approvals.approve, reference, who, legal=legal)
        gift.state, gift.over = state or gift.state, gift.over and not state

    @rule(reference=references, who=DECIDERS, act=st.sampled_from(("decline", "send_back")))
    def turn_down(self, reference: str, who: int, act: str) -> None:
        gift = self.model.gifts[reference]
        legal = who in OFFICERS and gift.state == "submitted"
        order = getattr(approvals, act)
        state = self.attempt(order, reference, who, legal=legal, reason="Too much")
        gift.state = state or gift.state

    @rule(order=st.permutations((0, 1, 2)), who=MERGERS, times=st.sampled_from((1, 2)))
    def merge(self, order: list[int], who: int, times: int) -> None:
        for one, other in islice(pairwise(self.recipients[number] for number in order), times):
            apart = self.model.person(one) == one != self.model.person(other)
            legal = who in OFFICERS and apart
            if self.decide(merging.merge, one, other, legal=legal, actor_id=who):
                self.model.merged_into[one] = other
                for gift in self.model.of_person(one).values():
                    gift.questioned |= self.model.held(one, gift.day.year) > LIMIT_CENTS

    @precondition(lambda self: self.model.merged_into)
    @rule(number=st.integers(0, 2), who=MERGERS)
    def unmerge(self, number: int, who: int) -> None:
        merged = [*self.model.merged_into, self.recipients[number]]
        one = merged[number % len(merged)]
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
    def no_limit_is_passed(self) -> None:
        for recipient in self.recipients:
            for year in (2026, 2027):
                assert self.model.planned(recipient, year) <= LIMIT_CENTS

    @invariant()
    def the_trail_tells_of_everything_once(self) -> None:
        with frozen_reading() as session:
            assert replay(session).differences == []
            assert not self.recipients or acts_told(session) == self.events

    @invariant()
    def what_was_acknowledged_is_there_once(self) -> None:
        with frozen_reading() as session:
            mine = select(Share.gift_id).where(Share.recipient_id.in_(self.recipients))
            found = session.execute(select(Gift.reference, Gift.state).where(Gift.id.in_(mine)))
            known = {name: gift.state for name, gift in self.model.gifts.items()}
            assert sorted(map(tuple, found)) == sorted(known.items())

    @invariant()
    def judging_again_gives_the_same(self) -> None:
        with frozen_reading() as session:
            mine = select(Assessment).where(Assessment.recipient_id.in_(self.recipients))
            assert {check(session, one) for one in session.scalars(mine)} <= {Repeat.SAME}

    @invariant()
    def no_two_places_disagree_about_a_number(self) -> None:
        with frozen_reading() as session:
            for day in (LAST_DAY, NEXT_YEAR):
                rooms = rooms_on(session, self.recipients, day)
                for recipient in self.recipients:
                    held = self.model.held(recipient, day.year)
                    assert rooms[recipient].running_cents == held
        if self.recipients:
            check_that_numbers_agree(self.auditor)


def acts_told(session: Session) -> int:
    """Return how many events tell of gifts, or of who is one person with whom."""
    told = (Event.RECIPIENT_MERGED.value, Event.RECIPIENT_UNMERGED.value)
    wanted = TrailEvent.event.like("gift:%") | TrailEvent.event.in_(told)
    return session.scalars(select(func.count()).select_from(TrailEvent).where(wanted)).one()


def check_that_numbers_agree(program: Program) -> int:
    """Hold the interface to the CSV and JSON of a package: each share, and each person's sum.

    Return how many shares there were.
    """
    with frozen_reading() as session:
        report = read_report(session, Order(quarter_of("2026Q4")), firm="Northwind").report
    rows = csv.DictReader(io.StringIO(write_csv(report).decode()))
    document = json.loads(write_json(report))
    in_csv = {one["reference"]: one["counted_value"] for one in rows}
    in_json = {one["gift_reference"]: one["counted"] for one in document["shares"]}
    assert in_csv == in_json == dict(listed(program))
    totals = {one["recipient_id"]: one for one in document["totals"]}
    for total in islice(reversed(totals.values()), MOST_ROOMS):
        room = program.get(f"/api/v1/recipients/{total['recipient_id']}")["room"]
        # What later days take ends at the limit; a merge can bring the total above it.
        running, taken = Decimal(room["running"]), Decimal(total["running"])
        most = max(running, min(taken, Decimal(room["limit"])))
        assert running + Decimal(room["later"]) == most
    return len(in_csv)


def listed(program: Program) -> Iterator[tuple[str, str]]:
    """Yield what each gift, which has one recipient, counts for by the interface's list."""
    cursor = ""
    while cursor is not None:
        page = program.get(f"/api/v1/gifts?since=2026-10-01&until={LAST_DAY}&limit=100{cursor}")
        for gift in page["gifts"]:
            for share in gift["shares"]:
                yield gift["reference"], share["counted"]
        cursor = page["next"] and f"&cursor={page['next']}"


def test_no_sequence_of_acts_breaks_a_promise(app: Flask) -> None:
    run_state_machine_as_test(
        Register,
        settings=settings(
            max_examples=4 * SCALE,
            stateful_step_count=15,
            deadline=None,
            phases=(Phase.generate,),
            # The register is slow beside a function that is only computed.
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
    assert check_that_numbers_agree(Program(app, "auditor"))
