"""The register's table written by other programs: the same texts in the same columns.

Those that are not installed are skipped: pip install "tally3220[benchmarks]" brings them.
"""

import html
import json
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    LongTable,
    PageTemplate,
    Paragraph,
    Table,
    TableStyle,
)

from reports.fontset import FILES
from reports.register import REGISTER
from reports.setting import Texts
from reports.theme import SANS, SEMI

Row = Sequence[Texts]
SIZE, LEADING = 7.5, 9.5
HEAD = [column.title for column in REGISTER]
WIDTHS = [column.width + 8 for column in REGISTER]
RIGHT = [i for i, column in enumerate(REGISTER) if column.align == "right"]
# The columns of several lines, and those whose texts may be too long for one.
WRAPPED = [2, 3, 4, 6, 7]
MAY_WRAP = [2, 3, 4, 7]
CHUNK = 200
LONGEST = 10


def long_table(rows: Iterable[Row], target: Path) -> None:
    """ReportLab as its manual has it: LongTable with Paragraphs where cells wrap."""
    _register_fonts()
    left = ParagraphStyle("left", fontName=SANS, fontSize=SIZE, leading=LEADING)
    right = ParagraphStyle("right", parent=left, alignment=2)
    body: list[list[Any]] = [HEAD]
    for row in rows:
        cells: list[Any] = ["\n".join(text for text, _ in texts) for texts in row]
        for i in WRAPPED:
            told = "<br/>".join(html.escape(text) for text, _ in row[i])
            cells[i] = Paragraph(told, right if i in RIGHT else left)
        body.append(cells)
    _build([LongTable(body, colWidths=WIDTHS, repeatRows=1, style=_style())], target)


def tuned_tables(rows: Iterable[Row], target: Path) -> None:
    """ReportLab as fast as it goes: short tables of wrapped strings, with heights given."""
    _register_fonts()
    tables: list[Flowable] = []
    body: list[list[str]] = []
    heights: list[float] = []
    for row in rows:
        cells = ["\n".join([text for text, _ in texts]) for texts in row]
        for i in MAY_WRAP:
            cells[i] = _wrapped(row[i], WIDTHS[i] - 8)
        body.append(cells)
        heights.append((1 + max(cell.count("\n") for cell in cells)) * LEADING + 3.5)
        if len(body) == CHUNK:
            tables.append(_chunk(body, heights))
            body, heights = [], []
    if body:
        tables.append(_chunk(body, heights))
    _build(tables, target)


def _chunk(body: list[list[str]], heights: list[float]) -> Table:
    high = [14.0, *heights]
    return Table([HEAD, *body], colWidths=WIDTHS, rowHeights=high, repeatRows=1, style=_style())


def _wrapped(texts: Texts, width: float) -> str:
    lines = [line for text, _ in texts for line in simpleSplit(text, SANS, SIZE, width)]
    return "\n".join(lines)


def _register_fonts() -> None:
    for face in (SANS, SEMI):
        registerFont(TTFont(face, _file_of(face), shapable=False))


def _file_of(face: str) -> str:
    package, file = FILES[face]
    found = find_spec(package)
    return str(Path(str(found and found.origin)).parent / "files" / file)


def _style() -> TableStyle:
    return TableStyle(
        [
            ("FONT", (0, 0), (-1, -1), SANS, SIZE, LEADING),
            ("FONT", (0, 0), (-1, 0), SEMI, 7, LEADING),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            *(("ALIGN", (i, 0), (i, -1), "RIGHT") for i in RIGHT),
            ("TOPPADDING", (0, 0), (-1, -1), 1),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 8),
            ("LINEBELOW", (0, 0), (-1, 0), 0.75, HexColor("#1B2733")),
            ("LINEBELOW", (0, 1), (-1, -1), 0.35, HexColor("#D2D9E0")),
        ]
    )


def _build(tables: list[Flowable], target: Path) -> None:
    def number(canvas: Canvas, document: Any) -> None:
        canvas.setFont(SANS, 7)
        canvas.drawRightString(756, 20, f"Page {document.page}")

    document = BaseDocTemplate(str(target), pagesize=(792, 612), invariant=1)
    frame = Frame(36, 36, 740, 540, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate("page", [frame], onPage=number))
    document.build(tables)


