"""The second factor from the picture to the lost phone."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from flask import Flask

from compliance_app.app import ConfigurationError, create_app
from compliance_app.rules.permissions import Role
from compliance_app.services.replay import replay
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Person, RecoveryCode
from tests.conftest import CAST, EMAILS, NOON, PASSWORD
from tests.page import Page

ADDRESS = "/account/second-factor"


@pytest.fixture
def database_url(template: Path, tmp_path: Path) -> str:
    """One database is enough: both keep the same columns."""
    for file in template.glob("tally3220.db*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return f"sqlite:///{tmp_path / 'tally3220.db'}"


def code_of(secret: str, at: datetime = NOON) -> str:
    return pyotp.TOTP(secret).at(at)


def token_on(page: Page) -> str | None:
    return page.find("form input[name=csrf_token]")[0].get("value")


def set_up(page: Page) -> tuple[str, list[str]]:
    """Turn it on as a person would; return the app's secret and the codes for a lost phone."""
    page.get(ADDRESS)
    secret = page.words("span.hash")[0].replace(" ", "")
    sealed = page.find("input[name=sealed]")[0].get("value")
    sent = {"csrf_token": token_on(page), "sealed": sealed, "code": code_of(secret)}
    page.take(ADDRESS, page.open("POST", ADDRESS, sent), 201)
    return secret, page.words("div.codes li")


def password_step(app: Flask, *, password: str = PASSWORD, status: int = 200) -> Page:
    page = Page(app)
    form = {"email": EMAILS["rep"], "password": password}
    return page.post("/sign-in", form, on="/sign-in", status=status)


def code_step(page: Page, code: str, *, status: int = 302) -> Page:
    token = token_on(page)
    return page.post("/sign-in/code", {"csrf_token": token, "code": code}, status=status)


@pytest.fixture
def secret_and_codes(app: Flask) -> tuple[str, list[str]]:
    return set_up(Page(app).sign_in(EMAILS["rep"]))


def later(app: Flask, **span: int) -> datetime:
    moment = NOON + timedelta(**span)
    app.config["CLOCK"] = lambda: moment
    return moment


def test_after_the_password_the_code_of_the_app_signs_in(
    app: Flask, secret_and_codes: tuple[str, list[str]]
) -> None:
    secret, codes = secret_and_codes
    assert len(set(codes)) == 10
    moment = later(app, minutes=1)
    page = password_step(app)
    page.get("/account", status=302)
    page = password_step(app)
    assert code_step(page, code_of(secret, moment)).location == "/"
    assert "On Signing in asks for the six digits" in page.get("/account").said


def test_a_code_opens_once(app: Flask, secret_and_codes: tuple[str, list[str]]) -> None:
    secret, _ = secret_and_codes
    later(app, seconds=20)
    page = code_step(password_step(app), code_of(secret), status=401)
    assert "This code is wrong, or it was used already." in page.said


def test_a_code_for_a_lost_phone_opens_once_and_is_in_the_trail(
    app: Flask, secret_and_codes: tuple[str, list[str]]
) -> None:
    _, codes = secret_and_codes
    assert code_step(password_step(app), codes[3].lower()).location == "/"
    code_step(password_step(app), codes[3], status=401)
    trail = Page(app).sign_in(EMAILS["officer"]).get("/audit").said
    assert "Person recovery code used" in trail
    with unit_of_work() as session:
        assert replay(session).differences == []


def test_wrong_codes_count_for_the_lock_out_and_the_password_does_not_undo_it(
    app: Flask, secret_and_codes: tuple[str, list[str]]
) -> None:
    secret, _ = secret_and_codes
    moment = later(app, minutes=1)
    for _ in range(5):
        code_step(password_step(app), "000000", status=401)
    page = password_step(app, status=429)
    assert "Too many wrong" in page.said
    later(app, minutes=17)
    page = password_step(app)
    code_step(page, code_of(secret, moment + timedelta(minutes=16)))


def test_the_code_comes_within_five_minutes_of_the_password(
    app: Flask, secret_and_codes: tuple[str, list[str]]
) -> None:
    secret, _ = secret_and_codes
    page = password_step(app)
    moment = later(app, minutes=5, seconds=1)
    code_step(page, code_of(secret, moment), status=422)
    assert "Too much time has passed since the password." in page.said


def test_a_code_without_a_password_opens_nothing(
    app: Flask, secret_and_codes: tuple[str, list[str]]
) -> None:
    secret, _ = secret_and_codes
    code = code_of(secret, later(app, minutes=1))
    Page(app).post("/sign-in/code", {"code": code}, status=422)


def test_the_secret_is_sealed_and_the_codes_are_hashes(
    app: Flask, secret_and_codes: tuple[str, list[str]]
) -> None:
    secret, codes = secret_and_codes
    kept = db.session.get_one(Person, CAST.rep).totp_secret
    assert kept is not None
    assert len(kept) == 64
    assert secret not in kept
    hashes = [one.code_sha256 for one in db.session.query(RecoveryCode)]
    assert len(hashes) == 10
    assert all(re.fullmatch(r"[0-9a-f]{64}", one) for one in hashes)
    assert not set(codes) & set(hashes)


def test_nobody_turns_it_on_with_a_secret_their_app_does_not_have(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["rep"]).get(ADDRESS)
    sealed = page.find("input[name=sealed]")[0].get("value")
    page.post(ADDRESS, {"sealed": sealed, "code": "123456"}, status=422)
    assert "This code is wrong" in page.said
    assert page.find("input[name=sealed]") != []
    other = Page(app).sign_in(EMAILS["officer"])
    other.post(ADDRESS, {"sealed": sealed, "code": "123456"})
    assert other.location == ADDRESS


def test_turning_it_off_and_new_codes_ask_for_a_code(
    app: Flask, secret_and_codes: tuple[str, list[str]]
) -> None:
    secret, codes = secret_and_codes
    page = code_step(password_step(app), codes[0])
    page.post(f"{ADDRESS}/codes", {"code": "1"}, on=ADDRESS, status=422)
    page.post(f"{ADDRESS}/codes", {"code": codes[1]}, on=ADDRESS, status=201)
    assert len(page.words("div.codes li")) == 10
    page.post(f"{ADDRESS}/end", {"code": codes[2]}, status=422)
    code = code_of(secret, later(app, minutes=1))
    page.post(f"{ADDRESS}/end", {"code": code})
    password_step(app, status=302)


def test_a_role_that_owes_it_sees_nothing_else_before(app: Flask) -> None:
    app.config["SECOND_FACTOR_ROLES"] = frozenset({Role.COMPLIANCE})
    page = Page(app).sign_in(EMAILS["officer"])
    for address in ("/", "/approvals", "/account"):
        assert page.get(address, status=302).location == ADDRESS
    token = token_on(page.get(ADDRESS))
    assert page.open("POST", "/gifts", {"csrf_token": token}).headers["Location"] == ADDRESS
    _, codes = set_up(page)
    page.get("/approvals")
    page.post(f"{ADDRESS}/end", {"code": codes[0]}, status=422)
    assert "The firm asks it of every compliance officer." in page.said
    Page(app).sign_in(EMAILS["rep"]).get("/gifts")


def test_a_role_that_is_none_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="SECOND_FACTOR_ROLES is 'boss'; name roles"):
        create_app(
            {"DATA_DIR": str(tmp_path), "SECRET_KEY": "s" * 20, "SECOND_FACTOR_ROLES": "boss"}
        )
