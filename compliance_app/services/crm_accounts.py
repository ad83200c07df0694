"""Accounts of a file: client firms that are added, or brought to what the other system says."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.matching.firms import firm_key
from compliance_app.services import crm_owners
from compliance_app.services.crm_owners import Owned, Owners
from compliance_app.services.crm_plans import Act, Planned, say
from compliance_app.services.crm_rows import CrmRow, Problem
from compliance_app.services.crm_sources import Kind
from compliance_app.store import audit, crm, recipient_keys
from compliance_app.store import employers as employer_store
from compliance_app.store.bulk import chunks
from compliance_app.store.gifts import row_document
from compliance_app.store.models import Coverage, CrmChange, Employer, ExternalId
from compliance_app.store.recipients import key_of

FIELDS = ("name", "segment", "region", "parent_id")


class AccountPlan:
    """Compares the accounts of a file with the register; nothing is written."""

    def __init__(self, session: Session, source: str, rows: Sequence[CrmRow], today: date) -> None:
        self.problems: list[Problem] = []
        self.planned: list[Planned] = []
        ids = [row.external_id for row in rows] + [row.parent_id for row in rows]
        self.ids = crm.external_ids(session, source, Kind.ACCOUNTS, ids)
        keys = [key_of(row.name) for row in rows] + [key_of(row.parent) for row in rows]
        self.firms = crm.employers_by_key(session, keys)
        # Grows while the file is written, for parents that come with it.
        self.firm_ids = {key: link.employer_id for key, link in self.ids.items()}
        self._session = session
        self._spelled = self._other_spellings(rows)
        known = {link.employer_id or 0 for link in self.ids.values()}
        known |= {firm.id for firm in (*self.firms.values(), *self._spelled.values())}
        self._owners = Owners(session, known, today)
        # Who takes the account of a line over.
        self.owned: dict[int, Owned] = {}
        self._lines: dict[str, int] = {}
        for row in rows:
            self._plan(row)

    def _plan(self, row: CrmRow) -> None:
        key = key_of(row.name)
        first = self._lines.setdefault(key, row.line)
        if first != row.line:
            sentence = f"Line {first} has a firm of this name already; give one another name."
            self.problems.append(Problem(row.line, "name", sentence))
            return
        link = self.ids.get(row.external_id)
        known_id = link.employer_id if link is not None else None
        named = self.firms.get(key) or (self._spelled.get(key) if known_id is None else None)
        if known_id is not None and named is not None and named.id != known_id:
            sentence = f"Another firm is called {named.name} in the register; mend one of the two."
            self.problems.append(Problem(row.line, "name", sentence))
            return
        known = self._session.get(Employer, known_id) if known_id is not None else named
        owned = self.owned[row.line] = self._owners.owned(row, known.id if known else None)
        if known is None:
            said = " ".join(filter(None, (say(_owner(owned)), owned.sentence)))
            self.planned.append(Planned(row, Act.ADDED, None, said))
            return
        changes = _changes(row, known) | _owner(owned)
        if row.external_id and link is None:
            changes["id"] = row.external_id
        act = Act.UPDATED if changes or self._moves(row, known) else Act.UNCHANGED
        said = " ".join(filter(None, (say(changes), owned.sentence)))
        self.planned.append(Planned(row, act, known.id, said, changes))

    def _other_spellings(self, rows: Sequence[CrmRow]) -> dict[str, Employer]:
        """Return the firms that accounts spell otherwise, where one account alone may be meant."""
        claimed = {link.employer_id for link in self.ids.values()}
        claimed |= {firm.id for firm in self.firms.values()}
        spelled = Counter(firm_key(row.name) for row in rows)
        names = {key_of(row.name): row.name for row in rows if spelled[firm_key(row.name)] == 1}
        wanted = {key: name for key, name in names.items() if key not in self.firms}
        return {
            key: self._session.get_one(Employer, one.id)
            for key, one in employer_store.same_firms(self._session, wanted).items()
            if one.id not in claimed
        }

    def _moves(self, row: CrmRow, known: Employer) -> bool:
        """Say whether the row names another parent than the register has."""
        parent = self.ids.get(row.parent_id)
        parent_id = parent.employer_id if parent else None
        if parent_id is None and row.parent:
            firm = self.firms.get(key_of(row.parent))
            parent_id = firm.id if firm is not None else 0
        return parent_id is not None and parent_id != known.parent_id


def _owner(owned: Owned) -> dict[str, str]:
    return {"owner": owned.name} if owned.owner_id is not None else {}


def _changes(row: CrmRow, known: Employer) -> dict[str, str]:
    changes = {}
    if known.retired_at is not None:
        changes["retired"] = "in use again"
    for name in ("name", "segment", "region"):
        said = getattr(row, name)
        if said and said != (getattr(known, name) or ""):
            changes[name] = said
    return changes


class _Done(NamedTuple):
    """One firm as it was before, and as it is to be told."""

    firm: Employer
    is_new: bool
    before: Mapping[str, object] | None
    link: ExternalId | None
    owned: Owned
    # The first owner of an account; a later one takes it over with an event of its own.
    coverage: Coverage | None


def apply(
    session: Session,
    plan: AccountPlan,
    *,
    source: str,
    import_id: int,
    actor_id: int | None,
    at: datetime,
) -> list[Problem]:
    """Write what was planned, and return the parents that would have closed a circle."""
    wanted = [one for one in plan.planned if one.act is not Act.UNCHANGED]
    handed = {
        one.target_id: before_id
        for one in wanted
        if one.target_id and (before_id := plan.owned[one.row.line].before_id) is not None
    }
    crm_owners.lock_requests(session, handed)
    for some in chunks(sorted({one.target_id for one in wanted if one.target_id})):
        employer_store.lock_employers(session, *some)
    done = [_write(session, plan, one, source, at=at) for one in wanted]
    session.flush()
    circles = _set_parents(session, plan, source, wanted, done)
    session.flush()
    for one in done:
        if one.before is not None and one.before["name"] != one.firm.name:
            recipient_keys.keep_people_of(session, one.firm.id)
    for some_done in chunks(done):
        changes = [_change(one, import_id) for one in some_done]
        session.add_all(changes)
        session.flush()
        acts = [_act(one, change) for one, change in zip(some_done, changes, strict=True)]
        audit.write_many(session, acts, actor_id=actor_id, at=at)
    for one in done:
        crm_owners.hand_over(session, one.firm.id, one.owned, actor_id=actor_id, at=at)
    return circles


def _write(
    session: Session, plan: AccountPlan, planned: Planned, source: str, *, at: datetime
) -> _Done:
    row = planned.row
    is_new = planned.target_id is None
    firm = Employer(created_at=at) if is_new else session.get_one(Employer, planned.target_id)
    before = None if is_new else state_of(firm)
    firm.name, firm.name_key = row.name, key_of(row.name)
    firm.segment = row.segment or firm.segment
    firm.region = row.region or firm.region
    firm.retired_at = None
    session.add(firm)
    link = None
    if row.external_id:
        session.flush()
        known = plan.ids.get(row.external_id)
        link = session.get(ExternalId, known.id) if known is not None else None
        if link is None:
            link = ExternalId(source=source, kind=Kind.ACCOUNTS, external_id=row.external_id)
            session.add(link)
        link.employer_id, link.retired_at = firm.id, None
        plan.firm_ids[row.external_id] = firm.id
    plan.firms[firm.name_key] = firm
    owned = plan.owned[row.line]
    session.flush()
    first = crm_owners.begun(firm.id, owned, at.date())
    if first is not None:
        session.add(first)
    return _Done(firm, is_new, before, link, owned, first)


def _set_parents(
    session: Session,
    plan: AccountPlan,
    source: str,
    wanted: Sequence[Planned],
    done: Sequence[_Done],
) -> list[Problem]:
    problems = []
    for planned, one in zip(wanted, done, strict=True):
        row = planned.row
        named = plan.firms.get(key_of(row.parent)) if row.parent else None
        parent_id = plan.firm_ids.get(row.parent_id) or (named.id if named else None)
        if parent_id is None or parent_id == one.firm.parent_id:
            continue
        if _leads_back(session, parent_id, one.firm.id):
            sentence = f"The parent was left out: its own parents in {source} lead back to it."
            problems.append(Problem(row.line, "parent", sentence))
            continue
        one.firm.parent_id = parent_id
    return problems


def _leads_back(session: Session, above_id: int | None, firm_id: int) -> bool:
    while above_id is not None:
        if above_id == firm_id:
            return True
        above_id = session.get_one(Employer, above_id).parent_id
    return False


def state_of(firm: Employer) -> dict[str, object]:
    """Return what an import may change of a firm, as it stands."""
    return {name: getattr(firm, name) for name in FIELDS}


def _change(done: _Done, import_id: int) -> CrmChange:
    after, before = state_of(done.firm), done.before
    if done.owned.owner_id is not None:
        after = {**after, "owner_id": done.owned.owner_id}
        before = {**before, "owner_id": done.owned.before_id} if before is not None else None
    return CrmChange(
        import_id=import_id,
        noun="employer",
        row_id=done.firm.id,
        before=dict(before) if before is not None else None,
        after=after,
    )


def _act(done: _Done, change: CrmChange) -> audit.Act:
    event = Event.EMPLOYER_ADDED if done.is_new else Event.EMPLOYER_CHANGED
    body = {
        "employer": row_document(done.firm),
        "external_ids": [row_document(done.link)] if done.link is not None else [],
        "changes": [row_document(change)],
        "coverages": [row_document(done.coverage)] if done.coverage is not None else [],
    }
    return audit.Act(event, f"employer:{done.firm.id}", body)
