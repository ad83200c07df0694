"""The quarter as it is read for a report: totals, limits of the day, and the same bytes."""

import csv
import hashlib
import io
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask

from compliance_app.rules.errors import InputError
from compliance_app.rules.facts import Category, RecipientClass
from compliance_app.rules.periods import quarter_of, range_of
from compliance_app.rules.scopes import WHOLE_FIRM, Scope, ScopeKind
from compliance_app.services import approvals, gifts
from compliance_app.services.claims import Claim
from compliance_app.services.reporting import producing
from compliance_app.services.reporting.errors import NotWrittenError
from compliance_app.services.reporting.orders import Order
from compliance_app.services.reporting.reading import read_report
from compliance_app.services.reporting.scopes import find_scope
from compliance_app.store import reports as store
from compliance_app.store.base import frozen_reading, unit_of_work
from compliance_app.store.models import Person, Recipient
from reports.source import QuarterReport
from tests.conftest import CAST, NOON, Cast
from tests.factories import make_claim

FIRM = "Northwind Securities"


def submit(claim: Claim, cast: Cast) -> None:
    with unit_of_work() as session:
        gifts.submit(session, claim, giver_id=cast.rep, actor_id=cast.rep, at=NOON)


def read(label: str, scope: Scope = WHOLE_FIRM) -> QuarterReport:
    with frozen_reading() as session:
        return read_report(session, Order(quarter_of(label), scope), firm=FIRM).report


def produce(label: str, folder: Path, *, signing_key: str = "") -> dict[str, bytes]:
    """Return the files of a quarter's package by name, after the run was kept."""
    with producing.staged(folder) as place:
        with frozen_reading() as session:
            package = producing.produce(
                session, Order(quarter_of(label)), place, firm=FIRM, signing_key=signing_key
            )
        with unit_of_work() as session:
            producing.keep_run(session, package, actor_id=CAST.officer, at=NOON)
        return {name: path.read_bytes() for name, path in package.paths()}


