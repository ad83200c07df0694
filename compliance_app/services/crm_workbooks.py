"""Reading a workbook (XLSX) row by row, without trusting what it says about its own size."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError

from compliance_app.services.import_file import FileError

# What a workbook may grow to when it is unpacked, and by how much.
LARGEST_UNPACKED = 400_000_000
MOST_TIMES_PACKED = 200
MOST_PARTS = 2_000
BROKEN = "This is no workbook that can be read; save it as XLSX again, or export it as CSV."


class Line(NamedTuple):
    """One row: the line it begins on, and its cells, or a sentence that says what is wrong."""

    number: int
    cells: Sequence[str]
    problem: str = ""


def rows_of(content: bytes, *, most_columns: int) -> Iterator[Line]:
    """Yield the rows of the first sheet. Raises FileError."""
    # Loaded only for a workbook: it takes longer to load than most commands to run.
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    _check_size(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        sheet = book.worksheets[0]
        # A sheet may claim a million rows and hold three.
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(), start=1):
            yield _line(number, row[:most_columns])
    # A damaged workbook fails anywhere in the library that reads it.
    except (
        AttributeError,
        IndexError,
        InvalidFileException,
        KeyError,
        OSError,
        ParseError,
        TypeError,
        ValueError,
        zipfile.BadZipFile,
    ) as error:
        raise FileError(BROKEN) from error


def _line(number: int, row: Sequence[Any]) -> Line:
    formula = next((cell for cell in row if cell.data_type == "f"), None)
    if formula is None:
        return Line(number, [_text(cell.value) for cell in row])
    sentence = (
        f"The cell {formula.coordinate} holds a formula; copy the sheet and paste its values."
    )
    return Line(number, ("?",), sentence)


def _check_size(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except zipfile.BadZipFile as error:
        raise FileError(BROKEN) from error
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED:
        raise FileError(
            f"Unpacked, this workbook has {unpacked // 1_000_000:,} MB; keep the rows that are "
            "needed, or export it as CSV."
        )
    if unpacked > MOST_TIMES_PACKED * max(len(content), 1_000):
        raise FileError("This workbook unpacks to far more than it holds; export it as CSV.")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
