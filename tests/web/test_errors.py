import pytest
from flask import Flask

from compliance_app.rules.permissions import Permission
from compliance_app.web.guard import public, requires
from tests.conftest import EMAILS
from tests.page import Page


def test_an_address_that_does_not_exist_says_what_to_do(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["rep"]).get("/nothing-here", status=404)

    assert page.words("h1") == ["Not found"]
    assert "Check it, or start from the menu." in page.said
    assert page.find("nav a[href=/gifts/new]")


@pytest.mark.parametrize("number", ["2147483648", "9" * 21, "9" * 5000])
@pytest.mark.parametrize(
    "address", ["/audit/{}", "/recipients/{}", "/policies/{}", "/reports/{}/package"]
)
def test_a_number_no_row_can_have_is_not_found(app: Flask, address: str, number: str) -> None:
    page = Page(app).sign_in(EMAILS["officer"]).get(address.format(number), status=404)

    assert page.words("h1") == ["Not found"]


def test_a_missing_permission_is_a_page_with_the_way_out(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["rep"]).get("/people", status=403)

    assert page.words("h1") == ["Not allowed"]
    assert "Ask an administrator if you need it." in page.said


def test_every_attempt_that_a_role_does_not_allow_is_in_the_trail(app: Flask) -> None:
    Page(app).sign_in(EMAILS["rep"]).get("/audit", status=403)

    officer = Page(app).sign_in(EMAILS["officer"]).get("/audit")
    row = next(row for row in officer.words("tbody tr") if "Attempt refused" in row)
    assert "permission-missing" in row.lower()
    assert "rita@firm.example" in row


def test_a_form_of_another_session_changes_nothing_and_says_so(app: Flask) -> None:
    other = Page(app).sign_in(EMAILS["officer"]).token()
    rep = Page(app).sign_in(EMAILS["rep"])

    answer = rep.open("POST", "/sign-out", {"csrf_token": other})

    assert answer.status_code == 400
    assert "This form was opened in another session or has expired" in answer.text
    rep.get("/account")


def test_a_request_of_the_wrong_kind_is_explained(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["rep"])

    answer = page.open("PUT", "/gifts/new", {"csrf_token": page.token()})

    assert answer.status_code == 405
    assert "This address does not take that kind of request." in answer.text


@pytest.mark.parametrize("person", ["signed out", "signed in"])
def test_a_failure_of_ours_shows_a_number_and_no_traceback(app: Flask, person: str) -> None:
    def fail() -> str:
        raise ZeroDivisionError("the secret of the traceback")

    app.add_url_rule("/fails", view_func=public(fail))
    page = Page(app) if person == "signed out" else Page(app).sign_in(EMAILS["rep"])
    page.get("/fails", status=500)

    assert "nothing was changed" in page.said
    assert "tell your administrator the number" in page.said
    assert "ZeroDivisionError" not in page.text
    assert "the secret of the traceback" not in page.text


def test_a_failure_page_asks_the_database_for_nothing(app: Flask) -> None:
    def fail() -> str:
        raise ZeroDivisionError

    app.add_url_rule("/fails", view_func=requires(Permission.ACCOUNT_OWN)(fail))
    page = Page(app).sign_in(EMAILS["rep"]).get("/fails", status=500)

    assert page.find("nav") == []


def test_more_than_twelve_megabytes_are_refused_with_the_limit(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["rep"])

    answer = page.open("POST", "/sign-out", {"csrf_token": "x" * 13 * 1024 * 1024})

    assert answer.status_code == 413
    assert "What you sent is larger than 12 MB." in answer.text
