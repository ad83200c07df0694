"""Merging through the interface: sums follow at once, and come back when it is undone."""

import pytest
from flask import Flask

from tests.program import Program

# One database is enough for what an answer holds; the races ask both.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PATH = "/api/v1/recipients"


def running(program: Program, record_id: int) -> str:
    total: str = program.get(f"{PATH}/{record_id}")["room"]["running"]
    return total


def add(program: Program, name: str) -> int:
    body = {"name": name, "employer": "Harbor Trust", "confirmed_new": True}
    number: int = program.post(PATH, body, status=201)["id"]
    return number


def test_sums_follow_a_merge_and_part_again(app: Flask) -> None:
    rep, officer = Program(app, "rep"), Program(app, "officer")
    one, two = add(rep, "Jon Fischer"), add(rep, "Jonathan Fischer")
    for to, cost in ((one, "200.00"), (two, "150.00")):
        rep.log(recipients=[{"id": to}], cost=cost, given_on="2026-06-01")

    merged = officer.post(f"{PATH}/{one}/merge", {"into": two, "reason": "One badge"})

    assert [person["id"] for person in merged["people"]] == [two]
    assert merged["people"][0]["merged"] == [{"id": one, "name": "Jon Fischer"}]
    (finding,) = merged["findings"]
    assert (finding["running"], finding["excess"]) == ("350.00", "50.00")
    assert running(rep, one) == running(rep, two) == "350.00"
    rep.log(recipients=[{"id": one}], cost="7.00", given_on="2026-06-02")
    parted = officer.post(f"{PATH}/{one}/unmerge", {"reason": "Twins"})
    assert {person["id"]: person["room"]["running"] for person in parted["people"]} == {
        one: "207.00",
        two: "150.00",
    }
    again = officer.open("POST", f"{PATH}/{one}/unmerge", {})
    assert officer.refused(again, 409)["code"] == "not-merged"


def test_a_pair_is_listed_until_somebody_says_that_it_is_two_people(app: Flask) -> None:
    officer = Program(app, "officer")
    one, two = add(officer, "Jon Fischer"), add(officer, "Jonathan Fischer")
    (pair,) = officer.get("/api/v1/recipient-pairs")["pairs"]
    assert {pair["first"]["id"], pair["second"]["id"]} == {one, two}
    assert pair["confirmed_new_by"] == "Olga Officer"

    officer.post(f"/api/v1/recipient-pairs/{pair['id']}", {"decision": "not_same"})

    assert officer.get("/api/v1/recipient-pairs")["pairs"] == []
