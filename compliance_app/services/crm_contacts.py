"""Bringing the contacts of a file in: firms first, then who changes, then who is new."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.services import crm_account_owners, crm_owners
from compliance_app.services.crm_plans import Act, ContactPlan, Planned, all_matched
from compliance_app.services.crm_rows import CrmRow
from compliance_app.services.crm_sources import Kind
from compliance_app.services.crm_suspects import suspect
from compliance_app.services.crm_updates import update_some
from compliance_app.services.refiling import Refiling
from compliance_app.store import audit, crm, recipient_keys
from compliance_app.store import employers as employer_store
from compliance_app.store.bulk import chunks, reserve_ids
from compliance_app.store.gifts import row_document
from compliance_app.store.models import (
    CrmChange,
    Employer,
    Employment,
    ExternalId,
    Recipient,
)
from compliance_app.store.plain import PlainRow, plain_table
from compliance_app.store.recipient_facts import hold_merges_off, lock_recipients
from compliance_app.store.recipients import key_of

A_DAY = timedelta(days=1)


def apply(
    session: Session,
    plan: ContactPlan,
    *,
    source: str,
    import_id: int,
    actor_id: int | None,
    at: datetime,
) -> int:
    """Write what was planned, and return how many pairs it put on the review list.

    The caller holds the lock of imports.
    """
    updates = [one for one in plan.planned if one.act is Act.UPDATED]
    refiling = Refiling(session, _moving(plan, updates, at.date()))
    # Before any firm is locked, as whoever sets a firm's class does.
    hold_merges_off(session)
    known = {firm.key: firm.employer_id for firm in plan.firms.values()}
    crm_owners.lock_requests(session, _handed_over(plan, known))
    again = _firms_again(session, plan)
    _lock(session, updates, [known[key] or 0 for key in plan.owned])
    refiling.watch()
    audit.write_many(session, again, actor_id=actor_id, at=at)
    firms = _add_firms(session, plan, import_id=import_id, at=at, actor_id=actor_id)
    of_file: Any = {"source": source, "import_id": import_id, "at": at}
    for some in chunks(updates, 200):
        update_some(session, plan, some, firms, actor_id=actor_id, **of_file)
    refiling.finish(actor_id=actor_id, at=at)
    new = [one for one in plan.planned if one.act in {Act.ADDED, Act.SUSPECTED}]
    writer = _Writer(session, plan, firms, **of_file)
    added: dict[int, int] = {}
    for some in chunks(new):
        added |= writer.write(some, actor_id=actor_id)
    # A firm that only rows name which change nothing is not added.
    there = {key: known[key] or firms.get(key) for key in plan.owned}
    owned = {firm_id: plan.owned[key] for key, firm_id in there.items() if firm_id is not None}
    crm_account_owners.give(session, owned, import_id=import_id, actor_id=actor_id, at=at)
    return suspect(session, plan, new, added, actor_id=actor_id, at=at)


def _handed_over(plan: ContactPlan, known: Mapping[str, int | None]) -> dict[int, int]:
    """Return who owns each account until now that the file gives to somebody else."""
    return {
        firm_id: one.before_id
        for key, one in plan.owned.items()
        if (firm_id := known[key]) and one.before_id is not None
    }


def _lock(session: Session, updates: Iterable[Planned], firm_ids: Iterable[int]) -> None:
    """Lock everybody before the first event is written: the head of the trail comes last."""
    for ids in chunks(sorted({one.target_id or 0 for one in updates})):
        lock_recipients(session, ids)
    for ids in chunks(sorted(set(firm_ids))):
        employer_store.lock_employers(session, *ids)


def _moving(plan: ContactPlan, updates: Iterable[Planned], today: date) -> dict[int, date]:
    """Return who works somewhere else now, and from when on; where nothing was known, always."""
    return {
        one.target_id: today if plan.contact(one.target_id).jobs else date.min
        for one in updates
        if one.target_id is not None and "employer" in one.changes
    }


def _firms_again(session: Session, plan: ContactPlan) -> list[audit.Act]:
    """Take the firms into use again that an undone import had brought and this one names."""
    wanted = {
        plan.firms[one.row.line].employer_id or 0
        for one in plan.planned
        if one.act is not Act.UNCHANGED
    }
    acts = []
    for firm in crm.retired_employers(session, wanted):
        firm.retired_at = None
        session.flush()
        body = {"employer": row_document(firm)}
        acts.append(audit.Act(Event.EMPLOYER_CHANGED, f"employer:{firm.id}", body))
    return acts


def _add_firms(
    session: Session,
    plan: ContactPlan,
    *,
    import_id: int,
    actor_id: int | None,
    at: datetime,
) -> dict[str, int]:
    """Add the firms that rows name and the register does not have; return ids by key."""
    ids, change_ids = reserve_ids(session, Employer), reserve_ids(session, CrmChange)
    firms, changes = plain_table(Employer), plain_table(CrmChange)
    made: dict[str, int] = {}
    for some in chunks(_new_firms(plan).items()):
        rows = [
            firms.new(id=next(ids), name=name, name_key=key, created_at=at) for key, name in some
        ]
        kept = [
            changes.new(
                id=next(change_ids),
                import_id=import_id,
                noun="employer",
                row_id=row["id"],
                before=None,
                after={"name": row["name"]},
            )
            for row in rows
        ]
        firms.insert(session, rows)
        changes.insert(session, kept)
        acts = [
            audit.Act(
                Event.EMPLOYER_ADDED,
                f"employer:{row['id']}",
                {"employer": firms.told(row), "changes": [changes.told(change)]},
            )
            for row, change in zip(rows, kept, strict=True)
        ]
        audit.write_many(session, acts, actor_id=actor_id, at=at)
        made |= {row["name_key"]: row["id"] for row in rows}
    return made


def _new_firms(plan: ContactPlan) -> dict[str, str]:
    """Return the names of the firms that rows bring, by key; the first writing of each."""
    names: dict[str, str] = {}
    for one in plan.planned:
        firm = plan.firms[one.row.line]
        if firm.key and firm.employer_id is None and one.act is not Act.UNCHANGED:
            names.setdefault(firm.key, firm.name)
    return names


class _Writer:
    """Writes new contacts past the session: their rows, their keys, and their events."""

    def __init__(
        self,
        session: Session,
        plan: ContactPlan,
        firms: Mapping[str, int],
        *,
        source: str,
        import_id: int,
        at: datetime,
    ) -> None:
        self._session, self._plan, self._firms = session, plan, firms
        self._source, self._import_id, self._at = source, import_id, at
        self._models = (Recipient, Employment, ExternalId, CrmChange)
        self._ids: dict[type, Iterator[int]] = {
            model: reserve_ids(session, model) for model in self._models
        }

    def write(self, some: Sequence[Planned], *, actor_id: int | None) -> dict[int, int]:
        """Write some contacts and return their ids by the line they come from."""
        written = [self._rows(one.row, actor_id) for one in some]
        for model in self._models:
            rows = [row for one in written for row in one.get(model, ())]
            plain_table(model).insert(self._session, rows)
        recipient_keys.keep_contacts(
            self._session,
            (
                (rows[Recipient][0]["id"], contact)
                for one, rows in zip(some, written, strict=True)
                for contact in all_matched(one.row, self._plan.firms[one.row.line])
            ),
        )
        acts = (self._act(rows, one.row) for one, rows in zip(some, written, strict=True))
        audit.write_many(self._session, acts, actor_id=actor_id, at=self._at)
        return {
            one.row.line: rows[Recipient][0]["id"] for one, rows in zip(some, written, strict=True)
        }

    def _rows(self, row: CrmRow, actor_id: int | None) -> dict[type, list[PlainRow]]:
        firm = self._plan.firms[row.line]
        employer_id = firm.employer_id or self._firms.get(firm.key)
        number = next(self._ids[Recipient])
        person = plain_table(Recipient).new(
            id=number,
            name=row.name,
            name_key=key_of(row.name),
            email=row.email or None,
            phone=row.phone or None,
            created_by_id=actor_id,
            created_at=self._at,
        )
        rows: dict[type, list[PlainRow]] = {Recipient: [person]}
        if employer_id is not None:
            job = {"recipient_id": number, "employer_id": employer_id, "title": row.title}
            rows[Employment] = [plain_table(Employment).new(id=next(self._ids[Employment]), **job)]
        if row.external_id:
            rows[ExternalId] = [
                plain_table(ExternalId).new(
                    id=next(self._ids[ExternalId]),
                    source=self._source,
                    kind=Kind.CONTACTS,
                    external_id=row.external_id,
                    recipient_id=number,
                )
            ]
        rows[CrmChange] = [self._change(row, number, employer_id)]
        return rows

    def _change(self, row: CrmRow, number: int, employer_id: int | None) -> PlainRow:
        work = {
            "employer_id": employer_id,
            "title": row.title,
            "started_on": None,
            "ended_on": None,
        }
        after = {
            "name": row.name,
            "email": row.email or None,
            "phone": row.phone or None,
            "work": [work] if employer_id is not None else [],
        }
        return plain_table(CrmChange).new(
            id=next(self._ids[CrmChange]),
            import_id=self._import_id,
            noun="recipient",
            row_id=number,
            before=None,
            after=after,
        )

    def _act(self, rows: Mapping[type, Sequence[PlainRow]], row: CrmRow) -> audit.Act:
        def told(model: type) -> list[dict[str, object]]:
            return [plain_table(model).told(row) for row in rows.get(model, ())]

        (person,) = told(Recipient)
        body: dict[str, object] = {
            "recipient": person,
            "employments": told(Employment),
            "external_ids": told(ExternalId),
            "changes": told(CrmChange),
        }
        if row.employer and key_of(row.employer) != self._plan.firms[row.line].key:
            body["employer_written"] = row.employer
        return audit.Act(Event.RECIPIENT_ADDED, f"recipient:{person['id']}", body)
