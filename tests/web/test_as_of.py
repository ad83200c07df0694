"""The register on a past day: what was known then, whatever happened since."""

from datetime import timedelta

import pytest
from flask import Flask

from compliance_app.services import drafts, gifts
from compliance_app.store.base import unit_of_work
from tests.conftest import CAST, EMAILS, NOON
from tests.factories import make_claim
from tests.page import Page


@pytest.fixture(autouse=True)
def _two_days(app: Flask) -> None:
    with unit_of_work() as session:
        first = gifts.submit(
            session, make_claim(40_00), giver_id=CAST.rep, actor_id=CAST.rep, at=NOON
        )
        next_day = NOON + timedelta(days=1)
        gifts.cancel(session, first.reference, actor_id=CAST.rep, at=next_day)
        gifts.submit(session, make_claim(25_00), giver_id=CAST.rep, actor_id=CAST.rep, at=next_day)


def a_day_later(app: Flask) -> None:
    app.config["CLOCK"] = lambda: NOON + timedelta(days=1)


def rows_on(app: Flask, day: str) -> list[str]:
    return Page(app).sign_in(EMAILS["auditor"]).get(f"/audit/as-of?day={day}").words("tbody tr")


def test_a_day_shows_what_was_known_at_its_end(app: Flask) -> None:
    (row,) = rows_on(app, "2026-11-21")
    assert row == (
        "Gift basket from Fern & Rye G-2026-000001, 24 Nov 2026 Rita Rep Approved Morgan Ellery "
        "$40.00 $40.00 of $300.00"
    )


def test_the_day_after_shows_what_happened_since(app: Flask) -> None:
    a_day_later(app)
    newer, older = rows_on(app, "2026-11-22")
    assert newer == (
        "Gift basket from Fern & Rye G-2026-000002, 24 Nov 2026 Rita Rep Submitted Morgan Ellery "
        "$25.00 $25.00 of $300.00"
    )
    assert older == (
        "Gift basket from Fern & Rye G-2026-000001, 24 Nov 2026 Rita Rep Cancelled Morgan Ellery "
        "$40.00 does not count $40.00 of $300.00"
    )


def test_before_the_first_event_nothing_was_known(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["officer"]).get("/audit/as-of?day=2026-11-20")
    assert "No gift was known then" in page.said


def test_without_a_day_it_is_today(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["officer"]).get("/audit/as-of")
    assert page.find("input[name=day]")[0].get("value") == "2026-11-21"
    assert len(page.find("tbody tr")) == 1


def test_a_day_that_is_none_is_asked_for_again(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["officer"]).get("/audit/as-of?day=soon", status=422)
    assert "2026-11-24" in page.said


def test_older_gifts_are_one_page_further(app: Flask) -> None:
    a_day_later(app)
    with unit_of_work() as session:
        for _ in range(27):
            gifts.submit(session, make_claim(1_00), giver_id=CAST.rep, actor_id=CAST.rep, at=NOON)
    page = Page(app).sign_in(EMAILS["officer"]).get("/audit/as-of?day=2026-11-22")
    first, older = len(page.find("tbody tr")), page.find("a[rel=next]")[0].get("href") or ""
    assert (first, len(page.get(older).find("tbody tr"))) == (25, 4)


@pytest.mark.parametrize("day", ["2027-01-01", "9999-12-31"])
def test_a_day_to_come_shows_all_that_is_known(app: Flask, day: str) -> None:
    assert len(rows_on(app, day)) == 2


def test_a_draft_is_no_gift_that_was_known(app: Flask) -> None:
    with unit_of_work() as session:
        form = {"description": ["Two seats"]}
        drafts.keep(session, "d" * 32, form, person_id=CAST.rep, at=NOON)
    assert len(rows_on(app, "2026-11-21")) == 1
