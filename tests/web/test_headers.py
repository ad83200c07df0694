import gzip

from flask import Flask

from compliance_app.assets import PACKAGE
from compliance_app.web.assets import PARTS
from tests.conftest import EMAILS
from tests.page import Page


def test_no_page_may_run_or_style_anything_that_is_not_a_file_of_ours(app: Flask) -> None:
    page = Page(app).get("/sign-in")

    assert page.response.headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def test_no_browser_keeps_a_page_of_the_register(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["rep"]).get("/account")

    assert page.response.headers["Cache-Control"] == "no-store"


def test_a_file_addressed_by_its_hash_is_kept_for_a_year(app: Flask) -> None:
    page = Page(app).get("/sign-in")
    sheet = page.find("link[rel=stylesheet]")[0].get("href") or ""

    answer = page.open("GET", sheet)

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_address_of_an_error_page_keeps_the_same_headers(app: Flask) -> None:
    page = Page(app).get("/nothing-here", status=404)

    assert page.response.headers["X-Content-Type-Options"] == "nosniff"
    assert page.response.headers["Cache-Control"] == "no-store"


def test_over_https_the_browser_is_told_to_stay_there(app: Flask) -> None:
    answer = app.test_client().get("/sign-in", base_url="https://tally.firm.example")

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_the_style_sheet_is_one_file_that_comes_packed(app: Flask) -> None:
    client = app.test_client()
    plain = client.get("/style.css")
    packed = client.get("/style.css", headers={"Accept-Encoding": "gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) <= 12_000


def test_a_script_comes_packed_and_one_that_is_none_is_not_found(app: Flask) -> None:
    client = app.test_client()
    plain = client.get("/scripts/app.js")
    packed = client.get("/scripts/app.js", headers={"Accept-Encoding": "gzip"})

    assert plain.mimetype == "text/javascript"
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert client.get("/scripts/nothing.js").status_code == 404


def test_all_scripts_together_are_light(app: Flask) -> None:
    scripts = sorted((PACKAGE / "static" / "js").glob("*.js"))

    assert len(gzip.compress(b"".join(script.read_bytes() for script in scripts))) <= 8_000


def test_every_part_of_the_style_sheet_is_in_it(app: Flask) -> None:
    parts = {path.stem for path in (PACKAGE / "static" / "css").glob("*.css")}

    assert sorted(parts) == sorted(PARTS)
