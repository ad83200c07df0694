"""Bringing a file of a customer system in: compare it, say what becomes of each row, write it.

Nothing is ever merged here. A row whose id or e-mail the register knows brings that record up
to date; one that only looks like somebody is added and put on the review list.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.errors import InputError, PermissionMissingError
from compliance_app.rules.permissions import Permission, may
from compliance_app.services import crm_accounts, crm_contacts, crm_deals, crm_files, misnamed
from compliance_app.services.crm_account_owners import read_owners
from compliance_app.services.crm_accounts import AccountPlan
from compliance_app.services.crm_deals import USUAL_STAGES, DealPlan
from compliance_app.services.crm_plans import Act, ContactPlan, Planned
from compliance_app.services.crm_rows import CrmRow, Problem, first_of_each, read_row
from compliance_app.services.crm_sources import (
    FIELDS,
    KNOWN_SOURCES,
    Kind,
    Layout,
    check_mapping,
    mapped,
    recognize,
)
from compliance_app.services.import_file import FileError
from compliance_app.store import audit, crm
from compliance_app.store.gifts import row_document
from compliance_app.store.models import CrmImport, CrmMapping, Person
from compliance_app.store.naming import hold_names

Plan = ContactPlan | AccountPlan | DealPlan
LONGEST_NAME = 100


class Choice(NamedTuple):
    """How a file is read: as a known source, by a saved mapping, or as what it looks like."""

    source: str | None = None
    stages: tuple[str, ...] = USUAL_STAGES


class Compared(NamedTuple):
    """A file as it compares with the register: what it is, and what becomes of each row."""

    headers: Sequence[str]
    layout: Layout
    rows: int
    plan: Plan
    problems: Sequence[Problem]

    @property
    def planned(self) -> Sequence[Planned]:
        """Return the rows that can be taken, in the order of the file."""
        return self.plan.planned

    @property
    def counts(self) -> dict[str, int]:
        """Return how many rows become what."""
        counts = {act.value: 0 for act in Act}
        for one in self.planned:
            counts[one.act.value] += 1
        return {"rows": self.rows, **counts, "refused": len(self.problems)}


@dataclass(eq=False)
class RowsRefusedError(InputError):
    """Some rows cannot be taken, so none was; `compared` says what is wrong with each."""

    compared: Compared = field(kw_only=True)

    def __str__(self) -> str:
        bad = len(self.compared.problems)
        return (
            f"Nothing was imported: {bad:,} of {self.compared.rows:,} rows must be mended first, "
            "or import the others alone with --partial."
        )


def compare(session: Session, content: bytes, choice: Choice, *, today: date) -> Compared:
    """Compare a file with the register; nothing is written. Raises FileError."""
    sheet = crm_files.read(content)
    layout = layout_of(session, sheet.headers, choice.source)
    read: list[CrmRow] = []
    problems: list[Problem] = []
    for line in sheet.lines:
        row = read_row(line, layout)
        if isinstance(row, CrmRow):
            read.append(row)
        else:
            problems.append(row)
    if not read and not problems:
        raise FileError("The file names its columns but holds no row.")
    rows, doubled = first_of_each(read)
    plan = _plan(session, layout, rows, choice, today)
    found = sorted([*problems, *doubled, *plan.problems])
    return Compared(sheet.headers, layout, len(read) + len(problems), plan, found)


def layout_of(session: Session, headers: Sequence[str], source: str | None) -> Layout:
    """Return which column holds what. Raises FileError."""
    if source is None or source in KNOWN_SOURCES:
        return recognize(headers, source)
    mapping = crm.mapping(session, source)
    if mapping is None:
        names = ", ".join([*sorted(KNOWN_SOURCES), *(one.name for one in crm.mappings(session))])
        raise FileError(f"There is no source or mapping {source!r}; there are {names}.")
    return mapped(headers, mapping.name, Kind(mapping.kind), mapping.columns)


def import_file(
    session: Session,
    content: bytes,
    file_name: str,
    choice: Choice,
    *,
    partial: bool,
    actor_id: int | None,
    at: datetime,
    compared_with: Callable[[Compared], None] = lambda _compared: None,
) -> tuple[CrmImport, Compared]:
    """Bring a file in. Raises FileError, and RowsRefusedError."""
    _check_may(session, actor_id)
    crm.lock_imports(session)
    hold_names(session)
    compared = compare(session, content, choice, today=at.date())
    compared_with(compared)
    if compared.problems and not partial:
        raise RowsRefusedError(compared=compared)
    made = CrmImport(
        source=compared.layout.source,
        kind=compared.layout.kind.value,
        file_name=file_name[-255:],
        file_sha256=hashlib.sha256(content).hexdigest(),
        counts=compared.counts,
        made_by_id=actor_id,
        made_at=at,
    )
    session.add(made)
    session.flush()
    compared, on_list = _apply(session, compared, made.id, actor_id=actor_id, at=at)
    made = session.merge(made)
    made.counts = {**compared.counts, "pairs": on_list}
    _record(session, Event.CRM_IMPORTED, made, actor_id=actor_id, at=at)
    return made, compared


def save_mapping(
    session: Session,
    name: str,
    kind: Kind,
    columns: Mapping[str, str],
    *,
    actor_id: int | None,
    at: datetime,
) -> CrmMapping:
    """Keep which column is what under a name; the one of this name before it stays."""
    _check_may(session, actor_id)
    plain = " ".join(name.split())
    if not 1 <= len(plain) <= LONGEST_NAME or not plain.isprintable():
        raise InputError(problems={"name": f"Give a name of 1 to {LONGEST_NAME} characters."})
    if plain.lower() in KNOWN_SOURCES:
        sentence = f"{plain} is a source this register knows; give the mapping a name of its own."
        raise InputError(problems={"name": sentence})
    kept = {field: column.strip() for field, column in columns.items() if column.strip()}
    check_mapping(kind, kept)
    mapping = CrmMapping(name=plain, kind=kind.value, columns=kept, made_by_id=actor_id, made_at=at)
    session.add(mapping)
    session.flush()
    audit.append(
        session,
        Event.CRM_MAPPING_SAVED,
        actor_id=actor_id,
        at=at,
        subject=f"crm-mapping:{mapping.id}",
        body=row_document(mapping),
    )
    return mapping


def fields_of(kind: Kind) -> Mapping[str, str]:
    """Return the fields of a kind with what they are called."""
    return FIELDS[kind]


def _plan(
    session: Session,
    layout: Layout,
    rows: Sequence[CrmRow],
    choice: Choice,
    today: date,
) -> Plan:
    if layout.kind is Kind.CONTACTS:
        least = misnamed.least_on(session, today)
        plan = ContactPlan(session, layout.source, rows, least=least)
        plan.planned, plan.owned = read_owners(session, plan.planned, plan.firms, today)
        return plan
    if layout.kind is Kind.ACCOUNTS:
        return AccountPlan(session, layout.source, rows, today)
    stages: Collection[str] = choice.stages
    return DealPlan(session, layout.source, rows, stages=stages, today=today)


def _apply(
    session: Session, compared: Compared, import_id: int, *, actor_id: int | None, at: datetime
) -> tuple[Compared, int]:
    """Write the plan; return what showed only then, and how many pairs are on the review list."""
    plan, source = compared.plan, compared.layout.source
    if isinstance(plan, ContactPlan):
        on_list = crm_contacts.apply(
            session, plan, source=source, import_id=import_id, actor_id=actor_id, at=at
        )
        return compared, on_list
    if isinstance(plan, AccountPlan):
        circles = crm_accounts.apply(
            session, plan, source=source, import_id=import_id, actor_id=actor_id, at=at
        )
        return compared._replace(problems=sorted([*compared.problems, *circles])), 0
    crm_deals.apply(session, plan, source=source, import_id=import_id, actor_id=actor_id, at=at)
    return compared, 0


def _check_may(session: Session, actor_id: int | None) -> None:
    needed = Permission.CRM_IMPORT
    if actor_id is not None and not may(session.get_one(Person, actor_id).role, needed):
        raise PermissionMissingError(permission=needed.value)


def _record(
    session: Session, event: Event, made: CrmImport, *, actor_id: int | None, at: datetime
) -> None:
    session.flush()
    audit.append(
        session,
        event,
        actor_id=actor_id,
        at=at,
        subject=f"crm-import:{made.id}",
        body=row_document(made),
    )
