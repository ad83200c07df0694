import shlex
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from compliance_app.rules.workflow import DecisionKind
from reports.quarter import ReconciliationError, build_csv, build_json, build_pdf
from reports.source import DecisionLine, QuarterReport
from tests.reports.sample import META, make_report, make_share

NAMES = (
    "Zoë García",
    "Łukasz Kowalski",
    "Ελένη Παπαδοπούλου",
    "Дмитрий Иванов",
    "Nguyễn Thị Phượng",
)
BREACH = make_share(
    gift_reference="G-000002",
    recipient_id=2,
    recipient="Omar Müller",
    counted_cents=350_00,
    running_cents=350_00,
    excess_cents=50_00,
    state="breach",
    verdict="exceeds_limit",
    reasons=("All gifts from the firm to this person in 2026 come to $350.00.",),
    decisions=(
        DecisionLine(
            datetime(2026, 5, 9, 10, 0, tzinfo=UTC),
            "Rosa Delgado",
            DecisionKind.RECORD_BREACH,
            "The recipient returned the clock",
        ),
    ),
)
EXEMPT = make_share(
    gift_reference="G-000003",
    recipient_id=3,
    recipient="Ana Silva",
    counts=False,
    running_cents=None,
    verdict="exempt_record_only",
    ground="Commemorative item",
)
PENDING = make_share(
    gift_reference="G-000004", recipient_id=4, recipient="Lee Park", state="submitted", decisions=()
)
LATE = make_share(
    gift_reference="G-000005",
    recipient_id=5,
    recipient="Ida Holm",
    given_on=date(2026, 4, 2),
    logged_on=date(2026, 5, 20),
    late=True,
)
QUARTER = make_report(make_share(), BREACH, EXEMPT, PENDING, LATE)


def read(pdf: bytes) -> Any:  # noqa: ANN401  # its objects are known by their keys alone
    return PdfReader(BytesIO(pdf), strict=True)


def texts(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in read(pdf).pages]


def part(pdf: bytes, title: str, following: str) -> str:
    body = "\n".join(texts(pdf)[2:])
    return body.split(title, 1)[1].split(following, 1)[0]


def many(count: int) -> QuarterReport:
    return make_report(
        *(
            make_share(
                gift_reference=f"G-{i:06}",
                recipient_id=i // 3,
                recipient=f"Recipient {i // 3:04}",
                employer=f"Employer {i // 40:03}",
                counted_cents=10_00,
            )
            for i in range(count)
        )
    )


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
    exceptions = part(build_pdf(QUARTER), "D. Exceptions and breaches", "E. Exclusions by ground")
    joined = exceptions.replace("\n", "")
    assert "50.00" in exceptions
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
    late = part(pdf, "G. Late entries", "H. Decisions")
    assert "Lee Park" in pending
    assert "Ida Holm" not in pending
    assert "Ida Holm" in late
    assert "2026-05-20 48 Ida Holm" in late
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
    decisions = part(build_pdf(QUARTER), "H. Decisions", "I. Method and words")
    assert decisions.count("Modest and usual") == 3
    assert decisions.index("2026-05-05 14:02") < decisions.index("2026-05-09 10:00")


def test_every_page_says_which_of_how_many_it_is() -> None:
    pages = texts(build_pdf(many(60)))
    assert len(pages) == 13
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of 13" in page


def test_the_summary_leads_to_the_parts() -> None:
    reader = read(build_pdf(QUARTER))
    links = [link.get_object() for link in reader.pages[1]["/Annots"]]
    assert [link["/Contents"] for link in links] == [
        "Go to Cover",
        "Go to A. Summary",
        "Go to B. Register by employer",
        "Go to C. Totals by recipient",
        "Go to D. Exceptions and breaches",
        "Go to E. Exclusions by ground",
        "Go to F. Waiting for a decision",
        "Go to G. Late entries",
        "Go to H. Decisions",
        "Go to I. Method and words",
    ]


def test_the_outline_leads_to_every_employer() -> None:
    reader = read(build_pdf(make_report(make_share(), make_share(recipient_id=2, employer="Acme"))))
    titles = [entry if isinstance(entry, list) else entry.title for entry in reader.outline]
    assert titles[:3] == ["Cover", "A. Summary", "B. Register by employer"]
    assert [entry.title for entry in titles[3]] == ["Acme", "Beacon Pension Advisors"]


def test_many_employers_are_grouped_by_their_first_letter() -> None:
    shares = [make_share(recipient_id=i, employer=f"{'AB'[i % 2]}{i:03}") for i in range(301)]
    outline = read(build_pdf(make_report(*shares))).outline
    grouped = outline[3]
    assert [entry.title for entry in grouped if not isinstance(entry, list)] == ["A", "B"]
    assert [entry.title for entry in grouped[1]][:2] == ["A000", "A002"]


