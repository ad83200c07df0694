from datetime import date

import pytest
from flask import Flask

from compliance_app.rules.exported import ExportError
from compliance_app.rules.facts import Category
from compliance_app.rules.workflow import State
from compliance_app.services import approvals, checkpoints, gifts, recipients, trail_export
from compliance_app.services.recipients import NewRecipient
from compliance_app.store import finding, gift_lists
from compliance_app.store import gifts as store
from compliance_app.store.base import db, frozen_reading, unit_of_work
from compliance_app.store.models import Gift
from tests.conftest import EMAILS, NOON, Cast
from tests.factories import make_claim
from tests.page import Page


@pytest.fixture
def rep(app: Flask) -> Page:
    return Page(app).sign_in(EMAILS["rep"])


def filled(page: Page, **changes: object) -> dict[str, object]:
    """Return what a person would send after filling in the form, with these changes."""
    page.get("/gifts/new")
    return {
        "submission_key": page.find("input[name=submission_key]")[0].get("value"),
        "recipients": ["1"],
        "cost": "48.00",
        "quantity": "1",
        "given_on": "2026-11-24",
        "category": "merchandise",
        "description": "Fountain pen",
        "purpose": "Mandate anniversary",
        "payer": "member",
        **changes,
    }


def submitted(cents: int, cast: Cast, **more: object) -> str:
    with unit_of_work() as session:
        gift = gifts.submit(
            session,
            make_claim(cents, **more),  # type: ignore[arg-type]
            giver_id=cast.rep,
            actor_id=cast.rep,
            at=NOON,
        )
        return gift.reference


def kept() -> list[Gift]:
    with unit_of_work() as session:
        rows = gift_lists.list_of_givers(session, None, before_id=None, count=100)
        return [session.get_one(Gift, number) for number in sorted({row.gift_id for row in rows})]


def the_gift() -> Gift:
    db.session.rollback()  # the register as it is now, not as it was at the last look
    found = store.find_by_reference(db.session(), "G-2026-000001")
    assert found is not None
    return found


def test_a_logged_gift_ends_with_its_reference_and_a_line_for_the_expense_report(rep: Page) -> None:
    rep.post("/gifts", filled(rep), on="/gifts/new")
    assert rep.location == "/gifts/G-2026-000001/logged"
    rep.follow()
    assert rep.words("h1") == ["Gift G-2026-000001 is logged"]
    assert "Approved Cleared by the firm's policy. Give it, then mark it as given." in rep.said
    assert rep.find("input#expense")[0].get("value") == (
        "G-2026-000001 | 2026-11-24 | Fountain pen | Morgan Ellery | 48.00"
    )


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("cost", "12,50", '"12,50" is not an amount.'),
        ("cost", "1e9", '"1e9" is not an amount.'),
        ("cost", "-5", '"-5" is not an amount.'),
        ("cost", "NaN", '"NaN" is not an amount.'),
        ("cost", "", "Say what it cost, before tax and delivery, such as 48.00."),
        ("cost", "1,000,000.01", "$1,000,000.01 is above the largest sum this register takes"),
        ("given_on", "1899-12-31", "1899-12-31 cannot be the day of this gift."),
        ("given_on", "2199-01-01", "2199-01-01 cannot be the day of this gift."),
        ("given_on", "tomorrow", "Choose a day, written as year-month-day: 2026-11-24."),
        ("description", " ", "Describe the gift in a few words, such as: Fruit basket."),
        ("description", "pen\x00cil", "This holds an invisible control character"),
        ("quantity", "0", "Give a whole number from 1 to 10,000."),
        ("quantity", "two", "Give a whole number, such as 2."),
        ("recipients", [], "Choose who it is for, or add the person as a new recipient."),
        ("recipients", ["999"], "This recipient is not in the register."),
        ("recipients", ["x"], "One recipient on this form could not be read."),
        ("recipients", ["1", "1"], "Morgan Ellery is named twice. Name each recipient once."),
        ("who", "Nobody At All", "Nobody in the register fits “Nobody At All”."),
        ("who", "a" * 301, "This has 301 characters; shorten it to 300 or fewer."),
        ("giver", "nobody@firm.example", "Nobody active at the firm has the address"),
        ("category", "bribe", "Choose one of these kinds."),
        ("payer", "somebody", "Choose one of the answers offered."),
        ("description", "pen \u202ecilbup", "This holds an invisible control character"),
        ("exemption_id", "EX\x00", "This holds an invisible control character"),
        ("currency", "EU", "Name the currency of the price by its three letters, such as EUR."),
        ("currency", "USD", "Name the currency of the price by its three letters, such as EUR."),
        ("rate", "1,08", "Give the dollars for one unit of that currency, such as 1.0845."),
        ("rate", "0.0", "Give the dollars for one unit of that currency, such as 1.0845."),
        ("rate_date", "2026-02-30", "Give the day of the rate, written as year-month-day"),
        ("submission_key", "", "This form is damaged. Open a new one to log a gift."),
    ],
)
def test_what_cannot_be_read_gets_its_sentence_and_nothing_is_written(
    rep: Page, name: str, typed: object, sentence: str
) -> None:
    rep.post("/gifts", filled(rep, **{name: typed}), on="/gifts/new", status=422)
    assert sentence in rep.said
    assert kept() == []