def fpdf2(rows: Iterable[Row], target: Path) -> None:
    """Write it with fpdf2: lines of our own, as its table class is slower still."""
    from fpdf import FPDF  # noqa: PLC0415

    pdf: Any = FPDF(orientation="landscape", unit="pt", format="letter")
    pdf.set_auto_page_break(auto=False)
    for face in (SANS, SEMI):
        pdf.add_font(face, fname=_file_of(face))
    y = LONGEST * 1_000.0
    for row in rows:
        pdf.set_font(SANS, size=SIZE)
        if not pdf.pages:
            pdf.add_page()
            pdf.set_font(SANS, size=SIZE)
        cells = [
            pdf.multi_cell(
                WIDTHS[i],
                LEADING,
                "\n".join(text for text, _ in texts),
                dry_run=True,
                output="LINES",
            )
            for i, texts in enumerate(row)
        ]
        high = max(map(len, cells)) * LEADING + 3.5
        if y + high > 560:
            pdf.add_page()
            y = 56.0
            _fpdf2_line(pdf, HEAD, y, SEMI)
            y += 14
            pdf.set_font(SANS, size=SIZE)
        for i, lines in enumerate(cells):
            for j, line in enumerate(lines):
                pdf.set_xy(36 + sum(WIDTHS[:i]), y + j * LEADING)
                pdf.cell(WIDTHS[i], LEADING, line, align="R" if i in RIGHT else "L")
        y += high
        pdf.line(36, y, 756, y)
    pdf.output(str(target))


def _fpdf2_line(pdf: Any, texts: Sequence[str], y: float, face: str) -> None:
    pdf.set_font(face, size=7)
    for i, text in enumerate(texts):
        pdf.set_xy(36 + sum(WIDTHS[:i]), y)
        pdf.cell(WIDTHS[i], LEADING, text, align="R" if i in RIGHT else "L")


def weasyprint(rows: Iterable[Row], target: Path) -> None:
    """Write it with WeasyPrint, from a table in HTML."""
    from weasyprint import HTML  # noqa: PLC0415

    columns = "".join(f"<col style='width:{width:g}pt'>" for width in WIDTHS)
    heads = "".join(f"<th class=c{i}>{title}" for i, title in enumerate(HEAD))
    sides = "".join(f".c{i}{{text-align:right}}" for i in RIGHT)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td class=c{i}>{'<br>'.join(html.escape(text) for text, _ in texts)}"
            for i, texts in enumerate(row)
        )
        for row in rows
    )
    HTML(
        string=f"""<!doctype html><html lang=en><title>Register</title><style>
@font-face{{font-family:Face;src:url(file://{_file_of(SANS)})}}
@page{{size:11in 8.5in;margin:36pt;@bottom-right{{content:'Page ' counter(page);font:7pt Face}}}}
body{{font:{SIZE}pt/{LEADING}pt Face}}table{{border-collapse:collapse;table-layout:fixed}}
td{{border-bottom:.35pt solid #D2D9E0;vertical-align:top;padding:0 8pt 2pt 0}}
tr{{page-break-inside:avoid}}{sides}</style>
<table><colgroup>{columns}</colgroup><thead><tr>{heads}</thead><tbody>{body}</table>"""
    ).write_pdf(target)


def typst(rows: Iterable[Row], target: Path) -> None:
    """Write it with Typst, from a table that reads the cells as JSON."""
    import typst as program  # noqa: PLC0415

    widths = ", ".join(f"{width:g}pt" for width in WIDTHS)
    heads = ", ".join(f"[{title}]" for title in HEAD)
    right = " or ".join(f"x == {i}" for i in RIGHT)
    with TemporaryDirectory() as folder:
        cells = [["\n".join(text for text, _ in texts) for texts in row] for row in rows]
        (Path(folder) / "rows.json").write_text(json.dumps(cells), encoding="utf-8")
        source = Path(folder) / "register.typ"
        source.write_text(
            f"""#set page(paper: "us-letter", flipped: true, margin: 36pt, numbering: "1")
#set text(size: {SIZE}pt, font: "Source Sans Pro")
#set par(leading: 2pt)
#table(columns: ({widths}), stroke: (bottom: .35pt + rgb("#D2D9E0")),
  inset: (x: 0pt, y: 1.5pt), align: (x, y) => if {right} {{ right }} else {{ left }},
  table.header({heads}), ..json("rows.json").flatten())""",
            encoding="utf-8",
        )
        fonts = [str(Path(_file_of(SANS)).parent)]
        program.compile(str(source), output=str(target), font_paths=fonts)


PEERS: dict[str, tuple[str, Callable[[Iterable[Row], Path], None]]] = {
    "ReportLab LongTable": ("reportlab", long_table),
    "ReportLab tuned": ("reportlab", tuned_tables),
    "fpdf2": ("fpdf", fpdf2),
    "WeasyPrint": ("weasyprint", weasyprint),
    "Typst": ("typst", typst),
}
