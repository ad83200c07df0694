import pytest
from flask import Flask

from compliance_app.api.gift_list import GiftPage
from compliance_app.services import people
from compliance_app.store.base import unit_of_work
from tests.conftest import CAST, NOON
from tests.program import GIFT, Program


def test_a_gift_within_the_limit_is_cleared_and_answered_whole(app: Flask) -> None:
    gift = Program(app, "rep").log(tax="4.00", delivery="9.95")

    assert (gift["reference"], gift["state"], gift["route"]) == (
        "G-2026-000001",
        "approved",
        "cleared",
    )
    assert (gift["cost"], gift["tax"], gift["delivery"]) == ("48.00", "4.00", "9.95")
    assert gift["market_value"] is None
    assert gift["logged_at"] == "2026-11-21T17:00:00Z"
    assert [decision["decision"] for decision in gift["decisions"]] == ["auto_clear"]
    share = gift["shares"][0]
    assert share["recipient"] == {
        "id": 1,
        "name": "Morgan Ellery",
        "email": "morgan@northgate.example",
        "employer": "Northgate Pension Trust",
    }
    verdict = share["assessment"]
    assert (verdict["verdict"], verdict["counted"], verdict["limit"], verdict["left_after"]) == (
        "within_limit",
        "48.00",
        "300.00",
        "252.00",
    )
    assert verdict["reasons"][1]["sentence"] == (
        "All gifts from the firm to this person in 2026 come to $48.00 with this one; the limit "
        "is $300.00 (Rule 3220(a))."
    )


def test_a_gift_is_read_as_it_was_answered(app: Flask) -> None:
    program = Program(app, "rep")

    assert program.log() == program.get("/api/v1/gifts/G-2026-000001")


def test_a_gift_over_the_limit_is_recorded_and_waits(app: Flask) -> None:
    gift = Program(app, "rep").log(cost="300.01")

    assert gift["state"] == "submitted"
    assert gift["shares"][0]["assessment"]["verdict"] == "exceeds_limit"
    assert gift["shares"][0]["assessment"]["excess"] == "0.01"
    assert gift["shares"][0]["holds_room"] is False


def test_an_assessment_says_the_same_as_the_gift_and_writes_nothing(app: Flask) -> None:
    program = Program(app, "rep")
    body = GIFT | {
        "recipients": [
            {"id": 1},
            {"name": "Ann Ash", "email": "ann@harbor.example", "employer": "Harbor Capital"},
        ]
    }

    preview = program.post("/api/v1/assessments", body)

    assert program.get("/api/v1/gifts") == {"gifts": [], "next": None}
    assert program.get("/api/v1/recipients?q=Ann")["recipients"] == []
    gift = program.post("/api/v1/gifts", body, status=201)
    assert preview["route"] == gift["route"]
    assert preview["flags"] == gift["flags"]
    assert [share["assessment"] for share in preview["shares"]] == [
        share["assessment"] for share in gift["shares"]
    ]
    assert preview["shares"][1]["recipient"] == {
        "id": None,
        "name": "Ann Ash",
        "email": "ann@harbor.example",
        "employer": "Harbor Capital",
    }


@pytest.mark.parametrize(
    "named",
    [
        pytest.param({"name": "M. Ellery", "email": "MORGAN@northgate.example"}, id="by e-mail"),
        pytest.param(
            {"name": "Morgan Ellery", "employer": "northgate pension  trust"},
            id="by name and employer",
        ),
    ],
)
def test_a_recipient_is_found(app: Flask, named: dict[str, str]) -> None:
    assert Program(app, "rep").log(recipients=[named])["shares"][0]["recipient"]["id"] == 1


@pytest.mark.parametrize(
    "named",
    [
        pytest.param({"name": "Morgan Ellery"}, id="at no employer"),
        pytest.param({"name": "Morgan Ellery", "employer": "Harbor Capital"}, id="at another"),
        pytest.param(
            {
                "name": "Morgan Ellery",
                "employer": "Northgate Pension Trust",
                "email": "other@northgate.example",
            },
            id="with another e-mail",
        ),
    ],
)
def test_whoever_fits_nobody_is_added(app: Flask, named: dict[str, str]) -> None:
    gift = Program(app, "rep").log(recipients=[named])

    recipient = gift["shares"][0]["recipient"]
    assert recipient["id"] not in {CAST.morgan, CAST.ravi}
    assert recipient["name"] == "Morgan Ellery"


def test_a_gift_can_be_from_a_colleague(app: Flask) -> None:
    gift = Program(app, "rep").log(giver_email="Theo@firm.example")

    assert gift["giver"]["name"] == "Theo Marsh"
    assert gift["logged_by"]["name"] == "Rita Rep"


def test_facts_are_claimed_by_name(app: Flask) -> None:
    gift = Program(app, "rep").log(
        category="promotional_logo", facts={"has_logo": True, "note": "pen", "lavish": False}
    )

    assert gift["facts"] == {"has_logo": "", "note": "pen", "lavish": "false"}
    assert gift["state"] == "submitted"


