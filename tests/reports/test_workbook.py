import csv
from dataclasses import replace
from io import BytesIO, StringIO
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from reports import sheets
from reports.quarter import build_csv, build_xlsx
from reports.source import Evidence, QuarterReport, ReviewLine
from tests.reports.sample import SHARE, make_report, make_share

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheet(report: QuarterReport) -> ET.Element:
    with ZipFile(BytesIO(build_xlsx(report))) as file:
        return ET.fromstring(file.read("xl/worksheets/sheet1.xml"))  # noqa: S314  # our own


def cells(report: QuarterReport, row: int) -> dict[str, tuple[str, str]]:
    """Return the format and the text of the cells of a row, by their place."""
    found = sheet(report).findall(f"{MAIN}sheetData/{MAIN}row[@r='{row}']/{MAIN}c")
    return {cell.attrib["r"]: (cell.attrib["s"], "".join(cell.itertext())) for cell in found}


def test_the_workbook_has_the_columns_of_the_csv() -> None:
    [header] = csv.reader(StringIO(build_csv(make_report()).decode()))
    assert [text for _, text in cells(make_report(), 1).values()] == header


def test_texts_amounts_and_days_are_cells_of_their_kind() -> None:
    row = cells(make_report(make_share(running_cents=1_234_56)), 2)
    assert row["A2"] == ("0", "G-000001")
    assert row["B2"] == ("3", "46146")
    assert row["P2"] == ("0", "1")
    assert row["T2"] == ("2", "100.00")
    assert row["AA2"] == ("2", "1234.56")
    assert "C2" not in row


def test_a_formula_is_a_cell_of_text_with_an_apostrophe_as_in_the_csv() -> None:
    assert cells(make_report(make_share(purpose="=1+1")), 2)["J2"] == ("0", "'=1+1")


def test_markup_and_characters_xml_cannot_hold_come_through() -> None:
    row = cells(make_report(make_share(description="<b> & \x07 _x0041_ a\r\nb 🎁")), 2)
    assert row["I2"] == ("0", "<b> & _x0007_ _x005F_x0041_ a_x000D_\nb 🎁")


def test_a_text_longer_than_a_cell_holds_says_that_it_was_cut() -> None:
    flags = tuple(f"Flag {i} " + "x" * 1_000 for i in range(40))
    _, text = cells(make_report(make_share(flags=flags)), 2)["AJ2"]
    assert len(text) == 32_767
    assert text.endswith("x [cut here: the CSV holds it whole]")


def test_the_same_reading_gives_the_same_workbook() -> None:
    assert build_xlsx(make_report(SHARE)) == build_xlsx(make_report(SHARE))
    with ZipFile(BytesIO(build_xlsx(make_report(SHARE)))) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_a_sheet_cannot_hold_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "ROWS_OF_A_SHEET", 3)
    report = make_report(*(make_share(gift_reference=f"G-{i}") for i in range(3)))
    made = list(sheets.sheets_of(report))
    assert [(one.name, one.row_count) for one in made][:3] == [
        ("Register", 2),
        ("Register 2", 1),
        ("Totals", 1),
    ]
    assert [row[0] for one in made[:2] for row in one.rows()] == ["G-0", "G-1", "G-2"]


def test_totals_and_evidence_have_sheets_of_their_own() -> None:
    review = ReviewLine("Dana", "Supervisor", 4, 3, 1, 0, 0, 0, 95, 3_100, 3)
    report = replace(make_report(SHARE), evidence=Evidence(reviews=[review]))
    book = load_workbook(BytesIO(build_xlsx(report)))
    assert book.sheetnames == [
        "Register",
        "Totals",
        "Amendments",
        "Supervision",
        "Refused attempts",
        "Policy versions",
    ]
    assert [cell.value for cell in book["Totals"][2]][1:6] == [
        "Priya Abernathy",
        "Beacon Pension Advisors",
        1,
        100,
        100,
    ]
    assert [cell.value for cell in book["Supervision"][2]][:3] == ["Dana", "Supervisor", 4]
