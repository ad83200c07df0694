"""An import is judged, sealed and written in batches; what comes out is written out here."""

import csv
import io
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from compliance_app.rules.money import format_decimal
from compliance_app.rules.verdicts import Verdict
from compliance_app.services import audit
from compliance_app.services.imports import Imported, Options, import_gifts
from compliance_app.services.past_gifts import BATCH
from compliance_app.services.policies import default_policy
from compliance_app.services.replay import replay
from compliance_app.store.base import db, frozen_reading, unit_of_work
from compliance_app.store.models import Assessment, Gift, GiftVersion, Share
from tests.conftest import EMAILS, NOON

COLUMNS = (
    "reference",
    "given_on",
    "giver_email",
    "recipient_name",
    "recipient_email",
    "employer",
    "category",
    "description",
    "cost",
    "market_value",
    "quantity",
    "state",
)
REP, OTHER = EMAILS["rep"], EMAILS["other_rep"]
MORGAN = ("Morgan", "morgan@northgate.example", "")
LENA = ("Lena Fischer", "", "Quarry Endowment")
# Out of the order of their days, one gift in two places, and everything that can become of one.
AWKWARD = (
    ("Box-1", "2025-06-02", REP, *LENA, "merchandise", "Cheese, with a knife", "30.01", "", "", ""),
    ("Print", "2025-11-20", REP, *MORGAN, "merchandise", "Print", "60.00", "", "", "given"),
    ("Opera", "2025-03-03", OTHER, *LENA, "ticket", "Opera", "25.00", "", "2", "given"),
    ("Card", "2025-06-05", OTHER, *LENA, "gift_card", 'Card "Fern"', "20.00", "", "", "declined"),
    ("Box-1", "2025-06-02", REP, *MORGAN, "merchandise", "Cheese, with a knife", "30.01")
    + ("",) * 3,
    ("Tea", "2025-06-04", REP, *LENA, "merchandise", "Tea", "40.00", "41.00", "", "given"),
    ("Gala", "2025-12-31", REP, *MORGAN, "charitable", "Donation", "", "", "", "returned"),
    ("Wine", "2026-01-01", REP, *MORGAN, "merchandise", "Wine", "99.99", "", "", "breach"),
)


def file_of(rows: object) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(rows)  # type: ignore[arg-type]
    return text.getvalue().encode()


def take(session: Session, content: bytes) -> Imported:
    return import_gifts(session, content, Options(), actor_id=None, at=NOON)


