import gc
import shlex
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reports.page import Page
from reports.paper import Book
from reports.quarter import build_csv, build_json, build_pdf
from reports.source import QuarterReport
from tests.reports.pages import part, read, texts
from tests.reports.sample import BREACH, PENDING, QUARTER, make_many, make_report, make_share

NAMES = (
    "Zoë García",
    "Łukasz Kowalski",
    "Ελένη Παπαδοπούλου",
    "Дмитрий Иванов",
    "Nguyễn Thị Phượng",
)


def test_every_page_says_which_of_how_many_it_is() -> None:
    pages = texts(build_pdf(make_many(60)))
    assert len(pages) == 15
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of 15" in page


def test_the_summary_leads_to_the_parts_and_to_recipients() -> None:
    reader = read(build_pdf(QUARTER))
    links = [link.get_object() for link in reader.pages[1]["/Annots"]]
    assert [link["/Contents"] for link in links] == [
        "Go to Cover",
        "Go to A. Summary",
        "Go to B. Register by employer",
        "Go to C. Totals by recipient",
        "Go to D. Exceptions, exemptions and breaches",
        "Go to E. Exclusions by ground",
        "Go to F. Waiting for a decision",
        "Go to G. Late entries",
        "Go to H. Amendments",
        "Go to I. Supervisory review",
        "Go to J. Decisions",
        "Go to K. Changes since the earlier package",
        "Go to L. Policy versions",
        "Go to M. Trail proof",
        "Go to N. Method and words",
        "Go to O. Verification",
        "Go to the gifts to Omar Müller, page 3",
        "Go to the gifts to Ida Holm, page 3",
        "Go to the gifts to Lee Park, page 3",
        "Go to the gifts to Priya Abernathy, page 3",
        "Go to the gifts to Ana Silva, page 3",
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
    decisions = part(pdf, "J. Decisions", "K. Changes since")
    assert [word for word in decisions.split() if word.startswith("reason0")] == reason.split()
    assert "2026-05-09 10:00\ncontinued" in decisions


def test_markup_and_control_characters_are_printed_as_text() -> None:
    hostile = "<b>bold</b> (brackets) \\ back & {{ 7*7 }} %s \x00\x07"
    printed = "".join(texts(build_pdf(make_report(make_share(description=hostile)))))
    assert "<b>bold</b> (brackets) \\ back & {{ 7*7 }} %s ■■" in printed.replace("\n", "")


def test_a_name_of_several_lines_stays_on_its_line_in_heads_and_outline() -> None:
    report = make_report(make_share(employer="Beacon\nPension"), scope="One\noffice")
    pdf = build_pdf(report)
    assert "One office" in texts(pdf)[1]
    assert read(pdf).outline[3][0].title == "Beacon Pension"


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


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler is not installed")
@pytest.mark.parametrize(
    "report", [make_report(), QUARTER, make_many(400)], ids=["none", "few", "many"]
)
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
    file.write_bytes(build_pdf(make_many(400)))
    command = shlex.split(f"qpdf --check {file}")
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0
    assert done.stderr == b""


def test_reports_made_at_once_are_those_made_one_by_one() -> None:
    reports = [make_many(200), QUARTER, make_many(100), make_report()]
    alone = [build_pdf(report) for report in reports]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(build_pdf, reports * 3)) == alone * 3


def test_a_made_report_is_not_kept_in_memory() -> None:
    build_pdf(QUARTER)
    gc.collect()
    assert not [each for each in gc.get_objects() if type(each) in {Book, Page}]


def test_the_head_of_a_table_never_stands_without_a_row() -> None:
    heads = 0
    for page in texts(build_pdf(make_many(400))):
        for below in page.split("State and last decision")[1:]:
            assert below.lstrip().startswith("G-")
            heads += 1
    assert heads > 10
