"""Merges and their undoing against submissions, through the JSON interface of a served register.

What each person was given is added up here from the answers to the programs alone, and compared
with what the register says before, between and after.
"""

import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
from flask import Flask

from compliance_app.clock import today
from compliance_app.services.newcomers import add_many
from compliance_app.services.recipients import NewRecipient
from compliance_app.services.replay import replay
from compliance_app.store.base import unit_of_work
from tests.conftest import NOON
from tests.faults.served import Server
from tests.postgresql import free_port
from tests.program import token_of
from tests.races.crowd import SCALE

SECONDS = 2.0 * SCALE
LIMIT_CENTS = 300_00
RECORDS = 4


class Register:
    """A served register, asked by several programs at once, and what it acknowledged."""

    def __init__(self, server: Server, records: list[int], day: str) -> None:
        self.address, self.records, self.day = server.address, records, day
        self.tokens = {who: token_of(who) for who in ("rep", "other_rep", "officer")}
        # Each gift that was acknowledged: to which record, and the cents that hold room.
        self.held: dict[str, tuple[int, int]] = {}
        self.merged: dict[int, int] = {}

    def ask(self, who: str, path: str, body: object = None) -> tuple[int, Any]:
        request = Request(
            f"{self.address}/api/v1{path}",
            data=json.dumps(body).encode() if body is not None else None,
            headers={
                "Authorization": f"Bearer {self.tokens[who]}",
                "Content-Type": "application/json",
            },
        )
        try:
            with urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except HTTPError as refusal:
            with refusal:
                return refusal.code, json.load(refusal)

    def submit(self, who: str, record: int, cents: int) -> None:
        status, gift = self.ask(
            who,
            "/gifts",
            {
                "given_on": self.day,
                "category": "merchandise",
                "description": "Gift basket",
                "cost": f"{cents / 100:.2f}",
                "recipients": [{"id": record}],
            },
        )
        assert status == 201, gift
        over = gift["shares"][0]["assessment"]["verdict"] == "exceeds_limit"
        self.held[gift["reference"]] = (record, 0 if over else cents)

    def merge(self, record: int, into: int) -> int:
        status, said = self.ask("officer", f"/recipients/{record}/merge", {"into": into})
        if status == 200:
            self.merged[record] = into
        assert status in {200, 409}, said
        return status

    def unmerge(self, record: int) -> int:
        status, said = self.ask("officer", f"/recipients/{record}/unmerge", {"reason": "Raced"})
        if status == 200:
            del self.merged[record]
        assert status in {200, 409}, said
        return status

    def person(self, record: int) -> int:
        while record in self.merged:
            record = self.merged[record]
        return record

    def added_up(self) -> dict[int, int]:
        sums = dict.fromkeys(self.records, 0)
        for record, cents in self.held.values():
            for other in self.records:
                if self.person(other) == self.person(record):
                    sums[other] += cents
        return sums

    def said(self) -> dict[int, int]:
        rooms = {one: self.ask("officer", f"/recipients/{one}")[1]["room"] for one in self.records}
        return {one: _cents(room["running"]) + _cents(room["later"]) for one, room in rooms.items()}

    def found(self) -> set[str]:
        page = self.ask("officer", "/findings?limit=50")[1]
        assert page["next"] is None
        return {one["gift"] for one in page["findings"]}

    def over(self) -> set[str]:
        """Return the gifts that come after the limit was used up, in the order of their days."""
        used: dict[int, int] = {}
        over = set()
        for reference in sorted(self.held):
            record, cents = self.held[reference]
            person = self.person(record)
            used[person] = used.get(person, 0) + cents
            if cents and used[person] > LIMIT_CENTS:
                over.add(reference)
        return over

    def agrees(self) -> None:
        assert self.said() == self.added_up()
        assert self.found() == self.over()


@pytest.fixture
def register(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Register]:
    app.config["CLOCK"] = None
    wanted = [NewRecipient(f"Raced Person {n}") for n in range(RECORDS)]
    with unit_of_work() as session:
        records = [one.id for one in add_many(session, wanted, actor_id=None, at=NOON).recipients]
    server = Server(database_url, tmp_path, free_port())
    served = Register(server, records, today().isoformat())
    end = monotonic() + 60
    while monotonic() < end:
        try:
            served.ask("officer", "/recipients?limit=1")
            break
        except (URLError, ConnectionError):
            sleep(0.1)
    yield served
    server.stop()


def test_sums_agree_before_between_and_after_whatever_is_merged_meanwhile(
    app: Flask, register: Register
) -> None:
    one, two, three, _ = register.records
    register.submit("rep", one, 120_00)
    register.submit("rep", two, 90_00)
    register.agrees()

    end = monotonic() + SECONDS

    def give(who: str) -> None:
        chance = random.Random(who)  # noqa: S311 - seeded, not cryptography
        while monotonic() < end:
            record, cents = chance.choice(register.records), chance.choice((20_00, 60_00, 90_00))
            register.submit(who, record, cents)

    def decide() -> None:
        chance = random.Random(7)  # noqa: S311 - the same
        while monotonic() < end:
            first, second = chance.sample(register.records, 2)
            register.merge(first, second) if chance.random() < 0.6 else register.unmerge(first)

    with ThreadPoolExecutor(4) as threads:
        acts = [threads.submit(give, who) for who in ("rep", "other_rep", "rep")]
        for act in [*acts, threads.submit(decide)]:
            act.result()
    register.agrees()

    for record in list(register.merged):
        assert register.unmerge(record) == 200
    register.agrees()
    assert max(register.said().values()) <= LIMIT_CENTS

    # Later gifts stay with the record they named.
    assert (register.merge(one, two), register.merge(two, three)) == (200, 200)
    for record in (one, two, three):
        register.submit("rep", record, 1_00)
    register.agrees()
    assert (register.unmerge(one), register.unmerge(two)) == (200, 200)
    register.agrees()
    with unit_of_work() as session:
        assert replay(session).differences == []


def _cents(dollars: str) -> int:
    whole, _, part = dollars.partition(".")
    return int(whole) * 100 + int(part)
