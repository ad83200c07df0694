"""The policy's pages: what is in force, each version, and writing, trying, adopting the next."""

import io
import re
from datetime import date

import pytest
from flask import Flask, render_template_string
from flask_login import login_user
from sqlalchemy.orm import Session

from compliance_app.rules.permissions import Role
from compliance_app.services import gifts, policies
from compliance_app.services.explaining import explain
from compliance_app.store import audit
from compliance_app.store import policies as store
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.gifts import get_by_reference
from compliance_app.store.models import Gift
from compliance_app.web.guard import Actor
from tests.conftest import EMAILS, NOON
from tests.factories import make_claim
from tests.page import Page, judge

FIRST = 'title = "Gifts"\nversion = "7"\n'
WHY = '{% from "policies/_why.html" import why %}{{ why(told, a) }}'
STRICTER = FIRST + '[[firm_limit]]\nfrom = 2026-03-30\namount = "250.00"\n'


@pytest.fixture
def officer(app: Flask) -> Page:
    return Page(app).sign_in(EMAILS["officer"])


def filled(text: str = STRICTER, **changes: object) -> dict[str, object]:
    # A browser sends the lines of a text area as Windows ends them.
    document = text.replace("\n", "\r\n")
    return {"document": document, "since": "2026-01-01", "reason": "Board of May 4", **changes}


def submit(session: Session, cents: int, day: date, **more: object) -> Gift:
    claim = make_claim(cents, given_on=day, **more)  # type: ignore[arg-type]
    submitted = gifts.submit(session, claim, giver_id=1, actor_id=1, at=NOON)
    return get_by_reference(session, submitted.reference)


def adopted(text: str = STRICTER) -> int:
    with unit_of_work() as work:
        return policies.adopt(work, text, reason="Board of May 4", actor_id=3, at=NOON).id


def test_before_the_firm_adopts_one_the_template_is_shown(officer: Page) -> None:
    page = officer.get("/policies")
    assert "The firm has not adopted a policy yet." in page.said
    assert "Every other gift A supervisor decides" in page.said


def test_the_version_in_force_is_shown_with_what_it_changed(officer: Page) -> None:
    number = adopted()
    page = officer.get("/policies")
    assert "The firm's own limit from March 30, 2026 Not set $250" in page.said
    assert "For all time Board of May 4 Olga Officer" in page.said
    assert page.find(f"a[href=/policies/{number}]")


def test_a_version_that_is_to_come_is_not_in_force(officer: Page) -> None:
    adopted(FIRST + "effective_on = 2026-12-01\n")
    page = officer.get("/policies")
    assert "The firm's first version is not in force yet." in page.said
    assert page.words("td .chip") == ["To come"]


def test_everybody_reads_a_version(app: Flask) -> None:
    number = adopted()
    page = Page(app).sign_in(EMAILS["rep"]).get(f"/policies/{number}")
    assert "This version is in force today." in page.said
    assert page.words("pre.document") == [" ".join(STRICTER.split())]
    page.get("/policies/999", status=404)


@pytest.mark.parametrize("who", ["rep", "supervisor", "auditor", "admin"])
def test_only_compliance_may_write_a_version(app: Flask, who: str) -> None:
    page = Page(app).sign_in(EMAILS[who])
    assert not page.get("/policies").find("a[href=/policies/new]")
    page.get("/policies/new", status=403)
    for path in ("/policies", "/policies/new", "/policies/list"):
        page.post(path, filled(), status=403)
    assert store.list_policies(db.session()) == []


def test_the_form_begins_as_the_version_in_force(officer: Page) -> None:
    assert "auto_clear_ceiling" in officer.get("/policies/new").words("textarea[name=document]")[0]
    adopted()
    assert "250.00" in officer.get("/policies/new").words("textarea[name=document]")[0]


def test_a_version_is_tried_before_it_is_adopted(officer: Page) -> None:
    with unit_of_work() as work:
        reference = submit(work, 260_00, date(2026, 11, 2)).reference
    page = officer.get("/policies/new").post("/policies/new", filled(), status=200)
    assert "1 of 1 assessments would be others." in page.said
    assert "2026-11 1 of 1 0 1 $0.00 $10.00" in page.said
    assert (
        f"{reference} 2 Nov 2026 Morgan Ellery Within the limit, counts for $260.00 "
        "Over the limit, counts for $260.00, $10.00 over"
    ) in page.said
    assert page.words("textarea[name=reason]") == ["Board of May 4"]
    assert store.list_policies(db.session()) == []


def test_the_whole_list_is_handed_over_as_csv(officer: Page) -> None:
    with unit_of_work() as work:
        submit(work, 260_00, date(2026, 11, 2))
    officer.post("/policies/list", filled(), status=200)
    assert officer.response.mimetype == "text/csv"
    assert officer.text.splitlines()[1].endswith(
        "2026-11-02,Morgan Ellery,within_limit,exceeds_limit,260.00,260.00,0.00,10.00"
    )


