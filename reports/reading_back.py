"""Reading the files of a report back, each by its own format, to see whether they say the same."""

import csv
import re
from collections.abc import Generator, Mapping, Sequence
from datetime import date, timedelta
from io import TextIOWrapper
from typing import IO, Any, Final
from xml.parsers.expat import (
    ExpatError,
    ParserCreate,
    XMLParserType,
)

from compliance_app.rules.money import MoneyError, parse_cents
from compliance_app.rules.spreadsheet import harmless
from compliance_app.rules.verdicts import EXEMPT
from compliance_app.rules.workflow import State
from reports.data_files import Column, Kind
from reports.figures import OVER, PENDING
from reports.workbook import CHARACTERS_OF_A_CELL, CUT, DAY_ZERO, STYLE_OF_DAYS

LONGEST_FIELD: Final = 10_000_000
_CODED: Final = re.compile("_x([0-9A-F]{4})_")
_PLACE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_PIECE: Final = 1 << 16


class UnreadableError(Exception):
    """A file cannot be read as what it is; the sentence says where."""


def csv_rows(file: IO[bytes]) -> Generator[list[str]]:
    """Yield the cells of each row of a CSV, its head first."""
    csv.field_size_limit(LONGEST_FIELD)
    text = TextIOWrapper(file, encoding="utf-8", newline="")
    try:
        yield from csv.reader(text, strict=True)
    except (csv.Error, UnicodeDecodeError) as error:
        raise UnreadableError(f"it is not a CSV in UTF-8 ({error})") from error
    finally:
        text.detach()


def cells_of(share: Mapping[str, Any], columns: Sequence[Column]) -> list[str]:
    """Return the cells the CSV must have for a share as the JSON has it."""
    return [_shown(column, share.get(key_of(column.field))) for column in columns]


def totals_cells_of(total: Mapping[str, Any]) -> list[str]:
    """Return the cells the sheet of totals must have for a total as the JSON has it."""
    return [
        str(total["recipient_id"]),
        harmless(total["recipient"]),
        harmless(total["employer"]),
        str(total["gifts"]),
        total["quarter"],
        total["running"],
        total["limit"] or "",
        "yes" if total["over"] else "no",
    ]


def key_of(field: str) -> str:
    """Return how the JSON names a field: cents as an amount of dollars, named without them."""
    return field.removesuffix("cents").rstrip("_") or "amount" if field.endswith("cents") else field


def _shown(column: Column, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        lines = [_decision(one) if isinstance(one, dict) else str(one) for one in value]
        return harmless("\n".join(lines))
    return harmless(str(value)) if column.kind is Kind.TEXT else str(value)


def _decision(line: Mapping[str, Any]) -> str:
    reason = f": {line.get('reason')}" if line.get("reason") else ""
    return f"{line.get('decided_at')} {line.get('kind')} by {line.get('decided_by')}{reason}"


def as_in_a_sheet(cell: str) -> str:
    """Return a cell of the CSV as a spreadsheet holds it, which is cut where it is too long."""
    if len(cell) <= CHARACTERS_OF_A_CELL:
        return cell
    return cell[: CHARACTERS_OF_A_CELL - len(CUT)] + CUT


def figures_of(shares: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Add up the key figures of shares as the JSON has them. Raises UnreadableError."""
    over = {verdict.value for verdict in OVER}
    exempt = {verdict.value for verdict in EXEMPT}
    pending = {state.value for state in PENDING}
    return {
        "gifts": len({share.get("gift_reference") for share in shares}),
        "shares": len(shares),
        "counted": sum(cents(share.get("counted")) for share in shares if share.get("counts")),
        "over": sum(
            share.get("verdict") in over
            or share.get("state") == State.BREACH.value
            or cents(share.get("excess")) > 0
            for share in shares
        ),
        "excluded": sum(share.get("verdict") in exempt for share in shares),
        "pending": sum(share.get("state") in pending for share in shares),
        "late": sum(bool(share.get("late")) for share in shares),
    }


def cents(amount: object) -> int:
    """Return an amount of dollars as cents, 0 for none. Raises UnreadableError."""
    try:
        return parse_cents(str(amount)) if amount is not None else 0
    except MoneyError as error:
        raise UnreadableError(f"{str(amount)[:40]!r} is no amount") from error


class _Sheet:
    """The rows of a sheet as they come out of its XML."""

    def __init__(self, width: int) -> None:
        self.rows: list[list[str]] = []
        self._width = width
        self._row: list[str] = []
        self._column, self._style, self._texts = -1, "", list[str]()
        self._is_text = self._is_inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        if name == "row":
            self._row = [""] * self._width
        elif name == "c":
            place = _PLACE.fullmatch(attributes.get("r", ""))
            self._column = _index(place[1]) if place else self._width
            self._style, self._texts = attributes.get("s", ""), []
            self._is_text = attributes.get("t") == "inlineStr"
        elif name in {"v", "t"}:
            self._is_inside = True

    def take(self, text: str) -> None:
        """Take a piece of text."""
        if self._is_inside:
            self._texts.append(text)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name in {"v", "t"}:
            self._is_inside = False
        elif name == "c":
            if self._column >= self._width:
                raise UnreadableError("a cell stands outside of its table")
            self._row[self._column] = self._shown("".join(self._texts))
        elif name == "row":
            self.rows.append(self._row)

    def _shown(self, text: str) -> str:
        if self._is_text:
            return _CODED.sub(lambda found: chr(int(found[1], 16)), text)
        if self._style == STYLE_OF_DAYS and text.isdigit():
            return (
                DAY_ZERO + timedelta(days=min(int(text), date.max.toordinal() // 2))
            ).isoformat()
        return text


def sheet_rows(file: IO[bytes], *, width: int) -> Generator[list[str]]:
    """Yield the cells of each row of a sheet of an XLSX, as the CSV writes them."""
    sheet = _Sheet(width)
    parser = _parser(sheet)
    try:
        while piece := file.read(_PIECE):
            parser.Parse(piece, False)  # noqa: FBT003 - takes no names
            yield from sheet.rows
            sheet.rows.clear()
        parser.Parse(b"", True)  # noqa: FBT003 - the same
    except ExpatError as error:
        raise UnreadableError(f"its sheet is no XML ({error})") from error
    yield from sheet.rows


def _parser(sheet: _Sheet) -> XMLParserType:
    def refuse(*_declared: object) -> None:
        raise UnreadableError("its sheet declares a document type, which none of ours does")

    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = sheet.start
    parser.CharacterDataHandler = sheet.take
    parser.EndElementHandler = sheet.end
    return parser


def _index(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
