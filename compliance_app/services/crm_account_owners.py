"""Owners of accounts that a file of contacts names: they become coverages, as by accounts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.services import crm_owners
from compliance_app.services.crm_accounts import state_of
from compliance_app.services.crm_owners import Owned, Owners
from compliance_app.services.crm_plans import Firm, Planned
from compliance_app.store import audit
from compliance_app.store.gifts import row_document
from compliance_app.store.models import CrmChange, Employer


def read_owners(
    session: Session, planned: Sequence[Planned], firms: Mapping[int, Firm], today: date
) -> tuple[list[Planned], dict[str, Owned]]:
    """Return the rows, the first of each firm with what becomes of its owner, and who takes it.

    Where rows of one firm name several owners, nobody takes it.
    """
    named = [one for one in planned if one.row.owner and firms[one.row.line].key]
    if not named:
        return list(planned), {}
    ids = {firms[one.row.line].employer_id for one in named} - {None}
    owners = Owners(session, [one for one in ids if one is not None], today)
    said: dict[int, str] = {}
    found: dict[str, Owned] = {}
    for key, first, names in _by_firm(named, firms):
        firm = firms[first.row.line]
        if len(names) > 1:
            some = " and ".join(sorted(names))
            sentence = f"The file names {some} as its owner, so nobody takes the account over."
            owned = Owned(sentence=sentence)
        else:
            owned = owners.owned(first.row, firm.employer_id)
        if owned.owner_id is not None:
            found[key] = owned
        words = owned.sentence or (f"account owner: {owned.name}" if owned.owner_id else "")
        said[first.row.line] = words
    rows = [
        one._replace(sentence=_with(one.sentence, said.get(one.row.line, ""))) for one in planned
    ]
    return rows, found


def give(
    session: Session,
    owned: Mapping[int, Owned],
    *,
    import_id: int,
    actor_id: int | None,
    at: datetime,
) -> None:
    """Give the accounts to whom the file says, by firm; all firms and requests are locked."""
    for firm_id, one in sorted(owned.items()):
        firm = session.get_one(Employer, firm_id)
        state = state_of(firm)
        change = CrmChange(
            import_id=import_id,
            noun="employer",
            row_id=firm.id,
            before={**state, "owner_id": one.before_id},
            after={**state, "owner_id": one.owner_id},
        )
        session.add(change)
        first = crm_owners.begun(firm.id, one, at.date())
        rows = [first] if first is not None else []
        session.add_all(rows)
        session.flush()
        body = {
            "employer": row_document(firm),
            "changes": [row_document(change)],
            "coverages": [row_document(row) for row in rows],
        }
        act = audit.Act(Event.EMPLOYER_CHANGED, f"employer:{firm.id}", body)
        audit.append_all(session, [act], actor_id=actor_id, at=at)
        crm_owners.hand_over(session, firm.id, one, actor_id=actor_id, at=at)


def _by_firm(
    named: Sequence[Planned], firms: Mapping[int, Firm]
) -> list[tuple[str, Planned, set[str]]]:
    """Return the first row of each firm, with every owner that rows name for it."""
    first: dict[str, Planned] = {}
    names: dict[str, set[str]] = {}
    for one in named:
        key = firms[one.row.line].key
        first.setdefault(key, one)
        names.setdefault(key, set()).add(one.row.owner)
    return [(key, one, names[key]) for key, one in first.items()]


def _with(sentence: str, more: str) -> str:
    return " ".join(filter(None, (sentence, more)))
