from flask import Flask

from tests.conftest import EMAILS
from tests.page import Page


def test_a_change_of_employer_is_recorded_from_the_recipient_s_page(app: Flask) -> None:
    rep = Page(app).sign_in(EMAILS["rep"])
    form = {"employer": "Harbor Capital", "title": "Treasurer", "since": "2026-05-05"}
    rep.post("/recipients/1/work/employer", form, on="/recipients/1/work", status=302)
    rep.get("/recipients/1")
    assert "Treasurer, Harbor Capital" in rep.said
    assert "Manager Until 4 May 2026" in rep.said
    rep.get("/recipients/1/work")
    assert [words.split(",")[0] for words in rep.words("main details summary")] == [
        "Northgate Pension Trust",
        "Harbor Capital",
    ]


def test_a_correction_that_contradicts_itself_is_refused_at_its_field(app: Flask) -> None:
    rep = Page(app).sign_in(EMAILS["rep"])
    form = {
        "job1-employer": "Northgate Pension Trust",
        "job1-started_on": "2026-05-05",
        "job1-ended_on": "2026-05-04",
    }
    rep.post("/recipients/1/work/1", form, on="/recipients/1/work", status=422)
    assert rep.words("#job1-ended_on-error") == [
        "The last day cannot lie before the first, 2026-05-05."
    ]


def test_a_departure_asks_what_happened_and_can_be_taken_back(app: Flask) -> None:
    rep = Page(app).sign_in(EMAILS["rep"])
    path = "/recipients/1/work"
    rep.post(f"{path}/departure", {"last_day": "2026-05-04"}, on=path, status=422)
    assert rep.words("#departure-error") == ["Choose what happened."]
    form = {"departure": "died", "last_day": "2026-05-04"}
    rep.post(f"{path}/departure", form, on=path, status=302)
    rep.get("/recipients/1")
    assert "They died on 4 May 2026." in rep.said
    rep.post(f"{path}/return", {}, on=path, status=302)
    rep.get("/recipients/1")
    assert "died" not in rep.said


def test_wrong_details_are_corrected_on_the_page(app: Flask) -> None:
    rep = Page(app).sign_in(EMAILS["rep"])
    on = "/recipients/1/work"
    form = {"who-name": "Morgan Ellery-Hart", "who-email": "", "who-phone": "212 555 0142"}
    taken = form | {"who-email": "ravi@harbor.example"}
    rep.post("/recipients/1/details", taken, on=on, status=409)
    assert "ravi@harbor.example belongs to Ravi Shankaran already." in rep.said
    rep.post("/recipients/1/details", form | {"who-phone": "none"}, on=on, status=422)
    assert "'none' is not a telephone number such as +1 212 555 0100." in rep.said
    rep.post("/recipients/1/details", form, on=on)
    said = rep.follow().said
    assert "Morgan Ellery-Hart" in said
    assert "Telephone 212 555 0142" in said
    assert "morgan@northgate.example" not in said
