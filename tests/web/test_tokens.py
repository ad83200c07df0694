from flask import Flask

from tests.conftest import EMAILS
from tests.page import Page


def test_a_new_token_is_shown_once_and_opens_the_interface(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["rep"])

    page.post("/account/tokens", {"name": "Expenses"}, on="/account", status=201)
    token = page.words("p#new-token")[0]
    answer = app.test_client().get("/api/v1/gifts", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 200
    assert "Revoke the token of Expenses" in page.words("section form button")
    page.get("/account")
    assert token not in page.text
    assert "Expenses" in page.said


def test_a_token_is_revoked_on_the_page(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["rep"])
    page.post("/account/tokens", {"name": "Expenses"}, on="/account", status=201)
    token = page.words("p#new-token")[0]

    page.post("/account/tokens/1/revoke", on="/account")

    assert page.follow().words("p.flash") == ["The token of Expenses is revoked."]
    answer = app.test_client().get("/api/v1/gifts", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_nobody_revokes_the_token_of_somebody_else(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["rep"])
    page.post("/account/tokens", {"name": "Expenses"}, on="/account", status=201)

    Page(app).sign_in(EMAILS["officer"]).post("/account/tokens/1/revoke", status=404)

    assert "Expenses" in page.get("/account").said


def test_a_token_needs_the_name_of_its_program(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["rep"])
    page.post("/account/tokens", {"name": ""}, on="/account", status=422)

    assert page.words("p#name-error") == ["Name the program that will use the token."]
