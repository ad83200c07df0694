"""A list as a CSV file: one header, a line a row, and no cell that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from flask import Response, stream_with_context

from compliance_app.rules.spreadsheet import harmless

Cell = str | int | date | datetime | None


def csv_file(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """Answer with the rows as a file of this name; they are read as they are sent."""
    lines = stream_with_context(_lines(header, rows))
    response = Response(lines, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    yield _line(header)
    for row in rows:
        yield _line([_shown(cell) for cell in row])


def _shown(cell: Cell) -> str:
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else harmless(str(cell))


def _line(cells: Sequence[str]) -> str:
    target = io.StringIO(newline="")
    csv.writer(target).writerow(cells)
    return target.getvalue()
