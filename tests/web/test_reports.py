import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from flask import Flask

from compliance_app.cli.report_worker import ReportWorker
from compliance_app.services import gifts
from compliance_app.services.reporting import jobs
from compliance_app.store.base import unit_of_work
from tests.conftest import CAST, EMAILS, NOON
from tests.factories import make_claim
from tests.page import Page

QUARTER = {"year": "2026", "quarter": "4"}


def officer(app: Flask) -> Page:
    return Page(app).sign_in(EMAILS["officer"])


def submit() -> None:
    with unit_of_work() as session:
        gifts.submit(session, make_claim(48_00), giver_id=CAST.rep, actor_id=CAST.rep, at=NOON)


def links(page: Page, kind: str) -> list[str]:
    return [
        link.get("href") or ""
        for link in page.find("tbody a")
        if (link.get("href") or "").endswith(kind)
    ]


def test_the_quarter_before_this_one_is_chosen_at_first(app: Flask) -> None:
    page = officer(app).get("/reports")

    assert page.find("input#year")[0].get("value") == "2026"
    assert [one.get("value") for one in page.find("#quarter option[selected]")] == ["3"]
    assert page.words("section h2")[1:] == ["No package yet"]


def test_a_produced_package_is_listed_with_who_when_and_what(app: Flask) -> None:
    submit()

    page = officer(app).post("/reports", QUARTER, on="/reports").follow()

    assert page.words("p.flash") == ["The package of 2026Q4 is ready: 1 entry."]
    [row] = page.words("tbody tr")
    assert row.startswith("2026Q4 The whole firm 1 entry Olga Officer 21 Nov 2026, 17:00 UTC")


def test_each_file_is_handed_over_with_the_hash_the_page_shows(app: Flask) -> None:
    submit()
    page = officer(app).post("/reports", QUARTER).follow()
    shown = page.words("tbody p.hash")
    files = [link.get("href") or "" for link in page.find("ul.files a")]

    handed = [page.open("GET", file) for file in files]

    assert [hashlib.sha256(answer.data).hexdigest() for answer in handed] == shown
    assert [answer.mimetype for answer in handed] == [
        "application/pdf",
        "text/csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/json",
        "application/jsonl",
        "application/json",
    ]
    assert handed[0].data.startswith(b"%PDF-")
    assert "G-2026-000001" in handed[1].text
    assert "attachment" in handed[0].headers["Content-Disposition"]


def test_the_whole_package_is_one_zip_of_the_same_files(app: Flask) -> None:
    submit()
    page = officer(app).post("/reports", QUARTER).follow()
    [address] = links(page, "/package")

    first, second = page.open("GET", address), page.open("GET", address)
    page.open("HEAD", address)
    assert "Taken 2 times" in page.get("/reports").said

    assert first.data == second.data
    with zipfile.ZipFile(io.BytesIO(first.data)) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert list(contents) == [
        "register-2026Q4.pdf",
        "register-2026Q4.csv",
        "register-2026Q4.xlsx",
        "register-2026Q4.json",
        "audit-2026Q4.jsonl",
        "manifest.json",
    ]
    assert [hashlib.sha256(data).hexdigest() for data in contents.values()] == page.words(
        "tbody p.hash"
    )


def test_an_auditor_may_produce_and_fetch_a_package(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["auditor"]).post("/reports", QUARTER, on="/reports").follow()

    assert page.open("GET", links(page, "/package")[0]).status_code == 200


def test_producing_a_package_is_in_the_trail(app: Flask) -> None:
    page = officer(app).post("/reports", QUARTER).get("/audit")

    assert page.words("tbody tr")[0].startswith("Report made Event 15 Report 2026Q4 olga@")


@pytest.mark.parametrize("year", ["", "26", "1899", "2200", "20x6", "2026\x00", "٢٠٢٦"])
def test_a_year_that_is_none_is_refused_at_its_field(app: Flask, year: str) -> None:
    page = officer(app).post("/reports", {"year": year, "quarter": "1"}, status=422)

    assert page.words("p#year-error") == ["Give the year in four digits, such as 2026."]


def test_a_quarter_that_is_none_is_refused_at_its_field(app: Flask) -> None:
    page = officer(app).post("/reports", {"year": "2026", "quarter": "5"}, status=422)

    assert page.find("p#quarter-error")


def test_a_kept_file_that_was_changed_is_not_handed_over(app: Flask) -> None:
    page = officer(app).post("/reports", QUARTER).follow()
    [pdf] = links(page, ".pdf")
    kept = Path(app.config["DATA_DIR"]) / "files" / page.words("tbody p.hash")[0][:2]
    next(kept.iterdir()).write_bytes(b"forged")

    page.get(pdf, status=409)

    assert "register-2026Q4.pdf is not kept here as it was written" in page.said