@pytest.mark.parametrize("copies", [False, True], ids=["judged here", "judged by a copy"])
def test_an_awkward_file_comes_out_as_written_here(
    work: AbstractContextManager[Session], copies: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("compliance_app.services.ahead._can_copy", lambda: copies)
    monkeypatch.setattr("compliance_app.services.history.MANY", 1)
    with work as session:
        take(session, file_of(AWKWARD))
        rows = session.execute(
            select(Share, Gift, Assessment)
            .join(Gift, Gift.id == Share.gift_id)
            .join(Assessment, Assessment.id == Share.assessment_id)
            .order_by(Share.id)
        )
        assert [told(*row) for row in rows] == [
            "2025-03-03 Lena Fischer Opera given: 50.00 + 0.00 within_limit, held",
            "2025-06-02 Lena Fischer Box-1 given: 15.01 + 50.00 within_limit, held",
            "2025-06-02 Morgan Ellery Box-1 given: 15.01 + 0.00 within_limit, held",
            "2025-06-04 Lena Fischer Tea breach: 41.00 + 65.01 exceeds_limit, held",
            "2025-06-05 Lena Fischer Card declined: 20.00 + 106.01 exceeds_limit",
            "2025-11-20 Morgan Ellery Print given: 60.00 + 15.01 within_limit, held",
            "2025-12-31 Morgan Ellery Gala returned: 0.00 + 75.01 needs_compliance_judgement, held",
            "2026-01-01 Morgan Ellery Wine breach: 99.99 + 0.00 within_limit, held",
        ]
        flags = session.scalars(select(GiftVersion.flags).order_by(GiftVersion.id))
        assert [[flag["code"] for flag in some] for some in flags] == [
            ["ticket_without_host"],
            [],
            ["splitting"],
            ["several_givers", "cash_equivalent"],
            [],
            [],
            ["splitting", "just_under"],
        ]
        document = session.scalars(
            select(Assessment.document).where(Assessment.verdict == Verdict.EXCEEDS_LIMIT)
        ).first()
        assert document is not None
        assert document.replace(default_policy().sha256, "THE POLICY") == LENA_S_TEA


def told(share: Share, gift: Gift, assessment: Assessment) -> str:
    """Return what became of one share, with what it counts and what there was before."""
    return (
        f"{share.given_on} {share.recipient_name} {gift.reference} {gift.state.value}: "
        f"{format_decimal(share.counted_cents)} + {format_decimal(assessment.prior_cents)} "
        f"{assessment.verdict.value}{', held' if share.holds_room else ''}"
    )


def test_many_gifts_are_one_whole_trail(app: Flask) -> None:
    with unit_of_work() as session:
        done = take(session, file_of(cents_on_each_day(BATCH + 100)))
        assert (done.gifts_added, done.breaches) == (BATCH + 100, 0)
    with frozen_reading() as session:
        found = replay(session)
        assert found.differences == []
        assert session.scalar(select(func.max(Assessment.prior_cents))) == 365 * 2
        assert session.scalar(select(func.count()).where(Share.holds_room)) == BATCH + 100


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_error_of_the_database_behind_undoes_every_batch(app: Flask) -> None:
    refuse = (
        "CREATE TRIGGER refuse BEFORE INSERT ON gift WHEN NEW.id > {} "
        "BEGIN SELECT RAISE(ABORT, 'refused here'); END"
    )
    with db.engine.begin() as connection:
        connection.execute(text(refuse.format(BATCH)))
    with pytest.raises(IntegrityError, match="refused here"), unit_of_work() as session:
        take(session, file_of(cents_on_each_day(BATCH * 2 + 1)))
    with unit_of_work() as session:
        assert session.scalar(select(func.count()).select_from(Gift)) == 0
        assert audit.check_events(session).problem is None


def cents_on_each_day(number: int) -> list[tuple[str, ...]]:
    """Return gifts of two cents to one person, one on each day from 2020 on."""
    first, pin = date(2020, 1, 1), ("merchandise", "Pin", "0.02", "", "", "given")
    return [("", str(first + timedelta(days=n)), REP, *MORGAN, *pin) for n in range(number)]


# Judged by the higher value of its day, after the opera and her part of the cheese.
LENA_S_TEA = (
    '{"authority":"Rule 3220(a)","counted":"41.00","counts":true,"excess":"6.01",'
    '"in_scope":true,"inputs":{"facts":{"category":"merchandise","cost_cents":4000,'
    '"delivery_cents":0,"evidence":{},"face_value_cents":null,"given_on":"2025-06-04",'
    '"giver_type":"associated_person","host_present":null,"market_value_cents":4100,'
    '"payer":"member","quantity":1,"recipient_classes":["institutional_client_employee"],'
    '"recipients_count":1,"standing":"given","tax_cents":0,"total_paid_cents":null},'
    '"prior":[{"counted_cents":5000,"given_on":"2025-03-03","reference":"Opera"},'
    '{"counted_cents":1501,"given_on":"2025-06-02","reference":"Box-1"}]},'
    '"is_within_rule":false,"left_after":"0.00","left_before":"34.99","limit":"100.00",'
    '"near":false,"operator":"gt","others":[],"pending":"0.00",'
    '"policy_sha256":"THE POLICY","prior":"65.01","reasons":[{"authority":"",'
    '"code":"valued","params":{"basis":"the higher of cost and market value",'
    '"counted_cents":4100}},{"authority":"","code":"prior","params":{"end_on":"2025-12-31",'
    '"prior_cents":6501,"start_on":"2025-01-01"}},{"authority":"Rule 3220(a)",'
    '"code":"exceeds","params":{"end_on":"2025-12-31","limit_cents":10000,"over_cents":601,'
    '"running_cents":10601,"start_on":"2025-01-01"}}],"record_required":true,'
    '"regime":"FINRA_3220","regime_counted":{},"running":"106.01",'
    '"verdict":"exceeds_limit","window_end":"2025-12-31","window_start":"2025-01-01"}'
)
