"""Sums by a calculator that knows the rule alone, before, between and after merges and moves.

What counts, for whom, and what is left is worked out here from what was sent, and compared with
what programs and files say.
"""

import csv
import io
import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from compliance_app.services.replay import replay
from compliance_app.store.base import frozen_reading
from tests.conftest import EMAILS, NOON
from tests.page import Page
from tests.program import GIFT, Program

TODAY = NOON.date()
LIMITS = ((date(2026, 3, 30), 300_00), (date.min, 100_00))
STEPS = 60


@dataclass
class Given:
    """A gift that was logged: its day, what each record's part counts, and whether it is over."""

    day: date
    parts: dict[int, int]
    is_over: bool = False

    @property
    def holds(self) -> bool:
        return self.day < TODAY or not self.is_over


class Calculator:
    """The rule, as short as it can be said."""

    def __init__(self, records: list[int]) -> None:
        self.records = records
        self.into: dict[int, int] = {}
        self.gifts: list[Given] = []

    def person(self, record: int) -> int:
        while record in self.into:
            record = self.into[record]
        return record

    def total(self, person: int, until: date) -> int:
        held = (one for one in self.gifts if one.holds and one.day.year == until.year)
        return sum(
            cents
            for one in held
            for record, cents in one.parts.items()
            if one.day <= until and self.person(record) == person
        )

    def year_of(self, person: int, year: int) -> dict[str, int]:
        """Return the total after each day of a year on which something was given."""
        held = [one for one in self.gifts if one.holds and one.day.year == year]
        theirs = [one.day for one in held if person in map(self.person, one.parts)]
        return {day.isoformat(): self.total(person, day) for day in theirs}

    def is_over(self, new: Given) -> bool:
        """Say whether a gift is too much on its day, or on that of a later one of the year."""
        days = {one.day for one in self.gifts if one.holds and one.day.year == new.day.year}
        return any(
            self.total(self.person(record), day) + cents > limit_on(day)
            for record, cents in new.parts.items()
            for day in days | {new.day}
            if day == new.day or (day > new.day and self._is_given(record, day))
        )

    def _is_given(self, record: int, day: date) -> bool:
        whose = [one.parts for one in self.gifts if one.holds and one.day == day]
        return any(self.person(one) == self.person(record) for parts in whose for one in parts)


def limit_on(day: date) -> int:
    return next(cents for since, cents in LIMITS if day >= since)


def counted(gift: dict[str, Any]) -> int:
    unit, day = cents_of(gift["cost"]), date.fromisoformat(gift["given_on"])
    if gift["category"] == "ticket":
        unit = max(unit, cents_of(gift["face_value"]))
    elif day < LIMITS[0][0]:
        unit = max(unit, cents_of(gift["market_value"]))
    return -(-unit * int(gift["quantity"]) // len(gift["recipients"]))


def cents_of(dollars: str) -> int:
    whole, _, part = dollars.partition(".")
    return int(whole) * 100 + int(part)


def some_gift(chance: random.Random, records: list[int]) -> dict[str, Any]:
    day = TODAY + timedelta(days=chance.choice((0, 7, 30, -chance.randrange(420))))
    return GIFT | {
        "given_on": day.isoformat(),
        "category": chance.choice(("merchandise", "ticket")),
        "host_present": False,
        "cost": chance.choice(("7.01", "20.00", "33.33", "60.00", "150.00")),
        "market_value": chance.choice(("10.00", "90.50")),
        "face_value": chance.choice(("10.00", "80.00")),
        "tax": "9.99",
        "quantity": chance.choice((1, 1, 2)),
        "recipients": [{"id": one} for one in records],
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sums_agree_with_whoever_knows_the_rule_alone(app: Flask) -> None:
    chance = random.Random(3220)  # noqa: S311 - seeded, not cryptography
    rep, officer = Program(app, "rep"), Program(app, "officer")
    page = Page(app).sign_in(EMAILS["officer"])
    names = ("Alma Quist", "Boris Tench", "Carla Ubeda", "Dario Vance")
    new = [{"name": name, "employer": "Elm", "confirmed_new": True} for name in names]
    known = Calculator([rep.post("/api/v1/recipients", one, status=201)["id"] for one in new])
    for _ in range(STEPS):
        one, other = chance.sample(known.records, 2)
        match chance.choice(("give", "give", "give", "merge", "undo", "move")):
            case "give":
                several = known.person(one) != known.person(other) and chance.random() < 0.4
                gift = some_gift(chance, [one, other] if several else [one])
                parts = {record["id"]: counted(gift) for record in gift["recipients"]}
                made = Given(date.fromisoformat(gift["given_on"]), parts)
                made.is_over = known.is_over(made)
                said = rep.log(**gift)["shares"]
                assert [cents_of(part["counted"]) for part in said] == list(parts.values())
                verdicts = {part["assessment"]["verdict"] for part in said}
                assert ("exceeds_limit" in verdicts) is made.is_over
                known.gifts.append(made)
            case "merge" if one not in known.into and known.person(other) != one:
                officer.post(f"/api/v1/recipients/{one}/merge", {"into": other, "reason": "One"})
                known.into[one] = other
                agree(known, officer, page)
            case "undo" if known.into:
                undone = chance.choice(list(known.into))
                officer.post(f"/api/v1/recipients/{undone}/unmerge", {"reason": "Two"})
                del known.into[undone]
                agree(known, officer, page)
            case "move":
                work = {"employer": chance.choice(("Elm", "Ash")), "since": "2026-06-01"}
                rep.post(f"/api/v1/recipients/{one}/employments", work)
    agree(known, officer, page)
    with app.app_context(), frozen_reading() as session:
        assert replay(session).differences == []


def agree(known: Calculator, officer: Program, page: Page) -> None:
    """Compare what is left for each record, and the year of each person, day by day."""
    for record in known.records:
        person, room = known.person(record), officer.get(f"/api/v1/recipients/{record}")["room"]
        running = known.total(person, TODAY)
        # What later days take ends at the limit.
        later = min(known.total(person, date(2026, 12, 31)) - running, max(0, 300_00 - running))
        left = max(0, 300_00 - running - later)
        said = tuple(cents_of(room[name]) for name in ("running", "later", "left"))
        assert said == (running, later, left)
    for person in {known.person(record) for record in known.records}:
        for year in (2025, 2026):
            text = page.open("GET", f"/recipients/{person}/ledger.csv?year={year}").text
            last: dict[str, int] = {}
            for row in csv.DictReader(io.StringIO(text)):
                if row["running_total"]:
                    day, cents = row["given_on"], cents_of(row["running_total"])
                    last[day] = max(cents, last.get(day, 0))
            assert last == known.year_of(person, year)
