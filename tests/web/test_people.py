from flask import Flask

from compliance_app.store.base import unit_of_work
from compliance_app.store.models import Person
from tests.conftest import CAST, EMAILS, PASSWORD
from tests.page import Page

JOINER = {
    "name": "Nadia New",
    "email": "Nadia@Firm.example",
    "role": "ae",
    "supervisor": str(CAST.supervisor),
    "office": "Boston",
}


def admin(app: Flask) -> Page:
    return Page(app).sign_in(EMAILS["admin"])


def test_everybody_is_listed_with_role_supervisor_and_access(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["auditor"]).get("/people")

    assert page.words("tbody tr") == [
        "Abe Auditor abe@firm.example Auditor Can sign in",
        "Ada Admin ada@firm.example Administrator Can sign in",
        "Olga Officer olga@firm.example Compliance officer Can sign in",
        "Otto Officer otto@firm.example Compliance officer Can sign in",
        "Rita Rep rita@firm.example Account executive Sam Supervisor Can sign in",
        "Sam Supervisor sam@firm.example Supervisor Can sign in",
        "Theo Marsh theo@firm.example Account executive Sam Supervisor Can sign in",
    ]
    assert page.find("a[href=/people/new]") == []


def test_somebody_who_joins_can_sign_in_once_a_password_is_set(app: Flask) -> None:
    page = admin(app).post("/people", JOINER, on="/people/new")
    assert page.follow().words("h1") == ["Nadia New"]
    assert "No password yet" in page.said
    here = page.address

    page.post(f"{here}/password", {"password": "a river runs through"}, on=here)

    assert "Nadia New has a new password" in page.follow().said
    Page(app).sign_in("nadia@firm.example", "a river runs through").get("/gifts/new")


def test_an_address_that_is_taken_names_whose_it_is(app: Flask) -> None:
    page = admin(app).post("/people", JOINER | {"email": EMAILS["rep"]}, status=409)

    assert page.words("p#email-error") == [
        "rita@firm.example belongs to Rita Rep already. Choose that person instead."
    ]
    assert page.find("input#name")[0].get("value") == "Nadia New"


def test_what_is_wrong_with_a_new_person_stands_at_its_field(app: Flask) -> None:
    wrong = {"name": "", "email": "nadia at firm", "role": "king", "supervisor": "999"}
    page = admin(app).post("/people", wrong, status=422)

    assert page.words("p#name-error") == ["Enter the person's name."]
    assert page.find("p#role-error")
    assert page.find("p#supervisor-error")

    page.post("/people", JOINER | {"email": "nadia at firm"}, status=422)
    assert page.words("p#email-error") == [
        "'nadia at firm' is not an e-mail address such as ana@firm.example."
    ]


def test_a_role_and_a_supervisor_can_be_changed(app: Flask) -> None:
    here = f"/people/{CAST.rep}"
    change = {"role": "supervisor", "supervisor": str(CAST.officer), "office": "Boston"}

    page = admin(app).post(here, change, on=here).follow()

    assert page.words("p.flash") == ["Rita Rep is now supervisor."]
    with unit_of_work() as session:
        rita = session.get_one(Person, CAST.rep)
        assert (rita.role.value, rita.supervisor_id) == ("supervisor", CAST.officer)
        assert rita.office == "Boston"


def test_a_reporting_line_never_leads_in_a_circle(app: Flask) -> None:
    here = f"/people/{CAST.supervisor}"
    change = {"role": "supervisor", "supervisor": str(CAST.rep)}

    page = admin(app).post(here, change, on=here, status=409)

    assert page.words("p#supervisor-error") == [
        "Rita Rep cannot be the supervisor: that reporting line would lead in a circle."
    ]


def test_a_weak_password_is_refused_at_its_field(app: Flask) -> None:
    here = f"/people/{CAST.rep}"

    page = admin(app).post(f"{here}/password", {"password": "short"}, on=here, status=422)

    assert page.words("p#password-error") == [
        "Choose a password of at least 12 characters that is not a single word."
    ]
    Page(app).sign_in(EMAILS["rep"], PASSWORD)


def test_a_deactivated_person_is_out_at_once_and_stays_listed(app: Flask) -> None:
    rep = Page(app).sign_in(EMAILS["rep"]).get("/account")
    here = f"/people/{CAST.rep}"

    page = admin(app).post(f"{here}/deactivate", on=here)

    assert page.location == "/people"
    assert "Rita Rep rita@firm.example Account executive Sam Supervisor Deactivated" in (
        page.follow().words("tbody tr")
    )
    rep.get("/account", status=302)
    Page(app).post("/sign-in", {"email": EMAILS["rep"], "password": PASSWORD}, status=401)


def test_no_administrator_deactivates_themselves(app: Flask) -> None:
    page = admin(app)

    page.post(f"/people/{CAST.admin}/deactivate")

    assert page.follow().words("p.flash") == ["You cannot deactivate yourself."]
    assert page.find("form[action=/people/6/deactivate]") == []


def test_a_person_who_does_not_exist_is_not_found(app: Flask) -> None:
    admin(app).get("/people/999", status=404)


def test_a_name_with_markup_is_shown_as_it_was_typed(app: Flask) -> None:
    page = admin(app).post("/people", JOINER | {"name": "<b>Nadia</b> & Co"}).follow()

    assert page.words("h1") == ["<b>Nadia</b> & Co"]


def test_each_act_on_a_person_is_in_the_trail(app: Flask) -> None:
    admin(app).post("/people", JOINER)

    page = Page(app).sign_in(EMAILS["officer"]).get("/audit")

    assert any(
        row.startswith("Person added") and "Nadia New ada@firm.example" in row
        for row in page.words("tbody tr")
    )