@pytest.mark.parametrize(
    ("label", "first", "last"),
    [
        ("2026Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2024q1", date(2024, 1, 1), date(2024, 3, 31)),
        ("2026Q4", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_a_quarter_has_its_first_and_last_day(label: str, first: date, last: date) -> None:
    quarter = quarter_of(label)
    assert (quarter.first_day, quarter.last_day) == (first, last)


@pytest.mark.parametrize("label", ["", "2026", "2026Q5", "Q1", "26Q1", "2026-Q1", "2026Q1\n2"])
def test_what_is_no_quarter_is_refused(label: str) -> None:
    with pytest.raises(InputError):
        quarter_of(label)


def test_totals_run_through_the_year_and_past_the_change_of_limit(app: Flask, cast: Cast) -> None:
    submit(make_claim(60_00, given_on=date(2026, 2, 10)), cast)
    submit(make_claim(50_00, given_on=date(2026, 3, 29)), cast)
    submit(make_claim(50_00, given_on=date(2026, 3, 30)), cast)
    submit(make_claim(70_00, given_on=date(2026, 5, 1)), cast)
    report = read("2026Q1")
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
    report = read("2026Q4")
    assert [(line.given_on.day, line.running_cents) for line in report.shares] == [
        (5, 30_00),
        (10, 110_00),
    ]


def test_the_same_register_gives_the_same_bytes_after_a_package_was_made(
    app: Flask, cast: Cast, tmp_path: Path
) -> None:
    submit(make_claim(80_00, given_on=date(2026, 11, 10)), cast)
    assert produce("2026Q4", tmp_path) == produce("2026Q4", tmp_path)


def test_the_files_say_the_same(app: Flask, cast: Cast, tmp_path: Path) -> None:
    submit(make_claim(80_00, given_on=date(2026, 11, 10), to=(cast.morgan, cast.ravi)), cast)
    files = produce("2026Q4", tmp_path)
    rows = list(csv.DictReader(io.StringIO(files["register-2026Q4.csv"].decode())))
    document = json.loads(files["register-2026Q4.json"])
    assert [row["counted_value"] for row in rows] == ["40.00", "40.00"]
    assert [share["counted"] for share in document["shares"]] == ["40.00", "40.00"]
    assert files["register-2026Q4.pdf"].startswith(b"%PDF-")


def test_every_run_is_kept_with_its_hashes(app: Flask, tmp_path: Path) -> None:
    files = produce("2026Q3", tmp_path)
    with unit_of_work() as session:
        run = store.list_runs(session)[0]
        assert (run.kind, run.period, run.made_by_id) == ("register", "2026Q3", CAST.officer)
        assert [file["name"] for file in run.files] == [
            "register-2026Q3.pdf",
            "register-2026Q3.csv",
            "register-2026Q3.xlsx",
            "register-2026Q3.json",
            "audit-2026Q3.jsonl",
            "manifest.json",
        ]
        assert [file["sha256"] for file in run.files] == [
            hashlib.sha256(content).hexdigest() for content in files.values()
        ]
        assert run.figures == {
            "gifts": 0,
            "shares": 0,
            "counted_cents": 0,
            "recipients": 0,
            "over": 0,
            "pending": 0,
            "late": 0,
        }


def test_a_report_that_fails_leaves_nothing_behind(app: Flask, tmp_path: Path) -> None:
    def fail() -> None:
        with producing.staged(tmp_path / "made") as place:
            (place / "half").write_text("half", encoding="utf-8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list((tmp_path / "made").iterdir()) == []


def test_a_range_may_not_end_before_it_begins() -> None:
    with pytest.raises(InputError, match="before it begins on 2026-07-02"):
        range_of(date(2026, 7, 2), date(2026, 7, 1))


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (ScopeKind.EMPLOYER, "northgate pension trust", ["Morgan Ellery"]),
        (ScopeKind.EMPLOYER, "2", ["Ravi Shankaran"]),
        (ScopeKind.GIVER, "THEO@firm.example", ["Ravi Shankaran"]),
        (ScopeKind.RECIPIENT, "morgan@northgate.example", ["Morgan Ellery"]),
        (ScopeKind.OFFICE, "boston", ["Ravi Shankaran"]),
    ],
)
def test_a_report_can_be_about_one_part_of_the_firm(
    app: Flask, cast: Cast, kind: ScopeKind, text: str, expected: list[str]
) -> None:
    with unit_of_work() as session:
        session.get_one(Person, cast.other_rep).office = "Boston"
        for giver, to in ((cast.rep, cast.morgan), (cast.other_rep, cast.ravi)):
            claim = make_claim(40_00, given_on=date(2026, 11, 10), to=(to,))
            gifts.submit(session, claim, giver_id=giver, actor_id=giver, at=NOON)
    with frozen_reading() as session:
        scope = find_scope(session, kind, text)
    assert [line.recipient for line in read("2026Q4", scope).shares] == expected


def test_the_total_of_a_person_is_the_whole_firms_in_every_scope(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        for giver in (cast.rep, cast.other_rep):
            claim = make_claim(40_00, given_on=date(2026, 11, 10))
            gifts.submit(session, claim, giver_id=giver, actor_id=giver, at=NOON)
    [line] = read("2026Q4", Scope(ScopeKind.GIVER, str(cast.other_rep), "Theo Marsh")).shares
    assert (line.counted_cents, line.running_cents) == (40_00, 80_00)


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        (ScopeKind.EMPLOYER, "Nowhere", "There is no employer 'Nowhere'"),
        (ScopeKind.GIVER, " ", "about nobody"),
        (ScopeKind.OFFICE, "Atlantis", "Nobody is in an office 'Atlantis'"),
        (ScopeKind.RECIPIENT, "9" * 30, "There is no recipient"),
    ],
)
def test_a_part_that_is_none_is_refused(app: Flask, kind: ScopeKind, text: str, why: str) -> None:
    with frozen_reading() as session, pytest.raises(InputError, match=why):
        find_scope(session, kind, text)


def test_supervision_says_who_decided_how_fast_and_whether_independent(
    app: Flask, cast: Cast
) -> None:
    with unit_of_work() as session:
        claim = make_claim(250_00, given_on=date(2026, 11, 10))
        gift = gifts.submit(session, claim, giver_id=cast.rep, actor_id=cast.rep, at=NOON)
        reference = gift.reference
    with unit_of_work() as session:
        approvals.approve(
            session,
            reference,
            actor_id=cast.officer,
            at=NOON + timedelta(hours=5),
        )
    [review] = read("2026Q4").evidence.reviews
    assert (review.reviewer, review.decisions, review.approved) == ("Olga Officer", 1, 1)
    assert (review.median_minutes, review.longest_minutes, review.independent) == (300, 300, 1)


def test_a_total_stands_against_the_limit_of_the_rule_it_was_summed_under(
    app: Flask, cast: Cast
) -> None:
    with unit_of_work() as session:
        person = session.get_one(Recipient, cast.morgan)
        person.recipient_class = RecipientClass.ERISA_FIDUCIARY
    submit(make_claim(80_00, given_on=date(2026, 11, 10)), cast)
    dinner = make_claim(
        90_00, given_on=date(2026, 11, 11), category=Category.ENTERTAINMENT, host_present=True
    )
    submit(dinner, cast)
    report = read("2026Q4")
    assert [(total.running_cents, total.limit_cents) for total in report.totals] == [
        (80_00, 300_00)
    ]
    assert [(share.running_cents, share.limit_cents) for share in report.shares] == [
        (80_00, 300_00),
        (80_00, 300_00),
    ]


def test_a_package_is_kept_whole_or_not_at_all(app: Flask, tmp_path: Path) -> None:
    with producing.staged(tmp_path) as place:
        with frozen_reading() as session:
            package = producing.produce(session, Order(quarter_of("2026Q4")), place, firm=FIRM)
        # The last of its files finds no room.
        kept = tmp_path / "data" / "files"
        kept.mkdir(parents=True)
        (kept / package.manifest_sha256[:2]).write_text("no folder")
        with pytest.raises(NotWrittenError, match="no part of it was kept"):
            producing.keep_files(package, tmp_path / "data")
        left = [path for path in kept.rglob("*") if path.is_file()]
        assert left == [kept / package.manifest_sha256[:2]]