def test_a_trial_lists_a_hundred_and_counts_all(officer: Page) -> None:
    with unit_of_work() as work:
        for _ in range(101):
            submit(work, 60_00, date(2026, 11, 2))
    strict = FIRST + '[[firm_limit]]\nfrom = 2026-03-30\namount = "1.00"\n'
    page = officer.post("/policies/new", filled(strict), status=200)
    assert "101 of 101 assessments would be others." in page.said
    assert "Assessments, the first 100 of 101" in page.said


def test_a_trial_without_a_gift_says_so(officer: Page) -> None:
    page = officer.post("/policies/new", filled(), status=200)
    assert "There is no gift to try it on." in page.said


def test_adopting_takes_the_document_as_a_file_would(officer: Page) -> None:
    page = officer.get("/policies/new").post("/policies", filled()).follow()
    assert "The version in force for all time is adopted." in page.said
    (version,) = store.list_policies(db.session())
    assert version.document == STRICTER
    assert version.reason == "Board of May 4"
    assert audit.events_of(db.session(), f"policy:{version.id}")[0].actor == EMAILS["officer"]


def test_a_file_takes_the_place_of_the_text(officer: Page) -> None:
    file = (io.BytesIO(FIRST.encode()), "policy.toml")
    officer.post("/policies", filled(file=file))
    (version,) = store.list_policies(db.session())
    assert version.document == FIRST


def test_a_file_that_is_no_text_is_refused(officer: Page) -> None:
    file = (io.BytesIO(b"\xff\xfe\x00"), "policy.toml")
    page = officer.post("/policies", filled(file=file), status=422)
    assert page.words(".summary li") == ["Line 1: this is not UTF-8; save it that way."]


@pytest.mark.parametrize("path", ["/policies", "/policies/new", "/policies/list"])
def test_every_problem_is_named_by_line_and_key_and_the_text_is_kept(
    officer: Page, path: str
) -> None:
    bad = FIRST + '[year]\nbasis = "lunar"\n[days]\nlate_after = -1\nearly_after = 1\n'
    page = officer.post(path, filled(bad), status=422)
    assert [said.partition(": ")[0] for said in page.words(".summary li")] == [
        "Line 4",
        "Line 6",
        "Line 7",
    ]
    assert "year.basis: write one of calendar, fiscal, rolling" in page.words(".summary li")[0]
    assert page.words("textarea[name=document]") == [" ".join(bad.split())]
    assert page.words("textarea[name=reason]") == ["Board of May 4"]
    assert store.list_policies(db.session()) == []


def test_a_version_for_a_taken_day_is_refused(officer: Page) -> None:
    text = FIRST + "effective_on = 2026-12-01\n"
    adopted(text)
    page = officer.post("/policies", filled(text.replace('"7"', '"8"')), status=422)
    (problem,) = page.words(".summary li")
    assert problem == (
        "Line 3: effective_on: a version takes effect on December 1, 2026 already; name a later "
        "day."
    )


def test_adopting_needs_a_reason(officer: Page) -> None:
    page = officer.post("/policies", filled(reason=" "), status=422)
    assert page.words(".summary li") == [
        "Say why the firm adopts this version; the reason is kept with it."
    ]


def test_an_empty_document_is_refused(officer: Page) -> None:
    page = officer.post("/policies", filled(" \n"), status=422)
    assert page.words(".summary li") == ["Write the policy, or choose a file that holds it."]


def test_a_day_that_is_none_is_refused(officer: Page) -> None:
    page = officer.post("/policies/new", filled(since="soon"), status=422)
    assert page.words(".summary li") == ["Choose a day, written as year-month-day: 2026-11-24."]


def test_the_trail_says_what_an_adoption_changed(officer: Page) -> None:
    number = adopted()
    event = audit.events_of(db.session(), f"policy:{number}")[0]
    page = officer.get(f"/audit/{event.number}")
    assert "The firm's own limit from March 30, 2026 Not set $250" in page.said
    assert page.find(f"a[href=/policies/{number}]")


@pytest.mark.parametrize(
    ("role", "sees"), [(Role.COMPLIANCE, True), (Role.AE, False)], ids=["compliance", "a rep"]
)
def test_why_a_share_was_judged_so_is_told_step_by_step(app: Flask, role: Role, sees: bool) -> None:
    with unit_of_work() as work:
        first = submit(work, 61_00, date(2026, 11, 2))
        second = submit(work, 48_00, date(2026, 11, 3), market_value_cents=52_00)
        assessment = second.version.shares[0].assessment
        assert assessment is not None
        told = explain(work, assessment)
    with app.test_request_context():
        login_user(Actor("token", 1, 1, "Somebody", role))
        page = render_template_string(WHY, told=told, a=assessment)
    said = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    earlier = first.reference if sees else "An earlier gift"
    assert "Cost of one $48.00 Market value $52.00 How many 1 Recipients 1" in said
    assert f"2 Nov 2026 {earlier} It waited for a decision $61.00 $61.00" in said
    assert "3 Nov 2026 This share $48.00 $109.00" in said
    assert "The limit is $300.00; $191.00 are left." in said
    assert f"SHA-256: {assessment.policy_sha256}" in said
    assert "the same assessment, byte for byte." in said
    assert (first.reference in said) is sees
    judge(app, "/gifts", f"<div><h3>Somebody</h3>{page}</div>")