def test_what_was_typed_stays_when_a_field_is_refused(rep: Page) -> None:
    rep.post("/gifts", filled(rep, cost="12,50", occasion="A & B"), on="/gifts/new", status=422)
    assert rep.find("input#cost")[0].get("value") == "12,50"
    assert rep.find("input#description")[0].get("value") == "Fountain pen"
    assert rep.find("input#occasion")[0].get("value") == "A & B"
    assert rep.words("div.picked b") == ["Morgan Ellery"]


def test_every_wrong_field_is_named_at_once(rep: Page) -> None:
    sent = filled(rep, cost="x", description="", given_on="1899-12-31")
    rep.post("/gifts", sent, on="/gifts/new", status=422)
    assert rep.words("div.summary li") == [
        '"x" is not an amount. Write it as dollars and cents, for example "1,234.50".',
        (
            "1899-12-31 cannot be the day of this gift. "
            "Choose a day between 1992-12-28 and 2027-11-22."
        ),
        "Describe the gift in a few words, such as: Fruit basket.",
    ]


def test_a_long_description_is_kept_whole(rep: Page) -> None:
    rep.post("/gifts", filled(rep, description="pen " * 2_500), on="/gifts/new")
    assert len(the_gift().version.description) == 9_999


def test_text_pasted_from_a_letter_is_kept_as_it_is(rep: Page) -> None:
    pasted = "Two\N{NO-BREAK SPACE}pens, signed\N{ZERO WIDTH JOINER} by the au\N{SOFT HYPHEN}thor"
    rep.post("/gifts", filled(rep, description=pasted), on="/gifts/new")
    assert the_gift().version.description == pasted


def test_markup_is_shown_and_never_run(rep: Page) -> None:
    rep.post("/gifts", filled(rep, description="<script>alert(1)</script>"), on="/gifts/new")
    rep.get("/gifts/G-2026-000001")
    assert "<script>alert(1)</script>" in rep.said
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in rep.text


def test_a_token_of_another_session_is_refused(app: Flask, rep: Page) -> None:
    other = Page(app).sign_in(EMAILS["other_rep"]).get("/gifts/new")
    stolen = other.find("form#gift input[name=csrf_token]")[0].get("value")
    response = rep.open("POST", "/gifts", {**filled(rep), "csrf_token": stolen})
    assert response.status_code == 400
    assert "This form was opened in another session or has expired" in response.text
    assert kept() == []


def test_a_form_that_is_posted_twice_makes_one_gift(rep: Page) -> None:
    sent = filled(rep)
    rep.post("/gifts", sent, on="/gifts/new")
    rep.post("/gifts", sent, on="/gifts/new")
    assert rep.location == "/gifts/G-2026-000001/logged"
    assert [gift.reference for gift in kept()] == ["G-2026-000001"]


def test_the_same_form_with_other_contents_is_refused(rep: Page) -> None:
    sent = filled(rep)
    rep.post("/gifts", sent, on="/gifts/new")
    rep.post("/gifts", {**sent, "cost": "50"}, on="/gifts/new", status=409)
    assert "This form was already sent as gift G-2026-000001 with other contents." in rep.said


def test_a_new_person_is_added_together_with_the_gift_and_only_once(rep: Page) -> None:
    sent = filled(rep, recipients=[], new_name="Zoe New", new_employer="Acme Pension")
    rep.post("/gifts", sent, on="/gifts/new")
    rep.post("/gifts", sent, on="/gifts/new")
    assert rep.location == "/gifts/G-2026-000001/logged"
    found = finding.search(db.session(), "Zoe New", count=10)
    assert [(person.name, person.employer) for person in found] == [("Zoe New", "Acme Pension")]