def test_the_list_is_read_page_by_page_and_narrowed(app: Flask) -> None:
    program = Program(app, "officer")
    program.log()
    program.log(recipients=[{"id": 2}], given_on="2026-12-01")
    program.log(recipients=[{"id": 1}, {"id": 2}], cost="400.00", giver_email="rita@firm.example")

    def listed(query: str) -> list[str]:
        gifts = program.get(f"/api/v1/gifts?{query}")["gifts"]
        return [gift["reference"][-1] for gift in gifts]

    first = program.get("/api/v1/gifts?limit=2")
    assert [gift["reference"][-1] for gift in first["gifts"]] == ["3", "2"]
    assert listed(f"limit=2&cursor={first['next']}") == ["1"]
    assert program.get(f"/api/v1/gifts?cursor={first['next']}")["next"] is None
    assert listed("state=submitted") == ["3"]
    assert listed("giver=RITA@firm.example") == ["3"]
    assert listed("recipient=2") == ["3", "2"]
    assert listed("since=2026-11-25") == ["2"]
    assert listed("until=2026-11-24") == ["3", "1"]
    assert listed("recipient=1&state=approved&since=2026-11-24&until=2026-11-24") == ["1"]


def test_the_list_is_written_exactly_as_it_is_described(app: Flask) -> None:
    program = Program(app, "officer")
    program.log(description="Lunch voucher “Krähe”", giver_email="rita@firm.example")
    program.log(recipients=[{"id": 1}, {"id": 2}], cost="400.00")
    program.log(category="cash", given_on="2026-11-20")

    for query in ("limit=2", ""):
        page = program.get(f"/api/v1/gifts?{query}")

        assert GiftPage.model_validate(page).model_dump(mode="json") == page
    assert [bool(gift["flags"]) for gift in page["gifts"]] == [True, True, False]
    assert [len(gift["shares"]) for gift in page["gifts"]] == [1, 2, 1]
    assert page["gifts"][0]["logged_at"] == "2026-11-21T17:00:00Z"


@pytest.mark.parametrize("person", ["rep", "supervisor"])
def test_who_gave_and_who_logged_read_the_same_pages(app: Flask, person: str) -> None:
    colleague, program = Program(app, "other_rep"), Program(app, person)
    Program(app, "rep").log()
    Program(app, "officer").log(giver_email="olga@firm.example")
    colleague.log(giver_email="rita@firm.example")
    Program(app, "rep").log(giver_email="theo@firm.example")

    first = program.get("/api/v1/gifts?limit=2")
    second = program.get(f"/api/v1/gifts?limit=2&cursor={first['next']}")

    assert [gift["giver"]["name"] for gift in first["gifts"]] == ["Theo Marsh", "Rita Rep"]
    assert [gift["giver"]["name"] for gift in second["gifts"]] == ["Rita Rep"]
    assert second["next"] is None


def test_a_reviewer_approves(app: Flask) -> None:
    Program(app, "rep").log(cost="150.00")

    gift = Program(app, "supervisor").post(
        "/api/v1/gifts/G-2026-000001/decision", {"decision": "approve", "reason": "Fine"}
    )

    assert gift["state"] == "approved"
    assert gift["decisions"][-1]["decided_by"] == {
        "name": "Sam Supervisor",
        "email": "sam@firm.example",
    }


def test_what_the_rules_refuse_is_a_conflict_with_their_sentence(app: Flask) -> None:
    Program(app, "rep").log(cost="300.01")
    program, path = Program(app, "officer"), "/api/v1/gifts/G-2026-000001/decision"

    problem = program.refused(program.open("POST", path, {"decision": "approve"}), 409)
    unexplained = program.refused(program.open("POST", path, {"decision": "decline"}), 409)

    assert problem["code"] == "over-limit"
    assert problem["detail"].startswith(
        "Gift G-2026-000001 cannot be approved. All gifts from the firm to this person in 2026 "
        "would come to $300.01 with this one, which is $0.01 over the limit of $300.00"
    )
    assert unexplained["code"] == "reason-missing"


def test_nobody_decides_on_their_own_gift(app: Flask) -> None:
    program = Program(app, "supervisor")
    program.log(cost="150.00")

    problem = program.refused(
        program.open("POST", "/api/v1/gifts/G-2026-000001/decision", {"decision": "approve"}), 409
    )

    assert problem["code"] == "own-decision"


def test_the_author_withdraws_what_nobody_decided(app: Flask) -> None:
    program = Program(app, "rep")
    program.log(cost="150.00")

    gift = program.post("/api/v1/gifts/G-2026-000001/withdraw")
    again = program.refused(program.open("POST", "/api/v1/gifts/G-2026-000001/withdraw"), 409)

    assert gift["state"] == "withdrawn"
    assert again["detail"] == "Gift G-2026-000001 is withdrawn, so it cannot be withdrawn."


