from hashlib import sha256
from io import BytesIO
from typing import Any

import page
import pytest

from reports.quarter import build_csv, build_json, build_pdf, write_pdf
from reports.source import QuarterReport
from tests.reports.pages import read
from tests.reports.sample import META, QUARTER, make_many, make_report, make_share

TORTURE = make_report(
    make_share(
        recipient="Nguyễn Thị Phượng 魯迅 \u202e\x07🎁",
        employer="Ελληνική Τράπεζα & <Söhne> (Łódź) \\",
        giver="Дмитрий Иванов",
        description="Á\u0301 ﬁne \t gift\r\nof ½ kg – “quoted” ˘˙˚ ÿ "  # noqa: RUF001
        + "Ж" * 300,
        purpose="\u00ad\ufeff",
    ),
    firm="Müller & Söhne <Κύπρος> Securities 東京",
)


def failed_rules(pdf: bytes, profile: str) -> list[str]:
    report = page.validate_pdf_bytes(pdf, profile=profile)
    assert report.rules.total > 100
    return [f"{failure.rule_id}: {failure.message}" for failure in report.failures]


@pytest.mark.parametrize("profile", ["3a", "ua1"])
@pytest.mark.parametrize(
    "report",
    [make_report(), make_report(make_share()), QUARTER, make_many(130), TORTURE],
    ids=["no gift", "one gift", "every part", "many pages", "letters of all kinds"],
)
def test_no_rule_for_archives_or_for_reading_aloud_fails(
    report: QuarterReport, profile: str
) -> None:
    assert failed_rules(build_pdf(report), profile) == []


def test_without_tags_the_report_can_still_be_archived() -> None:
    pdf = build_pdf(QUARTER, tagged=False)
    assert failed_rules(pdf, "3b") == []
    assert "/StructTreeRoot" not in read(pdf).root_object


def test_the_data_are_inside_and_the_content_hash_is_that_of_the_csv() -> None:
    pdf = build_pdf(QUARTER)
    attached = read(pdf).attachments
    assert attached["register-2026Q2.csv"] == [build_csv(QUARTER)]
    assert attached["register-2026Q2.json"] == [build_json(QUARTER)]
    digest = sha256(attached["register-2026Q2.csv"][0]).hexdigest()
    assert digest in read(pdf).xmp_metadata.dc_identifier
    assert all(f"SHA-256 {digest}" in each.extract_text() for each in read(pdf).pages)


def kinds(element: Any) -> list[str]:  # noqa: ANN401
    """Return the kinds of an element and of all below it, in the order they are read."""
    element = element.get_object()
    if not isinstance(element, dict) or "/S" not in element:
        return []
    below = element["/K"] if isinstance(element["/K"], list) else [element["/K"]]
    return [element["/S"], *(kind for kid in below for kind in kinds(kid))]


def test_a_screen_reader_is_told_headings_tables_and_figures_in_order() -> None:
    root = read(build_pdf(QUARTER)).root_object["/StructTreeRoot"]
    told = kinds(root["/K"])
    assert told[:4] == ["/Document", "/Sect", "/P", "/H1"]
    assert told.count("/Figure") == 2
    assert told.count("/H1") == 16
    table = told[told.index("/THead") - 1 :]
    assert table[:11] == ["/Table", "/THead", "/TR", *["/TH"] * 8]
    assert table[11:21] == ["/TBody", "/TR", *["/TD"] * 8]


def test_a_figure_is_told_in_words() -> None:
    root = read(build_pdf(QUARTER)).root_object["/StructTreeRoot"]
    summary = root["/K"]["/K"][1].get_object()
    figures = [kid for kid in summary["/K"] if kid.get_object()["/S"] == "/Figure"]
    assert figures[0].get_object()["/Alt"] == (
        "Counted value by month of the gift. Bars: April 2026: $100; May 2026: $550; June 2026: $0."
    )


def test_a_page_is_written_as_soon_as_the_next_one_begins() -> None:
    class Watched(BytesIO):
        largest = 0

        def write(self, data: Any) -> int:  # noqa: ANN401
            self.largest = max(self.largest, len(data))
            return super().write(data)

    target = Watched()
    write_pdf(make_many(600), target)
    assert target.largest < 40_000
    assert len(read(target.getvalue()).pages) == 85


def test_two_firms_of_one_reading_have_metadata_of_their_own() -> None:
    other = make_report(*QUARTER.shares, firm="Other & Sons <LLC>")
    xmp = read(build_pdf(other)).xmp_metadata
    assert xmp.dc_creator == ["Other & Sons <LLC>"]
    assert META.firm not in str(xmp.dc_creator)
