from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest

from reports.quarter import ReconciliationError, build_csv, build_json, build_pdf
from reports.source import (
    AmendmentLine,
    ChangeLine,
    EarlierPackage,
    Evidence,
    QuarterReport,
    RefusalLine,
    ReviewLine,
)
from tests.reports.pages import part, texts
from tests.reports.sample import META, QUARTER, make_report, make_share


def test_the_cover_says_whose_record_it_is_and_that_it_is_no_filing() -> None:
    cover = texts(build_pdf(QUARTER))[0]
    for said in (
        "Ardmore & Lyle Securities LLC",
        "FINRA Rule 3220, second quarter 2026",
        "April 1, 2026 to June 30, 2026",
        "2026-07-05 21:30 UTC",
        "Calendar year, January 1 to December 31",
        "$300.00 from March 30, 2026",
        "18,422 events up to this reading",
        "It is not a filing.",
    ):
        assert said in cover.replace("\n", "")


def test_the_key_figures_are_those_of_the_shares() -> None:
    cover = " ".join(texts(build_pdf(QUARTER))[0].split())
    assert (
        "5 gifts to 5 recipients $650.00 counted toward the limit"
        " 1 waiting for a decision 1 over the limit, each recorded"
    ) in cover


def test_the_content_hash_is_that_of_the_csv() -> None:
    digest = sha256(build_csv(QUARTER)).hexdigest()
    for page in texts(build_pdf(QUARTER)):
        assert f"SHA-256 {digest}" in page


def test_a_share_stands_with_its_value_and_its_running_total_against_the_limit() -> None:
    register = part(build_pdf(QUARTER), "B. Register by employer", "C. Totals by recipient")
    assert "Beacon Pension Advisors" in register
    assert "5 gifts to 5 recipients, 650.00 counted" in register
    assert "350.00\n117% of 300.00" in register
    assert "100.00\nnot counted" in register


def test_a_breach_stands_with_its_finding_and_its_remedy() -> None:
    exceptions = part(
        build_pdf(QUARTER), "D. Exceptions, exemptions and breaches", "E. Exclusions by ground"
    )
    joined = exceptions.replace("\n", "")
    assert "over by 50.00" in exceptions
    assert "All gifts from the firm to this person in 2026 come to $350.00." in joined
    assert "Breach recorded" in exceptions
    assert "Rosa Delgado, 2026-05-09 10:00" in joined
    assert "The recipient returned the clock" in joined
    assert "G-000001" not in exceptions


def test_an_exclusion_stands_under_its_ground_with_who_decided() -> None:
    exclusions = part(build_pdf(QUARTER), "E. Exclusions by ground", "F. Waiting for a decision")
    assert "Commemorative item" in exclusions
    assert "Ana Silva" in exclusions
    assert "Dana Castellano, 2026-05-05 14:02" in exclusions.replace("\n", "")
    assert "Lee Park" not in exclusions


def test_what_waits_and_what_came_late_stand_apart() -> None:
    pdf = build_pdf(QUARTER)
    pending = part(pdf, "F. Waiting for a decision", "G. Late entries")
    late = part(pdf, "G. Late entries", "H. Amendments")
    assert "Lee Park" in pending
    assert "Ida Holm" not in pending
    assert "Ida Holm" in late
    assert "2026-05-20\n48\nIda Holm" in late
    assert "Lee Park" not in late


def test_a_limit_of_nothing_and_no_limit_are_told_apart() -> None:
    none = make_share(limit_cents=None)
    nothing = make_share(recipient_id=2, limit_cents=0, excess_cents=100_00)
    register = part(
        build_pdf(make_report(none, nothing)), "B. Register by employer", "C. Totals by recipient"
    )
    assert "100.00\nno limit" in register
    assert "100.00\nover 100% of 0.00" in register


def test_a_verdict_under_another_rule_names_it() -> None:
    share = make_share(regime="MSRB_G_20", verdict="exceeds_limit")
    pages = "".join(texts(build_pdf(make_report(share))))
    assert "Exceeds limit under MSRB G 20" in pages


def test_every_decision_stands_in_the_order_of_time() -> None:
    decisions = part(build_pdf(QUARTER), "J. Decisions", "K. Changes since")
    assert decisions.count("Modest and usual") == 3
    assert decisions.index("2026-05-05 14:02") < decisions.index("2026-05-09 10:00")


def test_a_decision_on_a_gift_to_two_people_stands_once_with_both() -> None:
    shared = make_report(make_share(), make_share(recipient_id=2, recipient="Omar Müller"))
    decisions = part(build_pdf(shared), "J. Decisions", "K. Changes since")
    assert decisions.count("Modest and usual") == 1
    assert "Priya Abernathy" in decisions
    assert "Omar Müller" in decisions