def test_a_file_that_is_gone_is_shown_as_kept_elsewhere(app: Flask) -> None:
    page = officer(app).post("/reports", QUARTER).follow()
    kept = Path(app.config["DATA_DIR"]) / "files" / page.words("tbody p.hash")[0][:2]
    next(kept.iterdir()).unlink()

    page.get("/reports")

    assert "Kept elsewhere" in page.said
    assert links(page, "/package") == []


@pytest.mark.parametrize("name", ["other.pdf", "..%2Ftally3220.db", "register-2026Q4.exe"])
def test_nothing_but_the_files_of_the_package_can_be_fetched(app: Flask, name: str) -> None:
    page = officer(app).post("/reports", QUARTER)

    page.get(f"/reports/1/{name}", status=404)


def test_a_large_report_is_made_behind_the_page(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LARGE", 0)
    submit()

    page = officer(app).post("/reports", QUARTER, on="/reports").follow()

    assert page.words("h1") == ["Gifts and gratuities register 2026Q4"]
    assert page.words("section h2") == ["It waits for its turn"]
    assert page.find("noscript meta[http-equiv=refresh]")
    assert page.open("GET", "/reports/jobs/1/state").json == {
        "state": "waiting",
        "step": "",
        "percent": 0,
    }
    assert "Being made" in page.get("/reports").words("h2")

    ReportWorker(app).work_once()
    page.get("/reports/jobs/1")

    assert "It is ready" in page.words("h2")
    assert page.open("GET", "/reports/1/package").status_code == 200


def test_a_large_report_can_be_canceled(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "LARGE", 0)
    submit()
    page = officer(app).post("/reports", QUARTER, on="/reports").follow()

    page.post("/reports/jobs/1/cancel", {}, on="/reports/jobs/1").follow()

    assert page.words("p.flash") == ["The report was canceled; nothing of it is kept."]
    assert "It was canceled" in page.get("/reports/jobs/1").words("h2")


def test_who_took_a_package_stands_beside_it(app: Flask) -> None:
    page = officer(app).post("/reports", QUARTER).follow()
    page.open("GET", links(page, "/package")[0])

    page.get("/reports")

    assert page.words("tbody details li")[0].startswith("olga@firm.example, 21 Nov 2026")


@pytest.mark.parametrize(
    ("asked", "field", "why"),
    [
        ({"scope": "employer", "about": ""}, "about", "about nobody"),
        ({"scope": "recipient", "about": "Nobody Atall"}, "about", "There is no recipient"),
        ({"quarter": "range", "since": "2026-02-02"}, "until", "Give this day"),
        (
            {"quarter": "range", "since": "2026-02-02", "until": "2026-02-01"},
            "until",
            "before it begins",
        ),
    ],
)
def test_a_part_or_days_that_make_no_report_are_refused_at_their_field(
    app: Flask, asked: dict[str, str], field: str, why: str
) -> None:
    page = officer(app).post("/reports", {**QUARTER, **asked}, status=422)

    assert why in page.words(f"p#{field}-error")[0]


def test_a_report_of_other_days_about_one_employer(app: Flask) -> None:
    submit()
    asked = {
        "year": "",
        "quarter": "range",
        "since": "2026-11-01",
        "until": "2026-11-30",
        "scope": "employer",
        "about": "northgate pension trust",
    }

    page = officer(app).post("/reports", asked).follow()

    assert page.words("p.flash") == ["The package of 2026-11-01 to 2026-11-30 is ready: 1 entry."]
    assert page.words("ul.files a")[0] == "register-2026-11-01_2026-11-30-employer-1.pdf"


@pytest.mark.parametrize(
    ("kind", "about", "first_file"),
    [
        ("recipient-statement", "Morgan Ellery", "recipient-statement-2026Q4-recipient-1.pdf"),
        (
            "employer-statement",
            "Northgate Pension Trust",
            "employer-statement-2026Q4-employer-1.pdf",
        ),
        ("giver-year", "rita@firm.example", "giver-year-2026Q4-giver-1.pdf"),
        ("audit-extract", "", "audit-extract-2026Q4.pdf"),
        ("policy-history", "", "policy-history-2026Q4.pdf"),
    ],
)
def test_every_kind_of_report_is_made_by_page(
    app: Flask, kind: str, about: str, first_file: str
) -> None:
    submit()

    page = officer(app).post("/reports", {**QUARTER, "kind": kind, "about": about}).follow()

    assert page.words("ul.files a")[0] == first_file


def test_a_key_that_cannot_sign_is_told_and_no_package_is_made(app: Flask) -> None:
    app.config["REPORT_KEY_FILE"] = "nothing.p12"
    me = officer(app)
    me.get("/reports")

    page = me.post("/reports", QUARTER, status=422)

    assert "The key file nothing.p12 cannot be read" in " ".join(page.words("main"))
    assert me.get("/reports").words("section h2")[1:] == ["No package yet"]
