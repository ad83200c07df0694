"""What the cells of a file of a customer system say: one contact, account or deal for each row."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from compliance_app.rules.errors import InputError
from compliance_app.services.crm_sources import SALESFORCE, Kind, Layout
from compliance_app.services.crm_workbooks import Line
from compliance_app.services.people import checked_email
from compliance_app.services.recipients import checked_phone

LONGEST = {
    "email": 254,
    "phone": 60,
    "mobile": 60,
    "title": 200,
    "external_id": 200,
    "segment": 100,
    "region": 100,
}
LONGEST_TEXT = 300
SALESFORCE_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")
CHECKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
DAYS = ("%Y-%m-%d", "%m/%d/%Y", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M")
FORMULA = ("=", "@")


class Problem(NamedTuple):
    """Why a row cannot be taken: its line, the field, and what would be right."""

    line: int
    field: str
    sentence: str

    def __str__(self) -> str:
        return f"Line {self.line}, {self.field}: {self.sentence}"


class CrmRow(NamedTuple):
    """One row in the terms of the register; what its kind does not have is empty."""

    line: int
    external_id: str
    name: str
    email: str = ""
    phone: str = ""
    title: str = ""
    employer: str = ""
    employer_ids: tuple[str, ...] = ()
    parent: str = ""
    parent_id: str = ""
    segment: str = ""
    region: str = ""
    owner: str = ""
    stage: str = ""
    started_on: date | None = None
    ended_on: date | None = None


class BadCellError(ValueError):
    """A cell does not hold what its field needs; the sentence says what would be right."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def read_row(line: Line, layout: Layout) -> CrmRow | Problem:
    """Return what a row says, or the first thing that is wrong with it."""
    if line.problem:
        return Problem(line.number, "row", line.problem)
    cells = {field: _plain(line.cells[number]) for field, number in layout.columns.items()}
    field = ""
    try:
        for field, text in cells.items():
            _check(field, text)
        row = {Kind.CONTACTS: _contact, Kind.ACCOUNTS: _account, Kind.DEALS: _deal}[layout.kind]
        return row(line.number, cells, layout.source)
    except BadCellError as error:
        return Problem(line.number, error.field, str(error))


def _contact(line: int, cells: Mapping[str, str], source: str) -> CrmRow:
    name = cells.get("name") or " ".join(
        filter(None, (cells.get("first_name"), cells.get("last_name")))
    )
    if not name:
        raise BadCellError("name", "Give the person's name.")
    return CrmRow(
        line=line,
        external_id=_id(cells.get("external_id", ""), source),
        name=_limited("name", name),
        email=_email(cells.get("email", "")),
        phone=_phone(cells.get("phone", "")) or _phone(cells.get("mobile", "")),
        title=cells.get("title", ""),
        employer=cells.get("employer", ""),
        employer_ids=_ids(cells.get("employer_external_id", ""), source),
        owner=cells.get("owner", ""),
    )


def _account(line: int, cells: Mapping[str, str], source: str) -> CrmRow:
    if not cells.get("name"):
        raise BadCellError("name", "Give the firm's name.")
    return CrmRow(
        line=line,
        external_id=_id(cells.get("external_id", ""), source),
        name=cells["name"],
        parent=cells.get("parent", ""),
        parent_id=_id(cells.get("parent_external_id", ""), source),
        segment=cells.get("segment", ""),
        region=cells.get("region", ""),
        owner=cells.get("owner", ""),
    )


def _deal(line: int, cells: Mapping[str, str], source: str) -> CrmRow:
    external_id = _id(cells.get("external_id", ""), source)
    if not external_id:
        raise BadCellError("external_id", "A deal needs its id, so that it can be ended later.")
    return CrmRow(
        line=line,
        external_id=external_id,
        name=cells.get("opportunity") or external_id,
        employer=cells.get("employer", ""),
        employer_ids=_ids(cells.get("employer_external_id", ""), source),
        stage=cells.get("stage", ""),
        started_on=_day("started_on", cells.get("started_on", "")),
        ended_on=_day("ended_on", cells.get("ended_on", "")),
    )


def whole_salesforce_id(text: str) -> str:
    """Return the id of 18 signs; one of 15 is completed, capitals that a table lost come back.

    The last three signs say which of the first fifteen are capitals.
    """
    if not SALESFORCE_ID.fullmatch(text):
        raise BadCellError(
            "external_id",
            f'"{text[:40]}" is no Salesforce id of 15 or 18 letters and digits.',
        )
    if len(text) == len("003000000000001"):
        return text + _check_signs(text)
    signs = [
        bool(CHECKS.find(check) >> place & 1) for check in text[15:].upper() for place in range(5)
    ]
    if any(check not in CHECKS for check in text[15:].upper()):
        raise BadCellError(
            "external_id", f'The last three signs of "{text}" do not fit the others.'
        )
    mended = "".join(
        sign.upper() if capital else sign.lower()
        for sign, capital in zip(text[:15], signs, strict=True)
    )
    return mended + text[15:].upper()


def _check_signs(text: str) -> str:
    groups = (text[start : start + 5] for start in (0, 5, 10))
    return "".join(
        CHECKS[sum(sign.isupper() << place for place, sign in enumerate(group))] for group in groups
    )


def _id(text: str, source: str) -> str:
    return whole_salesforce_id(text) if text and source == SALESFORCE else text


def _ids(text: str, source: str) -> tuple[str, ...]:
    return tuple(_id(part.strip(), source) for part in text.split(";") if part.strip())


def _email(text: str) -> str:
    try:
        return checked_email(text) if text else ""
    except InputError as error:
        raise BadCellError("email", str(error)) from error


def _phone(text: str) -> str:
    """Return a telephone number; a cell without any digit ("n/a") says nothing."""
    try:
        return checked_phone(text) if any(sign.isdigit() for sign in text) else ""
    except InputError as error:
        raise BadCellError("phone", str(error)) from error


def _day(field: str, text: str) -> date | None:
    if not text:
        return None
    for form in DAYS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise BadCellError(field, f'"{text[:40]}" is no day such as 2026-03-30 or 3/30/2026.')


def _check(field: str, text: str) -> None:
    _limited(field, text)
    if text.startswith(FORMULA):
        raise BadCellError(field, f'"{text[:40]}" begins like a formula; write what it stands for.')


def _limited(field: str, text: str) -> str:
    longest = LONGEST.get(field, LONGEST_TEXT)
    if len(text) > longest:
        raise BadCellError(
            field, f"This has {len(text):,} characters; shorten it to {longest} or fewer."
        )
    return text


def _plain(text: str) -> str:
    """Return a cell as it is seen: one spelling of each letter, single spaces, nothing invisible.

    Most cells are plain already.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(sign for sign in plain if sign.isprintable())


def first_of_each(rows: Sequence[CrmRow]) -> tuple[list[CrmRow], list[Problem]]:
    """Leave out rows whose id the file has above already; each of them is explained."""
    seen: dict[str, int] = {}
    kept, problems = [], []
    for row in rows:
        first = seen.setdefault(row.external_id, row.line) if row.external_id else row.line
        if first == row.line:
            kept.append(row)
        else:
            sentence = f"Line {first} has the id {row.external_id} already; keep one of them."
            problems.append(Problem(row.line, "external_id", sentence))
    return kept, problems
