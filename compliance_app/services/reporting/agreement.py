"""Whether the files of one package say the same: JSON, CSV, XLSX, and what the PDF prints."""

import json
import zipfile
import zlib
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from itertools import zip_longest
from typing import Any, Final

from compliance_app.rules.money import format_decimal
from compliance_app.rules.report_kinds import WITHOUT_TABLES, ReportKind
from compliance_app.services.reporting.errors import PackageError
from compliance_app.services.reporting.opening import Opened
from reports.data_files import columns_for
from reports.reading_back import (
    UnreadableError,
    as_in_a_sheet,
    cells_of,
    cents,
    csv_rows,
    figures_of,
    sheet_rows,
    totals_cells_of,
)
from reports.sheets import ROWS_OF_A_SHEET, TOTALS

LARGEST_JSON: Final = 2_000_000_000
SHEET: Final = "xl/worksheets/sheet{number}.xml"
SHEET_TIMES: Final = 200


def check(package: Opened, manifest: Mapping[str, Any], said: list[str]) -> None:
    """Compare the data files of a package with each other. Raises PackageError."""
    stem = f"{manifest['kind']}-"
    names = {
        name.rpartition(".")[2]: name for name in sorted(package.names) if name.startswith(stem)
    }
    has_tables = manifest["kind"] not in WITHOUT_TABLES
    if not {"json", *({"csv", "xlsx"} if has_tables else ())} <= names.keys():
        raise PackageError("The package lacks its JSON, CSV or XLSX; they belong together.")
    shares, totals = _report(package, names["json"], manifest)
    if not has_tables:
        return
    columns = columns_for(ReportKind(manifest["kind"]))
    rows = [[column.name for column in columns], *(cells_of(share, columns) for share in shares)]
    with package.open(names["csv"]) as file:
        _compare(names["csv"], names["json"], csv_rows(file), rows, head=rows[0])
    _check_sheets(package, names["xlsx"], names["json"], rows, totals)
    said.append(
        f"JSON, CSV and XLSX say the same, cell for cell: {len(shares):,} "
        f"{'row' if len(shares) == 1 else 'rows'}; every total is the sum of its shares."
    )


def _report(
    package: Opened, name: str, manifest: Mapping[str, Any]
) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Return the shares and the totals of the JSON after all was added up anew."""
    try:
        document = json.loads(package.read(name, most=LARGEST_JSON))
        shares = document["shares"]
        _check_figures(name, document["figures"], figures_of(shares))
        _check_totals(name, shares, document["totals"])
        listed = (manifest["shares"], manifest["recipients"])
    except UnreadableError as error:
        raise PackageError(f"{name}: {error}.") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PackageError(f"{name} is not the data of a report: it is damaged.") from error
    if listed != (len(shares), len(document["totals"])):
        raise PackageError(f"{name} has not as many rows as the manifest says.")
    return list(shares), list(document["totals"])


def _check_figures(name: str, said: Mapping[str, Any], added: Mapping[str, int]) -> None:
    for figure, number in added.items():
        expected = format_decimal(number) if figure == "counted" else number
        if said[figure] != expected:
            raise PackageError(
                f"{name} says {figure} is {said[figure]}, but its shares come to {expected}."
            )


def _check_totals(
    name: str, shares: Iterable[Mapping[str, Any]], totals: Iterable[Mapping[str, Any]]
) -> None:
    gifts: dict[object, int] = {}
    counted: dict[object, int] = {}
    for share in shares:
        person = share["recipient_id"]
        gifts[person] = gifts.get(person, 0) + 1
        counted[person] = counted.get(person, 0) + (
            cents(share["counted"]) if share["counts"] else 0
        )
    for total in totals:
        person = total["recipient_id"]
        found = gifts.pop(person, 0), counted.get(person, 0)
        if found != (total["gifts"], cents(total["quarter"])):
            raise PackageError(
                f"{name}: the total of recipient {person} is not the sum of that person's shares."
            )
    if gifts:
        raise PackageError(f"{name}: recipient {min(map(str, gifts))} has shares but no total.")


def _check_sheets(
    package: Opened,
    name: str,
    other: str,
    rows: Sequence[Sequence[str]],
    totals: Iterable[Mapping[str, Any]],
) -> None:
    """Compare the register and the totals of the workbook, cell for cell."""
    room = ROWS_OF_A_SHEET - 1
    wanted = [[rows[0], *rows[start : start + room]] for start in range(1, max(2, len(rows)), room)]
    wanted.append([[head.name for head in TOTALS], *map(totals_cells_of, totals)])
    try:
        with package.open(name) as file, zipfile.ZipFile(file) as book:
            for number, expected in enumerate(wanted, 1):
                entry = book.getinfo(SHEET.format(number=number))
                if entry.file_size > max(1_000_000, SHEET_TIMES * package.sizes[name]):
                    raise PackageError(f"{name} unpacks to more than a workbook of its size holds.")
                as_kept = ([as_in_a_sheet(cell) for cell in row] for row in expected)
                with book.open(entry) as sheet:
                    found = sheet_rows(sheet, width=len(expected[0]))
                    _compare(name, other, found, as_kept, head=expected[0])
    except (zipfile.BadZipFile, KeyError, zlib.error, EOFError, NotImplementedError) as error:
        raise PackageError(f"{name} is not a workbook: it is damaged.") from error


def _compare(
    name: str,
    other: str,
    found: Generator[list[str]],
    wanted: Iterable[Sequence[str]],
    *,
    head: Sequence[str],
) -> None:
    """Raise PackageError at the first cell in which two files differ."""
    try:
        with closing(found):
            _compare_rows(name, other, zip_longest(found, wanted), head)
    except UnreadableError as error:
        raise PackageError(f"{name}: {error}.") from error


def _compare_rows(
    name: str,
    other: str,
    both: Iterable[tuple[Sequence[str] | None, Sequence[str] | None]],
    head: Sequence[str],
) -> None:
    for number, (row, expected) in enumerate(both, start=1):
        if row is None or expected is None:
            raise PackageError(f"{name} has not as many rows as {other}.")
        if list(row) != list(expected):
            column = next(of for of, one, two in zip_longest(head, row, expected) if one != two)
            raise PackageError(f"{name} differs from {other} in row {number}, column {column}.")