def test_a_new_person_is_not_added_when_the_gift_is_refused(rep: Page) -> None:
    sent = filled(rep, recipients=[], new_name="Zoe New", cost="x")
    rep.post("/gifts", sent, on="/gifts/new", status=422)
    assert rep.find("input#new_name")[0].get("value") == "Zoe New"
    assert finding.search(db.session(), "Zoe", count=10) == []


def test_the_address_of_a_new_person_may_not_be_somebody_elses(rep: Page) -> None:
    sent = filled(rep, recipients=[], new_name="Zoe", new_email="Morgan@northgate.example")
    rep.post("/gifts", sent, on="/gifts/new", status=422)
    assert "Zoe may be in the register already. Choose who is meant." in rep.said
    rep.post("/gifts", {**sent, "pick": "new"}, on="/gifts/new", status=409)
    assert "morgan@northgate.example belongs to Morgan Ellery already." in rep.said


@pytest.mark.parametrize(
    "typed", ["Morgan Ellery", "morgan@northgate.example", "morgan ellery at northgate"]
)
def test_a_name_or_an_address_finds_the_one_person_who_fits(rep: Page, typed: str) -> None:
    rep.post("/gifts", filled(rep, recipients=[], who=typed), on="/gifts/new")
    assert [share.recipient_name for share in the_gift().version.shares] == ["Morgan Ellery"]


def test_a_part_of_a_name_asks_who_is_meant(rep: Page) -> None:
    sent = filled(rep, recipients=[], who="mor")
    rep.post("/gifts", sent, on="/gifts/new", status=422)
    assert "Choose who is meant." in rep.said
    assert [one.get("value") for one in rep.find("input[name=pick]")] == ["1", "new"]
    rep.post("/gifts", {**sent, "pick": "1"}, on="/gifts/new")
    assert [share.recipient_name for share in the_gift().version.shares] == ["Morgan Ellery"]


def test_a_namesake_at_the_same_employer_is_asked_about_first(rep: Page) -> None:
    named = {"new_name": "morgan ellery", "new_employer": "Northgate Pension Trust"}
    sent = filled(rep, recipients=[], **named)
    rep.post("/gifts", sent, on="/gifts/new", status=422)
    assert "morgan ellery may be in the register already. Choose who is meant." in rep.said
    rep.post("/gifts", {**sent, "pick": "new"}, on="/gifts/new")
    assert len(finding.search(db.session(), "Morgan Ellery", count=10)) == 2


def test_a_gift_is_divided_among_its_recipients(rep: Page) -> None:
    rep.post("/gifts", filled(rep, recipients=["1", "2"], cost="99.99"), on="/gifts/new")
    assert [share.counted_cents for share in the_gift().version.shares] == [50_00, 50_00]


def test_a_kind_keeps_only_the_facts_it_asks_for(rep: Page) -> None:
    sent = filled(
        rep,
        category="promotional_logo",
        has_logo="y",
        occasion="Not asked for this kind",
        exemption_id="EX-2026-01",
        host_present="yes",
    )
    rep.post("/gifts", sent, on="/gifts/new")
    assert the_gift().version.evidence == {"has_logo": "", "exemption_id": "EX-2026-01"}
    assert the_gift().version.host_present is None


def test_a_price_in_another_currency_says_at_which_rate_it_became_dollars(rep: Page) -> None:
    abroad = {"currency": "eur", "rate": "1.0845", "rate_date": "2026-11-20"}
    rep.post("/gifts", filled(rep, **abroad), on="/gifts/new")
    rep.get("/gifts/G-2026-000001")
    assert rep.words("ul.reasons li")[-1] == (
        "The price was in EUR; it was converted to dollars at 1.0845, the rate of November 20, "
        "2026."
    )


def test_a_colleagues_gift_is_not_one_of_mine_in_the_rail(app: Flask, cast: Cast) -> None:
    reference = submitted(48_00, cast)
    for who, word in (("rep", "My gifts"), ("officer", "All gifts")):
        page = Page(app).sign_in(EMAILS[who]).get(f"/gifts/{reference}")
        assert set(page.words("nav a[aria-current=page]")) == {word}


