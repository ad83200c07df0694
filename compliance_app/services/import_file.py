"""Reading a CSV file of gifts: each row becomes a `ReadRow`, or problems that say why not."""

import csv
import io
from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

from compliance_app.rules.errors import InputError
from compliance_app.services.import_rows import Problem, RowReader
from compliance_app.services.import_store import KeptRows

REQUIRED = ("given_on", "giver_email", "recipient_name", "category", "description", "cost")
OPTIONAL = (
    "reference",
    "logged_by_email",
    "recipient_email",
    "employer",
    "purpose",
    "market_value",
    "face_value",
    "tax",
    "delivery",
    "quantity",
    "payer",
    "host_present",
    "state",
    "counted_value",
)
# A cell beyond this is a quote that was never closed.
LARGEST_CELL = 16 * 1024 * 1024


class FileError(InputError):
    """The file as a whole cannot be read; the sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(problems={"file": sentence})


class FileRows(NamedTuple):
    """What a file holds: the rows that can be read, and the problems of the others."""

    rows: KeptRows
    problems: list[Problem]
    bad_references: dict[str, int]

    @property
    def total(self) -> int:
        """Return how many rows there are."""
        return len(self.rows) + len({problem.line for problem in self.problems})


def read_rows(content: bytes) -> FileRows:
    """Read a whole file. Raises FileError where it is not a CSV file of gifts."""
    try:
        return _read_rows(content)
    except UnicodeDecodeError as error:
        raise _not_text(content) from error


def _read_rows(content: bytes) -> FileRows:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileError("The file is written in UTF-16; save it as CSV in UTF-8.")
    lines = _lines(content)
    header = next(lines, None)
    if header is None:
        raise FileError("The file is empty; its first row must name the columns.")
    names = _checked_header(header[1])
    reader, found = RowReader(names), FileRows(KeptRows(), [], {})
    for line, cells in lines:
        if isinstance(cells, str):
            found.problems.append(Problem(line, "row", cells))
        elif len(cells) != len(names):
            found.problems.append(Problem(line, "row", _uneven(len(cells), len(names))))
        else:
            row, problems = reader.read(line, cells)
            if row is not None:
                found.rows.append(row)
            else:
                _explain(found, problems, dict(zip(names, cells, strict=True)))
    if not found.total:
        raise FileError("The file names its columns but holds no gift; add a row for each gift.")
    return found


def _not_text(content: bytes) -> FileError:
    """Return what is wrong with a file that cannot be decoded."""
    sentence = "The file is not UTF-8. Save it as CSV in UTF-8."
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        sentence = (
            f"The file is not UTF-8: line {line} holds the byte 0x{content[error.start]:02x}. "
            "Save it as CSV in UTF-8."
        )
    return FileError(sentence)


def _lines(content: bytes) -> Iterator[tuple[int, list[str] | str]]:
    """Return each row that is not blank with the line it begins on; a broken one as a sentence."""
    limit = csv.field_size_limit(LARGEST_CELL)
    try:
        text = io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline="")
        reader = csv.reader(text, strict=True)
        while True:
            begins = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield begins, _broken(error)
                return
            if any(map(str.strip, cells)):
                yield begins, cells
    finally:
        csv.field_size_limit(limit)


def _broken(error: csv.Error) -> str:
    return (
        f"The file cannot be read from here on ({error}): close each quoted cell, "
        'and write a quote inside one twice, as in "a 12"" bowl".'
    )


def _checked_header(cells: list[str] | str) -> list[str]:
    if isinstance(cells, str):
        raise FileError(f"Line 1: {cells}")
    names = [cell.strip().lower() for cell in cells]
    if len(names) == 1 and ";" in names[0]:
        raise FileError("The columns are divided by semicolons; save the file with commas.")
    unknown = [name for name in names if name not in REQUIRED + OPTIONAL]
    if unknown:
        raise FileError(" ".join(_unknown_column(name) for name in unknown))
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise FileError(
            f"Missing column: {', '.join(missing)}. The first row must name {', '.join(REQUIRED)}."
        )
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise FileError(f"Column named twice: {', '.join(doubled)}. Keep one of them.")
    return names


def _uneven(cells: int, columns: int) -> str:
    return (
        f"This row has {cells} cells, but there are {columns} columns; "
        "put quotes around a cell that holds a comma."
    )


def _unknown_column(name: str) -> str:
    shown = name[:40] or "(empty)"
    close = get_close_matches(name, REQUIRED + OPTIONAL, n=1)
    advice = f"do you mean {close[0]}?" if close else "take it out."
    return f"There is no column {shown!r} in a file of gifts; {advice}"


def _explain(found: FileRows, problems: list[Problem], cells: dict[str, str]) -> None:
    """Keep why a row cannot be taken, and that its gift lacks it."""
    found.problems.extend(problems)
    reference = cells.get("reference", "").strip()
    if reference:
        found.bad_references.setdefault(reference, problems[0].line)