@pytest.mark.parametrize(
    ("changes", "place", "sentence"),
    [
        pytest.param(
            {"cost": 48},
            "cost",
            'Write money as a string of dollars and cents, such as "48.00".',
            id="money is a string",
        ),
        pytest.param(
            {"cost": "-1.00"},
            "cost",
            'Write money as a string of dollars and cents, such as "48.00".',
            id="and has no minus",
        ),
        pytest.param(
            {"given_on": "24/11/2026"},
            "given_on",
            'Write the day as year-month-day, such as "2026-11-24".',
            id="a day is a day",
        ),
        pytest.param(
            {"given_on": "2026-02-30"},
            "given_on",
            "There is no such day; check the month.",
            id="that exists",
        ),
        pytest.param(
            {"given_on": "2036-01-01"},
            "given_on",
            "2036-01-01 cannot be the day of this gift. Choose a day between 1992-12-28 and "
            "2027-11-22.",
            id="not too far ahead",
        ),
        pytest.param(
            {"recipients": []},
            "recipients",
            "Choose who it is for, or add the person as a new recipient.",
            id="somebody gets it",
        ),
        pytest.param(
            {"recipients": [{"id": 1}, {"name": "M", "email": "morgan@northgate.example"}]},
            "recipients",
            "The same person is named twice. Name each recipient once.",
            id="each once",
        ),
        pytest.param(
            {"recipients": [{"id": 99}]},
            "recipients",
            "This recipient is not in the register. Choose a person from the list, or add them "
            "as a new recipient.",
            id="who is in the register",
        ),
        pytest.param(
            {"recipients": [{"id": 1}, {"name": "Ann", "email": "ann"}]},
            "recipients.1.email",
            "'ann' is not an e-mail address such as ana@firm.example.",
            id="by an address that is one",
        ),
        pytest.param(
            {"recipients": [{"id": 1, "name": "Ann"}]},
            "recipients.0.name",
            "There is nothing of this name here; check the spelling or leave it out.",
            id="by number or by name",
        ),
        pytest.param(
            {"giver_email": "nobody@firm.example"},
            "giver_email",
            "Nobody active at the firm has the address nobody@firm.example. Check it.",
            id="the giver is of the firm",
        ),
        pytest.param(
            {"colour": "red"},
            "colour",
            "There is nothing of this name here; check the spelling or leave it out.",
            id="no field is overlooked",
        ),
        pytest.param(
            {"description": "\0"},
            "description",
            "This holds signs that do not belong here; write it again.",
            id="nothing invisible",
        ),
        pytest.param(
            {"facts": {"Has Logo": True}},
            "facts",
            "Name a fact in small letters, digits and underscores, such as has_logo.",
            id="facts have names",
        ),
        pytest.param(
            {"facts": {"exemption_id": "EX-1", "exemption_from": "soon"}},
            "facts",
            'The fact "exemption_from" must be a day such as 2026-03-30, not "soon".',
            id="and say what the rules can read",
        ),
    ],
)
def test_a_wrong_field_is_named_with_what_would_be_right(
    app: Flask, changes: dict[str, object], place: str, sentence: str
) -> None:
    program = Program(app, "rep")
    for path in ("/api/v1/gifts", "/api/v1/assessments"):
        problem = program.refused(program.open("POST", path, GIFT | changes), 422)
        assert problem["problems"] == {place: sentence}

    assert program.get("/api/v1/gifts")["gifts"] == []


def test_every_wrong_field_is_named_at_once(app: Flask) -> None:
    program = Program(app, "rep")
    problem = program.refused(program.open("POST", "/api/v1/gifts", {"quantity": 0}), 422)

    assert set(problem["problems"]) == {
        "given_on",
        "category",
        "description",
        "cost",
        "quantity",
        "recipients",
    }


def test_a_giver_who_left_gives_nothing_more(app: Flask) -> None:
    program = Program(app, "rep")
    with unit_of_work() as session:
        people.deactivate(session, CAST.other_rep, actor_id=None, at=NOON)

    body = GIFT | {"giver_email": "theo@firm.example"}
    problem = program.refused(program.open("POST", "/api/v1/gifts", body), 422)

    assert list(problem["problems"]) == ["giver_email"]


def test_an_address_of_somebody_of_quite_another_name_goes_to_compliance(app: Flask) -> None:
    program = Program(app, "rep")
    whom = {"name": "Ana Lee", "email": "ravi@harbor.example"}
    sentence = (
        "The gift was entered for Ana Lee, but ravi@harbor.example belongs to Ravi Shankaran."
    )
    asked = program.post("/api/v1/assessments", GIFT | {"recipients": [whom]})
    logged = program.log(recipients=[whom])
    for answer in (asked, logged):
        assert (answer["route"], answer["flags"]) == (
            "compliance",
            [{"code": "named_otherwise", "sentence": sentence}],
        )
    assert logged["shares"][0]["recipient"]["id"] == CAST.ravi

    spelled = program.log(recipients=[{"name": "R. Shankaran", "email": "ravi@harbor.example"}])
    assert all(flag["code"] != "named_otherwise" for flag in spelled["flags"])