def test_a_ticket_keeps_its_face_value_and_whether_it_is_hosted(rep: Page) -> None:
    sent = filled(rep, category="ticket", face_value="120", host_present="no")
    rep.post("/gifts", sent, on="/gifts/new")
    version = the_gift().version
    assert (version.category, version.face_value_cents) == (Category.TICKET, 120_00)
    assert version.host_present is False


def test_an_assistant_logs_for_a_colleague(rep: Page, cast: Cast) -> None:
    rep.post("/gifts", filled(rep, giver="Theo@firm.example"), on="/gifts/new")
    assert (the_gift().giver_id, the_gift().logged_by_id) == (cast.other_rep, cast.rep)


def test_the_preview_says_what_is_left_and_writes_nothing(app: Flask, rep: Page) -> None:
    sent = {**filled(rep), "description": ""}
    token = rep.find("form#gift input[name=csrf_token]")[0].get("value")
    with app.app_context():
        answer = rep.client.post(
            "/gifts/preview", data={**sent, "csrf_token": token}, headers={"X-Fragment": "live"}
        )
    assert answer.status_code == 200
    for words in ("$252.00", "left after this gift", "Cleared at once by the firm"):
        assert words in answer.text
    assert kept() == []


def test_the_preview_without_a_script_is_the_whole_page(rep: Page) -> None:
    rep.post("/gifts/preview", filled(rep, cost="350"), status=200)
    assert "This gift can't be given as entered" in rep.said
    assert "Lower the value to $300.00 or less." in rep.said


def test_a_recipient_in_the_address_is_chosen_already(rep: Page) -> None:
    assert rep.get("/gifts/new?recipient=2").words("div.picked b") == ["Ravi Shankaran"]
    assert "This recipient is not in the register." in rep.get("/gifts/new?recipient=99").said


def test_removing_a_person_keeps_the_rest_of_the_form(rep: Page) -> None:
    rep.post("/gifts/preview", filled(rep, recipients=["1", "2"], remove="1"), status=200)
    assert rep.words("div.picked b") == ["Ravi Shankaran"]
    assert rep.find("input#description")[0].get("value") == "Fountain pen"


def test_a_gift_over_the_limit_is_recorded_and_waits(rep: Page) -> None:
    rep.post("/gifts", filled(rep, cost="301"), on="/gifts/new")
    assert the_gift().state is State.SUBMITTED
    rep.follow()
    assert "It is over the limit, so it must not be given" in rep.said
    rep.get("/gifts/G-2026-000001")
    assert "which is $1.00 over the limit of $300.00" in rep.said


@pytest.mark.parametrize(
    ("reader", "status"),
    [
        ("other_rep", 404),
        ("admin", 403),
        ("supervisor", 200),
        ("officer", 200),
        ("auditor", 200),
    ],
)
def test_who_may_read_the_gift_of_a_rep(app: Flask, cast: Cast, reader: str, status: int) -> None:
    reference = submitted(48_00, cast)
    Page(app).sign_in(EMAILS[reader]).get(f"/gifts/{reference}", status=status)


@pytest.mark.parametrize("address", ["/gifts/G-2026-999999", "/gifts/%00", "/gifts/x/amend"])
def test_a_gift_that_does_not_exist_is_not_found(rep: Page, address: str) -> None:
    rep.get(address, status=404)


@pytest.mark.parametrize("order", ["given", "withdraw", "cancel", "refused", "amend"])
def test_nobody_acts_on_a_gift_they_may_not_see(app: Flask, cast: Cast, order: str) -> None:
    reference = submitted(48_00, cast)
    stranger = Page(app).sign_in(EMAILS["other_rep"])
    stranger.post(f"/gifts/{reference}/{order}", status=404)
    assert the_gift().state is State.APPROVED


def test_a_supervisor_reads_but_does_not_act_for_the_giver(app: Flask, cast: Cast) -> None:
    reference = submitted(48_00, cast)
    supervisor = Page(app).sign_in(EMAILS["supervisor"])
    supervisor.post(f"/gifts/{reference}/cancel", status=409)
    assert "Only its giver or the person who logged gift" in supervisor.said
    assert the_gift().state is State.APPROVED


def test_an_approved_gift_is_marked_as_given_on_its_day(rep: Page, cast: Cast) -> None:
    reference = submitted(48_00, cast, given_on=date(2026, 11, 21))
    rep.post(f"/gifts/{reference}/given", on=f"/gifts/{reference}")
    assert the_gift().state is State.GIVEN


