"""The quarter as it is read for a report: totals, limits of the day, and the same bytes."""

import csv
import io
import json
from datetime import date, timedelta

import pytest
from flask import Flask

from compliance_app.rules.errors import InputError
from compliance_app.rules.facts import RecipientClass
from compliance_app.services import gifts, reporting
from compliance_app.services.claims import Claim
from compliance_app.store import reports as store
from compliance_app.store.base import unit_of_work
from compliance_app.store.models import Recipient
from tests.conftest import NOON, Cast
from tests.factories import make_claim

FIRM = "Northwind Securities"


def submit(claim: Claim, cast: Cast) -> None:
    with unit_of_work() as session:
        gifts.submit(session, claim, giver_id=cast.rep, actor_id=cast.rep, at=NOON)


@pytest.mark.parametrize(
    ("label", "first", "last"),
    [
        ("2026Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2024q1", date(2024, 1, 1), date(2024, 3, 31)),
        ("2026Q4", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_a_quarter_has_its_first_and_last_day(label: str, first: date, last: date) -> None:
    quarter = reporting.quarter_of(label)
    assert (quarter.first_day, quarter.last_day) == (first, last)


@pytest.mark.parametrize("label", ["", "2026", "2026Q5", "Q1", "26Q1", "2026-Q1", "2026Q1\n2"])
def test_what_is_no_quarter_is_refused(label: str) -> None:
    with pytest.raises(InputError):
        reporting.quarter_of(label)


def test_totals_run_through_the_year_and_past_the_change_of_limit(app: Flask, cast: Cast) -> None:
    submit(make_claim(60_00, given_on=date(2026, 2, 10)), cast)
    submit(make_claim(50_00, given_on=date(2026, 3, 29)), cast)
    submit(make_claim(50_00, given_on=date(2026, 3, 30)), cast)
    submit(make_claim(70_00, given_on=date(2026, 5, 1)), cast)
    with unit_of_work() as session:
        report = reporting.read_quarter(session, reporting.quarter_of("2026Q1"), firm=FIRM)
    assert [
        (line.counted_cents, line.running_cents, line.limit_cents, line.excess_cents)
        for line in report.shares
    ] == [
        (60_00, 60_00, 100_00, 0),
        (50_00, 110_00, 100_00, 10_00),
        (50_00, 160_00, 300_00, 0),
    ]
    assert [(total.quarter_cents, total.running_cents) for total in report.totals] == [
        (160_00, 160_00)
    ]
    assert list(report.meta.limits) == [
        (date(1992, 12, 28), 100_00),
        (date(2026, 3, 30), 300_00),
    ]


def test_a_gift_entered_late_moves_the_totals_after_it(app: Flask, cast: Cast) -> None:
    submit(make_claim(80_00, given_on=date(2026, 11, 10)), cast)
    submit(make_claim(30_00, given_on=date(2026, 10, 5)), cast)
    with unit_of_work() as session:
        report = reporting.read_quarter(session, reporting.quarter_of("2026Q4"), firm=FIRM)
    assert [(line.given_on.day, line.running_cents) for line in report.shares] == [
        (5, 30_00),
        (10, 110_00),
    ]


def test_the_same_register_gives_the_same_bytes_on_another_day(app: Flask, cast: Cast) -> None:
    submit(make_claim(80_00, given_on=date(2026, 11, 10)), cast)
    packages = []
    for hours in (0, 40):
        with unit_of_work() as session:
            package = reporting.make_quarter(session, "2026Q4", firm=FIRM)
            later = NOON + timedelta(hours=hours)
            reporting.keep_run(session, package, actor_id=cast.officer, at=later)
        packages.append(package.files)
    assert packages[0] == packages[1]


def test_the_files_say_the_same(app: Flask, cast: Cast) -> None:
    submit(make_claim(80_00, given_on=date(2026, 11, 10), to=(cast.morgan, cast.ravi)), cast)
    with unit_of_work() as session:
        files = reporting.make_quarter(session, "2026Q4", firm=FIRM).files
    rows = list(csv.DictReader(io.StringIO(files["register-2026Q4.csv"].decode())))
    document = json.loads(files["register-2026Q4.json"])
    assert [row["counted_value"] for row in rows] == ["40.00", "40.00"]
    assert [share["counted"] for share in document["shares"]] == ["40.00", "40.00"]
    assert files["register-2026Q4.pdf"].startswith(b"%PDF-")


def test_every_run_is_kept_with_its_hashes(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        package = reporting.make_quarter(session, "2026Q3", firm=FIRM)
        reporting.keep_run(session, package, actor_id=cast.officer, at=NOON)
    with unit_of_work() as session:
        run = store.list_runs(session)[0]
        assert (run.period, run.made_by_id, run.shares) == ("2026Q3", cast.officer, 0)
        assert [file["name"] for file in run.files] == [
            "register-2026Q3.pdf",
            "register-2026Q3.csv",
            "register-2026Q3.xlsx",
            "register-2026Q3.json",
            "manifest.json",
        ]
        assert all(len(file["sha256"]) == 64 for file in run.files)


def test_a_total_stands_against_the_limit_of_the_rule_it_was_summed_under(
    app: Flask, cast: Cast
) -> None:
    with unit_of_work() as session:
        person = session.get_one(Recipient, cast.morgan)
        person.recipient_class = RecipientClass.ERISA_FIDUCIARY
    submit(make_claim(80_00, given_on=date(2026, 11, 10)), cast)
    with unit_of_work() as session:
        report = reporting.read_quarter(session, reporting.quarter_of("2026Q4"), firm=FIRM)
    assert [(total.running_cents, total.limit_cents) for total in report.totals] == [
        (80_00, 300_00)
    ]
