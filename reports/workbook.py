"""The report as an XLSX workbook, written part by part so that it is the same on any machine.

Texts are cells of text, amounts are numbers and days are dates; a cell reads as in the CSV.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from reports.data_files import Kind
from reports.sheets import Sheet, sheets_of
from reports.source import QuarterReport, ReportMeta
from reports.wording import range_words

CHARACTERS_OF_A_CELL: Final = 32_767
CUT: Final = " [cut here: the CSV holds it whole]"

DAY_ZERO: Final = date(1899, 12, 30)
_SMALL_WIDTH, _WIDE_WIDTH = 14, 40
_WIDE: Final = frozenset(
    {"description", "purpose", "reasons", "flags", "decisions", "reason", "sentence", "changes"}
)
_STYLES: Final = {Kind.TEXT: 0, Kind.NUMBER: 0, Kind.MONEY: 2, Kind.DATE: 3}
STYLE_OF_DAYS: Final = str(_STYLES[Kind.DATE])
# What XML cannot hold is written by its code, and what looks like such a code is kept apart.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\r|_(?=x[0-9A-Fa-f]{4}_)")
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE: Final = "http://schemas.openxmlformats.org"
_MAIN: Final = f"{_OFFICE}/spreadsheetml/2006/main"
_RELATIONS: Final = f"{_OFFICE}/package/2006/relationships"
_DOCUMENT: Final = f"{_OFFICE}/officeDocument/2006/relationships"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"

PACKAGE_RELATIONS: Final = (
    f'{_XML}<Relationships xmlns="{_RELATIONS}">'
    f'<Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATIONS}/metadata/core-properties"'
    ' Target="docProps/core.xml"/>'
    "</Relationships>"
)
# Formats by their place: 0 plain, 1 the bold head, 2 an amount, 3 a day.
STYLES: Final = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    "</cellXfs>"
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


def write_workbook(report: QuarterReport) -> bytes:
    """Return the workbook of a report: a row for each share, the totals, and the evidence."""
    sheets = list(sheets_of(report))
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as file:
        _add(file, "[Content_Types].xml", [_content_types(len(sheets))])
        _add(file, "_rels/.rels", [PACKAGE_RELATIONS])
        _add(file, "docProps/core.xml", [_properties(report.meta)])
        _add(file, "xl/workbook.xml", [_workbook(sheets)])
        _add(file, "xl/_rels/workbook.xml.rels", [_relations(len(sheets))])
        _add(file, "xl/styles.xml", [STYLES])
        for number, sheet in enumerate(sheets, 1):
            _add(file, f"xl/worksheets/sheet{number}.xml", _sheet(sheet))
    return target.getvalue()


def _content_types(sheets: int) -> str:
    each = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml"'
        f' ContentType="{_TYPE}.worksheet+xml"/>'
        for number in range(1, sheets + 1)
    )
    return (
        f'{_XML}<Types xmlns="{_OFFICE}/package/2006/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{each}'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        '<Override PartName="/docProps/core.xml"'
        ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
        "</Types>"
    )


def _workbook(sheets: Sequence[Sheet]) -> str:
    each = "".join(
        f'<sheet name="{_write_text(sheet.name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, 1)
    )
    return (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><sheets>{each}</sheets></workbook>'
    )


def _relations(sheets: int) -> str:
    each = "".join(
        f'<Relationship Id="rId{number}" Type="{_DOCUMENT}/worksheet"'
        f' Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, sheets + 1)
    )
    styles = f'<Relationship Id="rId{sheets + 1}" Type="{_DOCUMENT}/styles" Target="styles.xml"/>'
    return f'{_XML}<Relationships xmlns="{_RELATIONS}">{each}{styles}</Relationships>'


def _add(file: ZipFile, name: str, texts: Iterable[str]) -> None:
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    # The system a file was zipped on is no part of the report.
    entry.create_system = 0
    with file.open(entry, "w") as part:
        for text in texts:
            part.write(text.encode())


def _properties(meta: ReportMeta) -> str:
    made_at = meta.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_RELATIONS.removesuffix("/relationships")}'
        '/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_write_text(meta.title)}, {_write_text(range_words(meta.period))}</dc:title>"
        f"<dc:creator>{_write_text(meta.firm)}</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{made_at}</dcterms:created>'
        "</cp:coreProperties>"
    )


def _sheet(sheet: Sheet) -> Iterator[str]:
    letters = [_letter(i) for i in range(len(sheet.heads))]
    yield f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    yield '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    yield "</sheetView></sheetViews><cols>"
    for i, head in enumerate(sheet.heads, 1):
        width = _WIDE_WIDTH if head.name in _WIDE else _SMALL_WIDTH
        yield f'<col min="{i}" max="{i}" width="{width}" customWidth="1"/>'
    yield "</cols><sheetData>"
    named = zip(letters, sheet.heads, strict=True)
    yield _row(1, (_text(f"{letter}1", head.name, 1) for letter, head in named))
    kinds = [head.kind for head in sheet.heads]
    for number, cells in enumerate(sheet.rows(), 2):
        yield _row(
            number,
            (
                _cell(f"{letter}{number}", cell, kind)
                for letter, cell, kind in zip(letters, cells, kinds, strict=True)
                if cell
            ),
        )
    yield f'</sheetData><autoFilter ref="A1:{letters[-1]}{sheet.row_count + 1}"/></worksheet>'


def _row(number: int, cells: Iterable[str]) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(place: str, shown: str, kind: Kind) -> str:
    if kind is Kind.TEXT:
        return _text(place, shown, _STYLES[kind])
    number = str((date.fromisoformat(shown) - DAY_ZERO).days) if kind is Kind.DATE else shown
    return f'<c r="{place}" s="{_STYLES[kind]}"><v>{number}</v></c>'


def _text(place: str, text: str, style: int) -> str:
    if len(text) > CHARACTERS_OF_A_CELL:
        text = text[: CHARACTERS_OF_A_CELL - len(CUT)] + CUT
    return (
        f'<c r="{place}" s="{style}" t="inlineStr"><is>'
        f'<t xml:space="preserve">{_write_text(text)}</t></is></c>'
    )


def _write_text(text: str) -> str:
    return escape(_UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text))


def _letter(index: int) -> str:
    """Return the name of a column counted from 0: A to Z, then AA."""
    before, last = divmod(index, 26)
    return (_letter(before - 1) if before else "") + chr(ord("A") + last)