def test_a_planned_gift_is_not_marked_as_given_before_its_day(rep: Page, cast: Cast) -> None:
    reference = submitted(48_00, cast)
    rep.post(f"/gifts/{reference}/given", on=f"/gifts/{reference}", status=422)
    assert "is planned for 2026-11-24. Mark it on that day, or amend the date." in rep.said


def test_a_waiting_gift_is_not_marked_as_given(rep: Page, cast: Cast) -> None:
    reference = submitted(250_00, cast, given_on=date(2026, 11, 21))
    rep.post(f"/gifts/{reference}/given", status=409)
    assert "is submitted, so it cannot be marked as given." in rep.said
    assert the_gift().state is State.SUBMITTED


def test_withdrawing_frees_the_room(rep: Page, cast: Cast) -> None:
    reference = submitted(250_00, cast)
    rep.post(f"/gifts/{reference}/withdraw", on=f"/gifts/{reference}")
    rep.follow()
    assert "is withdrawn; its room is free again." in rep.said
    rep.post("/gifts/preview", filled(rep, cost="300"), status=200)
    assert "Within the limit, with little room" in rep.said


def test_an_amendment_stands_beside_the_version_before_it(rep: Page, cast: Cast) -> None:
    reference = submitted(250_00, cast)
    address = f"/gifts/{reference}/amend"
    changed = {**filled(rep, cost="40"), "reason": "The price was wrong"}
    rep.post(address, changed, on=address)
    rep.follow()
    assert rep.words("table.compare thead th") == ["What", "Version 1", "Version 2"]
    assert "Reason First version The price was wrong" in rep.said
    assert "Cost of one $250.00 $40.00" in rep.said


def test_an_amendment_needs_a_reason(rep: Page, cast: Cast) -> None:
    address = f"/gifts/{submitted(250_00, cast)}/amend"
    rep.post(address, filled(rep), on=address, status=422)
    assert "Say why it is changed." in rep.said
    assert the_gift().version_number == 1


def test_the_preview_of_an_amendment_does_not_count_the_gift_twice(rep: Page, cast: Cast) -> None:
    address = f"/gifts/{submitted(250_00, cast)}/amend"
    rep.post(address, {**filled(rep, cost="260"), "look": "limit"}, on=address, status=200)
    assert "$40.00 left after this gift" in rep.said


def test_a_declined_gift_cannot_be_amended(rep: Page, cast: Cast) -> None:
    reference = submitted(250_00, cast)
    with unit_of_work() as session:
        approvals.decline(session, reference, actor_id=cast.officer, at=NOON, reason="No")
    rep.get(f"/gifts/{reference}/amend", status=409)
    assert "is declined, so it cannot be amended" in rep.said


def test_a_gift_tells_its_own_trail(rep: Page, cast: Cast) -> None:
    rep.get(f"/gifts/{submitted(48_00, cast)}")
    assert "Gift submitted by rita@firm.example" in rep.said


def test_my_gifts_are_mine_alone(app: Flask, rep: Page, cast: Cast) -> None:
    submitted(48_00, cast)
    assert "Gift basket from Fern & Rye" in rep.get("/gifts").said
    other = Page(app).sign_in(EMAILS["other_rep"])
    assert "No gifts yet" in other.get("/gifts").said


def test_older_gifts_are_a_page_away(rep: Page, cast: Cast) -> None:
    for _ in range(26):
        submitted(1_00, cast)
    assert len(rep.get("/gifts").find("tbody tr")) == 25
    rep.get(rep.find("a[rel=next]")[0].get("href", ""))
    assert "G-2026-000001" in rep.said
    assert len(rep.find("tbody tr")) == 1


@pytest.mark.parametrize(
    ("reader", "status"),
    [("rep", 403), ("admin", 403), ("supervisor", 200), ("officer", 200), ("auditor", 200)],
)
def test_who_may_list_the_gifts_of_others(app: Flask, cast: Cast, reader: str, status: int) -> None:
    submitted(48_00, cast)
    page = Page(app).sign_in(EMAILS[reader]).get("/gifts/all", status=status)
    assert ("G-2026-000001" in page.said) is (status == 200)


