import pytest
from flask import Flask
from sqlalchemy import text

from compliance_app.services import approvals, gifts, merging
from compliance_app.store.base import db, unit_of_work
from tests.conftest import CAST, EMAILS, NOON
from tests.factories import make_claim
from tests.page import Page
from tests.tamper import tamper


def officer(app: Flask) -> Page:
    return Page(app).sign_in(EMAILS["officer"])


def submit(cents: int = 48_00) -> None:
    with unit_of_work() as session:
        gifts.submit(session, make_claim(cents), giver_id=CAST.rep, actor_id=CAST.rep, at=NOON)


def test_the_newest_event_comes_first_with_who_and_when(app: Flask) -> None:
    submit()
    # Signing in is an event too: it is the newest, the gift is the one before.
    page = officer(app).get("/audit")

    assert page.words("tbody tr")[1] == (
        "Gift submitted Event 14 G-2026-000001 rita@firm.example 21 Nov 2026, 17:00 UTC"
    )
    assert page.find("a[href=/gifts/G-2026-000001]")
    assert page.find("a[href=/audit/14]")


def test_older_events_are_one_page_further(app: Flask) -> None:
    for _ in range(20):
        submit(1_00)

    page = officer(app).get("/audit")

    assert len(page.find("tbody tr")) == 25
    older = page.find("a[rel=next]")[0].get("href") or ""
    assert older == "/audit?before=10"
    page.get(older)
    assert len(page.find("tbody tr")) == 9
    assert page.words("tbody tr")[-1].startswith("Person added Event 1 Rita Rep console")
    assert page.find("a[rel=next]") == []
    assert page.find("a[rel=prev]")[0].get("href") == "/audit"


@pytest.mark.parametrize("before", ["abc", "-1", "9" * 30, "1%00"])
def test_an_address_that_names_no_event_shows_the_newest(app: Flask, before: str) -> None:
    page = officer(app).get(f"/audit?before={before}")

    assert page.words("tbody tr")[0].startswith("Session signed in")


def test_an_event_shows_its_document_its_seal_and_the_one_before(app: Flask) -> None:
    submit()
    with unit_of_work() as session:
        seals = session.execute(
            text("SELECT sha256, previous_sha256 FROM trail_event WHERE number = 14")
        ).one()

    page = officer(app).get("/audit/14")

    assert page.words("h1") == ["Event 14: Gift submitted"]
    assert page.words("dd.hash") == list(seals)
    assert page.words("div.verdict b") == ["This event is as it was written."]
    document = page.find("pre.document")[0].text or ""
    assert '"reference": "G-2026-000001"' in document
    assert '"verdict": "within_limit"' in document
    assert '"reasons": [' in document


def test_a_changed_event_says_so_on_its_own_page(app: Flask) -> None:
    tamper("UPDATE trail_event SET actor = 'mallory@firm.example' WHERE number = 3")

    page = officer(app).get("/audit/3")

    assert page.words("div.verdict b") == ["This event was changed after it was written."]


def test_an_event_that_does_not_exist_is_not_found(app: Flask) -> None:
    officer(app).get("/audit/999", status=404)


def test_a_whole_trail_is_said_to_be_whole(app: Flask) -> None:
    page = officer(app).get("/audit/verify")

    assert page.words("div.verdict b") == ["The trail is whole."]
    assert page.words("dl div")[0] == "Events that fit 14"


@pytest.mark.parametrize(
    ("harm", "finding"),
    [
        pytest.param(
            "DROP TABLE trail_event",
            "The table trail_event, a part of the trail, was removed from the database.",
            id="dropped",
        ),
        pytest.param(
            "UPDATE trail_event SET body = '{}' WHERE number = 5",
            "Event 5 was changed after it was written.",
            id="changed",
        ),
        pytest.param(
            "DELETE FROM trail_event WHERE number = 5",
            "Event 5 is missing from the trail.",
            id="removed",
        ),
        pytest.param(
            "DELETE FROM trail_event WHERE number = 14",
            "The trail ends at event 13, but 14 were written.",
            id="cut off",
        ),
    ],
)
def test_a_harmed_trail_names_the_first_event_that_is_wrong(
    app: Flask, harm: str, finding: str
) -> None:
    page = officer(app)
    tamper(harm)

    assert page.get("/audit/verify").words("div.verdict b") == [finding]


def test_reading_the_trail_changes_nothing(app: Flask) -> None:
    page = officer(app).get("/audit").get("/audit/1").get("/audit/verify")

    assert page.get("/audit/verify").words("dl div")[0] == "Events that fit 14"


def test_the_trail_narrows_to_what_was_decided_and_is_handed_out(app: Flask) -> None:
    with unit_of_work() as session:
        claim = make_claim(250_00)
        gifts.submit(session, claim, giver_id=CAST.rep, actor_id=CAST.rep, at=NOON)
    with unit_of_work() as session:
        approvals.approve(session, "G-2026-000001", actor_id=CAST.officer, at=NOON)
    page = Page(app).sign_in(EMAILS["auditor"]).get("/audit?heap=decisions")
    assert page.words("table td.value a") == ["Gift decided Event 15"]
    page.get("/audit?heap=refusals")
    assert "No event here" in page.said
    with app.app_context():
        lines = page.client.get("/audit.csv?heap=decisions").text.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(
        "15,2026-11-21T17:00:00+00:00,olga@firm.example,gift:decided,gift:1,"
    )


def test_everybody_of_the_firm_and_at_clients_is_handed_out(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["auditor"])
    with app.app_context():
        people = page.client.get("/people.csv").text.splitlines()
        recipients = page.client.get("/recipients.csv").text.splitlines()
    assert people[1] == "Abe Auditor,abe@firm.example,Auditor,,,Can sign in"
    assert recipients[1:] == [
        "Morgan Ellery,Manager,Northgate Pension Trust,morgan@northgate.example",
        "Ravi Shankaran,Analyst,Harbor Capital,ravi@harbor.example",
    ]


def test_a_trail_that_cannot_be_read_is_told_on_its_page(app: Flask) -> None:
    """A view in the place of the table fails as damaged pages do."""
    if db.engine.name == "sqlite":
        pytest.skip("the console's tests damage the pages of the file itself")
    page = officer(app)
    columns = (
        "number, happened_at, actor, event, subject, CAST(1 / (number - number) AS TEXT) AS body"
    )
    tamper(
        "ALTER TABLE trail_event RENAME TO kept_events",
        f"CREATE VIEW trail_event AS SELECT {columns}, previous_sha256, sha256 FROM kept_events",
    )
    (finding,) = page.get("/audit/verify").words("div.verdict b")
    assert finding.startswith("Event 1 cannot be read: the database is damaged (")


def test_a_merge_is_about_the_record_that_was_merged(app: Flask) -> None:
    with unit_of_work() as session:
        merging.merge(session, 1, 2, reason="", actor_id=CAST.officer, at=NOON)
        merging.unmerge(session, 1, reason="", actor_id=CAST.officer, at=NOON)
    page = officer(app).get("/audit")

    assert [line.partition(" olga")[0] for line in page.words("tbody tr")[1:3]] == [
        "Recipient unmerged Event 15 Morgan Ellery",
        "Recipient merged Event 14 Morgan Ellery",
    ]
    page.get("/audit/14")