def test_the_same_reading_gives_the_same_bytes() -> None:
    assert build_pdf(QUARTER) == build_pdf(QUARTER)
    assert build_csv(QUARTER) == build_csv(QUARTER)
    assert build_json(QUARTER) == build_json(QUARTER)


def test_the_order_in_which_the_shares_come_changes_nothing() -> None:
    turned = QuarterReport(META, QUARTER.shares[::-1], QUARTER.totals[::-1])
    assert build_pdf(turned) == build_pdf(QUARTER)
    assert build_csv(turned) == build_csv(QUARTER)
    assert build_json(turned) == build_json(QUARTER)


def test_an_empty_quarter_says_so() -> None:
    pages = texts(build_pdf(make_report()))
    assert len(pages) == 7
    assert "gifts to 0 recipients" in pages[0]
    assert "No gift was recorded for this period." in pages[1]
    assert "No gift was recorded for this period." in pages[2]
    assert "No gift of this period was over a limit, and no exception was granted." in pages[2]


def test_a_total_that_is_not_the_sum_of_its_shares_stops_every_file() -> None:
    wrong = replace(QUARTER, totals=[replace(QUARTER.totals[0], quarter_cents=99_99)])
    for build in (build_pdf, build_csv, build_json):
        with pytest.raises(ReconciliationError, match=r"says \$99\.99"):
            build(wrong)


AMENDED = AmendmentLine(
    gift_reference="G-000001",
    version=2,
    made_at=datetime(2026, 5, 6, 9, 0, tzinfo=UTC),
    made_by="Wei Dubois",
    reason="The invoice came",
    was_given_on=date(2026, 5, 4),
    given_on=date(2026, 5, 3),
    was_cents=90_00,
    counted_cents=100_00,
    cleared_by="Dana Castellano",
    cleared_at=datetime(2026, 5, 5, 14, 2, tzinfo=UTC),
)
REVIEW = ReviewLine("Dana Castellano", "Supervisor", 4, 3, 1, 0, 0, 0, 95, 3_100, 3)
REFUSAL = RefusalLine(
    datetime(2026, 6, 1, 8, 0, tzinfo=UTC), "wei@firm.example", "", "own-decision", "Not yours.", 77
)
EARLIER = EarlierPackage(
    read_at=datetime(2026, 7, 1, 12, 0, tzinfo=UTC),
    trail_events=18_000,
    figures={"gifts": 4, "counted_cents": 550_00},
    manifest_sha256="77" * 32,
    changes=(
        ChangeLine(
            datetime(2026, 7, 2, tzinfo=UTC), "wei@firm.example", "Gift amended", "G-9", False, 42
        ),
    ),
)
EVIDENT = replace(
    QUARTER,
    evidence=Evidence(amendments=[AMENDED], reviews=[REVIEW], refusals=[REFUSAL], earlier=EARLIER),
)


def test_an_amendment_says_what_was_cleared_before_it_and_is_void() -> None:
    told = part(build_pdf(EVIDENT), "H. Amendments", "I. Supervisory").replace("\n", "")
    for said in ("before: 2026-05-04", "90.00", "100.00", "yes, and void since", "Dana Castellano"):
        assert said in told


def test_supervision_says_how_fast_and_how_independently_people_decided() -> None:
    told = part(build_pdf(EVIDENT), "I. Supervisory review", "J. Decisions")
    assert "1 not independent" in told
    for said in ("1 h 35 min", "2 d 3 h", "3 of 4", "Own decision", "Not yours."):
        assert said in told


def test_changes_since_the_earlier_package_stand_with_what_they_come_to() -> None:
    told = part(build_pdf(EVIDENT), "K. Changes since the earlier package", "L. Policy versions")
    assert "550.00\n650.00\n+100.00" in told
    assert "Gift amended" in told
    assert "no longer" in told


def test_a_period_that_had_not_ended_says_so_on_its_cover() -> None:
    open_report = replace(QUARTER, meta=replace(META, has_ended=False))
    assert "it had not ended when the register was read" in texts(build_pdf(open_report))[0]
    assert "it had not ended" not in texts(build_pdf(QUARTER))[0]


def test_a_gift_under_an_exemption_stands_with_the_exceptions() -> None:
    report = make_report(make_share(exemption="FINRA-2026-0017", verdict="exempt_record_only"))
    told = part(build_pdf(report), "D. Exceptions, exemptions and breaches", "E. Exclusions")
    assert "FINRA exemption FINRA-2026-0017" in told


def test_a_gift_that_waited_at_the_end_is_listed_though_it_was_decided_since() -> None:
    report = make_report(make_share(waited_at_end=True))
    told = part(build_pdf(report), "F. Waiting for a decision", "G. Late entries")
    assert "waited at the end, decided since" in " ".join(told.split())