def test_the_giver_and_the_officer_ask_and_answer_beside_the_gift(
    app: Flask, rep: Page, cast: Cast
) -> None:
    address = f"/gifts/{submitted(250_00, cast)}"
    officer = Page(app).sign_in(EMAILS["officer"])
    officer.post(f"{address}/comments", {"text": "Who <else> came?"}, on=address)
    assert officer.location == f"{address}#comment-1"
    assert "Olga Officer" in rep.get(address).said
    assert "Who <else> came?" in rep.said
    rep.post(f"{address}/comments", {"text": " "}, on=address, status=422)
    assert rep.words("p#text-error") == ["Write what you want to ask or to say."]
    auditor = Page(app).sign_in(EMAILS["auditor"]).get(address)
    assert "Who <else> came?" in auditor.said
    assert auditor.find("textarea") == []


def test_before_a_word_is_typed_the_own_contacts_are_offered(rep: Page, cast: Cast) -> None:
    assert rep.get("/recipients/search").find("li") == []
    submitted(48_00, cast, to=(cast.ravi,))
    rep.get("/recipients/search")
    assert rep.words("li b") == ["Ravi Shankaran", "$252.00"]


def test_own_contacts_come_first_among_those_who_fit(rep: Page, cast: Cast) -> None:
    rep.get("/recipients/search?q=r")
    assert rep.words("li b[data-match]") == ["Ravi Shankaran"]
    with unit_of_work() as session:
        new = NewRecipient("Ralph Aaron", employer="Harbor Capital")
        recipients.add(session, new, actor_id=cast.rep, at=NOON)
    rep.get("/recipients/search?q=ra")
    assert rep.words("li b[data-match]") == ["Ralph Aaron", "Ravi Shankaran"]
    submitted(48_00, cast, to=(cast.ravi,))
    rep.get("/recipients/search?q=ra&day=2026-11-25")
    assert rep.words("li b[data-match]") == ["Ravi Shankaran", "Ralph Aaron"]
    assert rep.words("li span.left b") == ["$252.00", "$300.00"]


def test_several_recipients_see_how_the_value_is_split(rep: Page) -> None:
    rep.post("/gifts/preview", filled(rep, cost="100.01", recipients=["1", "2"]), status=200)
    assert "2 recipients The value is split: $50.01 each." in rep.said
    assert "Within the limit for everybody" in rep.said


def test_yesterday_is_a_button_that_needs_no_script(rep: Page) -> None:
    rep.post("/gifts/preview", {**filled(rep), "day": "2026-11-20"}, status=200)
    assert rep.find("input#given_on")[0].get("value") == "2026-11-20"
    assert [one.get("value") for one in rep.find("button[name=day]")] == [
        "2026-11-21",
        "2026-11-20",
    ]


def test_a_script_is_told_where_the_logged_gift_is(rep: Page) -> None:
    sent = filled(rep)
    token = rep.find("form#gift input[name=csrf_token]")[0].get("value")
    with rep.app.app_context():
        answer = rep.client.post(
            "/gifts", data={**sent, "csrf_token": token}, headers={"X-Fragment": "sent"}
        )
    assert (answer.status_code, answer.headers["Location"]) == (
        201,
        "/gifts/G-2026-000001/logged",
    )


def test_what_an_amendment_changed_is_marked_and_what_it_left_is_not(rep: Page, cast: Cast) -> None:
    address = f"/gifts/{submitted(250_00, cast)}/amend"
    rep.post(address, {**filled(rep, cost="40"), "reason": "The price was wrong"}, on=address)
    rep.follow()
    assert rep.words("table.compare ins") == [
        "Fountain pen",
        "Mandate anniversary",
        "$40.00",
        "$40.00",
    ]


def test_the_proof_of_a_gift_convinces_whoever_has_only_the_file(app: Flask, cast: Cast) -> None:
    submitted(250_00, cast)
    officer = Page(app).sign_in(EMAILS["officer"])
    assert "Every one of these is as it was written" in officer.get("/gifts/G-2026-000001").said
    answer = officer.open("GET", "/gifts/G-2026-000001/proof")
    assert "G-2026-000001-proof.jsonl" in answer.headers["Content-Disposition"]
    assert trail_export.check_file(answer.text.splitlines()).events == 1
    with frozen_reading() as reading:
        drawn = checkpoints.draw_checkpoint(reading, signing_key="", at=NOON)
        lines = list(trail_export.lines_of(reading, drawn, subject="gift:1"))
    assert answer.text.splitlines()[:-1] == lines[:-1]
    changed = answer.text.replace("Gift basket", "Gift casket")
    with pytest.raises(ExportError):
        trail_export.check_file(changed.splitlines())
