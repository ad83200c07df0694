"""Another program holds the SQLite file: writers give up in time, all together, and go on later."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from time import perf_counter

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from compliance_app.services import gifts
from compliance_app.store import turns
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Gift
from tests.conftest import EMAILS, NOON, PASSWORD, Cast
from tests.factories import make_claim
from tests.faults.submitting import assert_sound
from tests.page import Page

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WRITERS = 5


@pytest.fixture
def intruder(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[sqlite3.Connection]:
    """Hold the right to write, as somebody's shell does, before writers who wait a second."""
    monkeypatch.setattr(turns, "PATIENCE_MS", 1_000)
    with closing(sqlite3.connect(str(db.engine.url.database))) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


def submit(cast: Cast) -> str:
    with unit_of_work() as session:
        return gifts.submit(
            session, make_claim(1_00), giver_id=cast.rep, actor_id=cast.rep, at=NOON
        ).reference


def test_those_who_wait_give_up_together_and_not_one_after_the_other(
    app: Flask, cast: Cast, intruder: sqlite3.Connection
) -> None:
    def give_up(_number: int) -> str:
        with app.app_context(), pytest.raises(OperationalError) as refused:
            submit(cast)
        return str(refused.value.orig)

    began = perf_counter()
    with ThreadPoolExecutor(WRITERS) as threads:
        assert set(threads.map(give_up, range(WRITERS))) == {"database is locked"}
    assert perf_counter() - began < WRITERS * 1.0


def test_the_register_goes_on_once_the_file_is_free(
    app: Flask, cast: Cast, intruder: sqlite3.Connection
) -> None:
    with pytest.raises(OperationalError):
        submit(cast)
    intruder.rollback()
    reference = submit(cast)
    assert_sound([reference])


def test_pages_are_read_while_the_file_is_held(
    app: Flask, cast: Cast, intruder: sqlite3.Connection
) -> None:
    assert db.session.scalars(select(Gift)).all() == []


def test_whoever_cannot_be_served_is_told_so_in_a_sentence(
    app: Flask, cast: Cast, intruder: sqlite3.Connection
) -> None:
    form = {"email": EMAILS["rep"], "password": PASSWORD}
    page = Page(app).post("/sign-in", form, on="/sign-in", status=503)
    assert "its database does not answer just now" in page.said
