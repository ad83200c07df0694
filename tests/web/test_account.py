from datetime import timedelta

import pytest
from flask import Flask

from tests.conftest import EMAILS, NOON, PASSWORD
from tests.page import Page

NEW = "a river runs through it"


def test_signing_in_leads_home(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["rep"])

    assert page.location == "/"
    assert page.follow().words("h1") == ["Home"]


def test_pages_opened_side_by_side_share_one_form_token(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["rep"])

    assert "Set-Cookie" in page.response.headers
    assert "Set-Cookie" not in page.get("/gifts").response.headers


def test_signing_in_leads_on_to_the_page_that_was_asked_for(app: Flask) -> None:
    page = Page(app).get("/gifts?before=7", status=302)
    assert page.location == "/sign-in?next=/gifts?before%3D7"
    page.get(page.location)
    form = {"email": EMAILS["rep"], "password": PASSWORD}
    page.post(page.find("main form")[0].get("action") or "", form)

    assert page.location == "/gifts?before=7"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"],
)
def test_signing_in_never_leads_to_another_site(app: Flask, elsewhere: str) -> None:
    form = {"email": EMAILS["rep"], "password": PASSWORD}
    page = Page(app).post(f"/sign-in?next={elsewhere}", form)

    assert page.location == "/"


def test_a_wrong_password_does_not_say_which_part_is_wrong(app: Flask) -> None:
    for email in (EMAILS["rep"], "nobody@firm.example"):
        form = {"email": email, "password": "wrong and long enough"}
        page = Page(app).post("/sign-in", form, on="/sign-in", status=401)
        assert page.words("p.error") == [
            "This e-mail and password do not belong together. Check both and try again."
        ]
        assert page.find("input#email")[0].get("value") == email


def test_empty_fields_are_named_and_linked(app: Flask) -> None:
    page = Page(app).post("/sign-in", {}, on="/sign-in", status=422)

    assert page.words("div.summary a") == ["Enter your e-mail address.", "Enter your password."]
    assert [link.get("href") for link in page.find("div.summary a")] == ["#email", "#password"]
    assert page.find("input#email")[0].get("aria-describedby") == "email-error"


def test_after_five_wrong_passwords_even_the_right_one_waits(app: Flask) -> None:
    for _ in range(5):
        wrong = {"email": EMAILS["rep"], "password": "wrong"}
        Page(app).post("/sign-in", wrong, status=401)

    right = {"email": EMAILS["rep"], "password": PASSWORD}
    page = Page(app).post("/sign-in", right, status=429)

    assert "Too many wrong passwords. Try again in 15 minutes" in page.said


def test_fifteen_minutes_later_the_right_password_opens_again(app: Flask) -> None:
    for _ in range(5):
        Page(app).post("/sign-in", {"email": EMAILS["rep"], "password": "wrong"}, status=401)
    app.config["CLOCK"] = lambda: NOON + timedelta(minutes=15, seconds=1)

    Page(app).sign_in(EMAILS["rep"]).get("/account")


def test_after_signing_out_the_old_cookie_opens_nothing(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["rep"])
    cookie = page.client.get_cookie("tally3220")
    assert cookie is not None
    page.post("/sign-out", on="/account")

    thief = Page(app)
    thief.client.set_cookie("tally3220", cookie.value)

    assert page.get("/account", status=302).location == "/sign-in?next=/account"
    assert thief.get("/account", status=302).location == "/sign-in?next=/account"


def test_a_session_ends_after_twelve_hours(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["rep"])
    app.config["CLOCK"] = lambda: NOON + timedelta(hours=12)

    page.get("/account", status=302)


def test_the_session_on_a_lost_phone_can_be_ended(app: Flask) -> None:
    phone, desk = Page(app).sign_in(EMAILS["rep"]), Page(app).sign_in(EMAILS["rep"])
    ends = [form.get("action") or "" for form in desk.get("/account").find("tbody form")]
    assert ends == ["/account/sessions/1/end"]

    desk.post(ends[0], on="/account")

    assert desk.follow().words("p.flash") == ["The session was ended."]
    phone.get("/account", status=302)


def test_nobody_ends_the_session_of_somebody_else(app: Flask) -> None:
    victim = Page(app).sign_in(EMAILS["officer"])

    Page(app).sign_in(EMAILS["rep"]).post("/account/sessions/1/end", status=404)

    victim.get("/account")


def test_a_new_password_ends_every_other_session_and_opens_the_next(app: Flask) -> None:
    phone, desk = Page(app).sign_in(EMAILS["rep"]), Page(app).sign_in(EMAILS["rep"])
    form = {"present": PASSWORD, "new": NEW, "again": NEW}

    desk.post("/account/password", form, on="/account")

    assert "you were signed out everywhere else" in desk.follow().said
    phone.get("/account", status=302)
    Page(app).post("/sign-in", {"email": EMAILS["rep"], "password": PASSWORD}, status=401)
    Page(app).sign_in(EMAILS["rep"], NEW)


@pytest.mark.parametrize(
    ("form", "field", "sentence"),
    [
        pytest.param(
            {"present": "not it", "new": NEW, "again": NEW},
            "present",
            "The present password is wrong. Type the one you signed in with.",
            id="the present one is wrong",
        ),
        pytest.param(
            {"present": PASSWORD, "new": NEW, "again": NEW + "!"},
            "again",
            "This is not the same as the new password.",
            id="the two differ",
        ),
        pytest.param(
            {"present": PASSWORD, "new": "short", "again": "short"},
            "new",
            "Choose a password of at least 12 characters that is not a single word.",
            id="the new one is weak",
        ),
    ],
)
def test_a_password_change_that_is_refused_says_why_at_its_field(
    app: Flask, form: dict[str, str], field: str, sentence: str
) -> None:
    page = Page(app).sign_in(EMAILS["rep"])
    page.post("/account/password", form, on="/account", status=422)

    assert page.words("p.error") == page.words(f"p#{field}-error") == [sentence]
    page.get("/account")


def test_the_chosen_colors_and_keys_are_on_the_very_first_byte_of_every_page(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["rep"])
    assert page.get("/account").tree.get("data-theme") is None
    page.post("/account/appearance", {"theme": "dark"}, on="/account")
    html = page.follow().tree
    assert (html.get("data-theme"), html.get("data-shortcuts")) == ("dark", "off")
    page.post("/account/appearance", {"theme": "system", "shortcuts": "y"}, on="/account")
    assert 'data-theme="' not in page.follow().text
    page.post("/account/appearance", {"theme": "pink"}, on="/account", status=422)