def test_the_document_names_its_title_its_language_and_its_day() -> None:
    reader = read(build_pdf(QUARTER))
    root = reader.root_object
    assert reader.metadata is not None
    assert reader.metadata.title == "Gifts and gratuities register, 2026Q2"
    assert reader.metadata.author == "Ardmore & Lyle Securities LLC"
    assert reader.metadata.creation_date == datetime(2026, 7, 5, 21, 30, tzinfo=UTC)
    assert root["/Lang"] == "en-US"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


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
    assert len(pages) == 5
    assert "gifts to 0 recipients" in pages[0]
    assert "No gift was recorded for this period." in pages[1]
    assert "No gift was recorded for this period." in pages[2]
    assert "No gift of this period was over a limit, and no exception was granted." in pages[2]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_printed_as_they_are_written(name: str) -> None:
    pdf = build_pdf(make_report(make_share(recipient=name, employer=name, giver=name)))
    assert "".join(texts(pdf)).count(name) >= 6


def test_a_document_holds_more_characters_than_one_subset_of_a_font() -> None:
    alphabet = "".join(map(chr, range(0xA1, 0x17F))) + "".join(map(chr, range(0x400, 0x460)))
    printed = "".join(texts(build_pdf(make_report(make_share(description=alphabet)))))
    assert alphabet.replace("\xad", "") in printed.replace("\n", "")


def test_a_character_no_font_holds_becomes_a_visible_square_and_stays_in_the_data() -> None:
    report = make_report(make_share(description="A book by 魯迅 🎁"))
    assert "A book by ■■ ■" in "".join(texts(build_pdf(report)))
    assert "A book by 魯迅 🎁" in build_csv(report).decode()
    assert "A book by 魯迅 🎁" in build_json(report).decode()


def test_a_description_of_20_000_characters_loses_no_word() -> None:
    words = [f"word{i:05}" for i in range(2_000)]
    description = " ".join(words)
    assert len(description) == 19_999
    pdf = build_pdf(make_report(make_share(description=description)))
    register = part(pdf, "B. Register by employer", "C. Totals by recipient")
    printed = [word for word in register.split() if word.startswith("word")]
    assert printed == words


def test_a_word_wider_than_its_column_is_broken_not_cut() -> None:
    word = "Donaudampfschifffahrtsgesellschaft" * 20
    pdf = build_pdf(make_report(make_share(description=word)))
    register = part(pdf, "B. Register by employer", "C. Totals by recipient")
    assert word in register.replace("\n", "")


def test_long_decisions_are_split_over_pages_and_say_whose_they_are() -> None:
    reason = " ".join(f"reason{i:04}" for i in range(900))
    decision = replace(PENDING, decisions=(replace(BREACH.decisions[0], reason=reason),))
    pdf = build_pdf(make_report(decision))
    decisions = part(pdf, "H. Decisions", "I. Method and words")
    assert [word for word in decisions.split() if word.startswith("reason0")] == reason.split()
    assert "2026-05-09 10:00\ncontinued" in decisions


def test_markup_and_control_characters_are_printed_as_text() -> None:
    hostile = "<b>bold</b> (brackets) \\ back & {{ 7*7 }} %s \x00\x07"
    printed = "".join(texts(build_pdf(make_report(make_share(description=hostile)))))
    assert "<b>bold</b> (brackets) \\ back & {{ 7*7 }} %s ■■" in printed.replace("\n", "")


def test_only_embedded_fonts_are_used() -> None:
    fonts = [
        font.get_object()
        for page in read(build_pdf(QUARTER)).pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert {font["/BaseFont"] for font in fonts} == {
        "/AAAAAA+SourceSansPro-Regular",
        "/AAAAAA+SourceSansPro-Semibold",
        "/AAAAAA+SourceSerifPro-Regular",
        "/AAAAAA+SourceSerifPro-Semibold",
    }
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts)


def test_nothing_is_written_below_the_foot_or_beside_the_margins() -> None:
    long = make_share(
        description="Gift " * 500, recipient="N" * 300, giver="M" * 300, employer="E" * 400
    )
    for page in read(build_pdf(make_report(long, BREACH))).pages:
        page.extract_text(visitor_text=check_position)


def check_position(text: str, _cm: list[float], tm: list[float], *_: object) -> None:
    if text.strip():
        assert 36 - 0.01 <= tm[4] < 756
        assert 33 - 0.01 <= tm[5] < 600


def test_a_total_that_is_not_the_sum_of_its_shares_stops_every_file() -> None:
    wrong = replace(QUARTER, totals=[replace(QUARTER.totals[0], quarter_cents=99_99)])
    for build in (build_pdf, build_csv, build_json):
        with pytest.raises(ReconciliationError, match=r"says \$99\.99"):
            build(wrong)


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler is not installed")
@pytest.mark.parametrize("report", [make_report(), QUARTER, many(400)], ids=["none", "few", "many"])
def test_poppler_reads_every_page_without_a_word_of_complaint(
    report: QuarterReport, tmp_path: Path
) -> None:
    file = tmp_path / "register.pdf"
    file.write_bytes(build_pdf(report))
    pages = tmp_path / "page"
    for command in (f"pdftotext {file} -", f"pdftoppm -r 20 {file} {pages}"):
        done = subprocess.run(shlex.split(command), capture_output=True, check=True)
        assert done.stderr == b""


@pytest.mark.skipif(not shutil.which("qpdf"), reason="qpdf is not installed")
def test_qpdf_finds_the_file_sound(tmp_path: Path) -> None:
    file = tmp_path / "register.pdf"
    file.write_bytes(build_pdf(many(400)))
    command = shlex.split(f"qpdf --check {file}")
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0
    assert done.stderr == b""
