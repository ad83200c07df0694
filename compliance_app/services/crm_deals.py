"""Deals of a file: those in a stage that means negotiation are negotiations with the firm."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.services.crm_plans import Act, Planned, say
from compliance_app.services.crm_rows import CrmRow, Problem
from compliance_app.services.crm_sources import Kind
from compliance_app.services.employers import document_of
from compliance_app.services.firm_names import FirmNames
from compliance_app.services.noticing import Watch
from compliance_app.store import audit, crm
from compliance_app.store import employers as employer_store
from compliance_app.store.bulk import chunks
from compliance_app.store.gifts import json_value, row_document
from compliance_app.store.models import CrmChange, Employer, ExternalId, Negotiation

# From memory of both products: what means negotiation is the firm's to say.
USUAL_STAGES = ("Negotiation/Review", "Negotiation", "Contract Sent")


class Deal(NamedTuple):
    """One row with one firm it is about; a deal with two firms is two of them."""

    row: CrmRow
    employer_id: int
    key: str
    known: Negotiation | None
    is_open: bool


class DealPlan:
    """Compares the deals of a file with the register; nothing is written."""

    def __init__(
        self,
        session: Session,
        source: str,
        rows: Sequence[CrmRow],
        *,
        stages: Collection[str],
        today: date,
    ) -> None:
        self.problems: list[Problem] = []
        self.planned: list[Planned] = []
        self.deals: dict[tuple[int, int], Deal] = {}
        self._session, self._today = session, today
        self._stages = {stage.strip().casefold() for stage in stages}
        self._accounts = crm.external_ids(
            session, source, Kind.ACCOUNTS, (one for row in rows for one in row.employer_ids)
        )
        self._spelled = FirmNames(session)
        self._spelled.learn(row.employer for row in rows)
        named = {self._spelled.key(row.employer) for row in rows}
        self._firms = crm.employers_by_key(session, named)
        self._about = [(row, self._employer_ids(row)) for row in rows]
        keys = (_key(row, one) for row, firms in self._about for one in firms)
        self.links = crm.external_ids(session, source, Kind.DEALS, keys)
        for row, firms in self._about:
            self._plan(row, firms)

    def _employer_ids(self, row: CrmRow) -> list[int]:
        linked = (self._accounts.get(one) for one in row.employer_ids)
        ids = [one.employer_id for one in linked if one is not None and one.employer_id]
        key = self._spelled.key(row.employer) if row.employer and not ids else ""
        named = self._firms.get(key) if key else None
        return ids or ([named.id] if named is not None else [])

    def _plan(self, row: CrmRow, firms: Sequence[int]) -> None:
        if not firms:
            sentence = "The firm is not in the register; import the accounts first."
            self.problems.append(Problem(row.line, "employer", sentence))
            return
        for employer_id in firms:
            self._plan_one(row, employer_id)

    def _plan_one(self, row: CrmRow, employer_id: int) -> None:
        key = _key(row, employer_id)
        link = self.links.get(key)
        known = (
            self._session.get(Negotiation, link.negotiation_id)
            if link is not None and link.negotiation_id is not None
            else None
        )
        is_open = row.stage.casefold() in self._stages
        if known is not None and known.superseded_at is not None:
            if link is not None and not link.is_retired:
                said = "Somebody changed this negotiation here, so it is left as it is."
                self.planned.append(Planned(row, Act.UNCHANGED, employer_id, said))
                return
            known = None
        deal = Deal(row, employer_id, key, known, is_open)
        self.deals[row.line, employer_id] = deal
        if known is None and not is_open:
            said = f'The stage "{row.stage}" does not mean negotiation.'
            self.planned.append(Planned(row, Act.UNCHANGED, employer_id, said))
        elif known is None:
            self.planned.append(Planned(row, Act.ADDED, employer_id))
        else:
            changes = _changes(deal, known, self._today)
            act = Act.UPDATED if changes else Act.UNCHANGED
            self.planned.append(Planned(row, act, employer_id, say(changes), changes))


def _key(row: CrmRow, employer_id: int) -> str:
    return f"{row.external_id}/{employer_id}"


def _changes(deal: Deal, known: Negotiation, today: date) -> dict[str, str]:
    changes = {}
    if deal.row.name != known.opportunity:
        changes["opportunity"] = deal.row.name
    if deal.is_open and known.ended_on is not None:
        changes["ended_on"] = "open again"
    if not deal.is_open and known.ended_on is None:
        changes["ended_on"] = max(today, known.started_on).isoformat()
    return changes


def apply(
    session: Session,
    plan: DealPlan,
    *,
    source: str,
    import_id: int,
    actor_id: int | None,
    at: datetime,
) -> None:
    """Write what was planned; a firm's negotiations are told together."""
    wanted = [one for one in plan.planned if one.act is not Act.UNCHANGED]
    deals = [plan.deals[one.row.line, one.target_id or 0] for one in wanted]
    watch = Watch.over_firms(session, _first_days(deals, at.date()))
    for some in chunks(sorted({one.target_id or 0 for one in wanted})):
        employer_store.lock_employers(session, *some)
    acts = []
    for planned in wanted:
        deal = plan.deals[planned.row.line, planned.target_id or 0]
        row = _write(session, deal, planned, at=at)
        session.flush()
        known = plan.links.get(deal.key)
        link = session.get(ExternalId, known.id) if known is not None else None
        if link is None:
            link = ExternalId(source=source, kind=Kind.DEALS, external_id=deal.key)
            session.add(link)
        link.negotiation_id, link.retired_at = row.id, None
        change = CrmChange(
            import_id=import_id,
            noun="negotiation",
            row_id=row.id,
            before=state_of(deal.known) if deal.known is not None else None,
            after=state_of(row),
        )
        session.add(change)
        session.flush()
        firm = session.get_one(Employer, deal.employer_id)
        session.refresh(firm, ["negotiations"])
        given_way = [deal.known] if deal.known is not None else []
        body = document_of(firm, *given_way) | {
            "external_ids": [row_document(link)],
            "changes": [row_document(change)],
        }
        event = Event.NEGOTIATION_CHANGED if given_way else Event.NEGOTIATION_RECORDED
        acts.append(audit.Act(event, f"employer:{firm.id}", body))
    audit.write_many(session, acts, actor_id=actor_id, at=at)
    watch.tell(actor_id=actor_id, at=at)


def _first_days(deals: Iterable[Deal], today: date) -> dict[int, date | None]:
    """Return from which day on gifts to a firm's people may be in a negotiation of these."""
    days = [
        (deal.employer_id, deal.known.started_on if deal.known else _begun(deal, today))
        for deal in deals
    ]
    # The earliest of a firm is the last that is put down.
    return dict(sorted(days, key=itemgetter(1), reverse=True))


def _begun(deal: Deal, today: date) -> date:
    return min(deal.row.started_on or today, today)


def _write(session: Session, deal: Deal, planned: Planned, *, at: datetime) -> Negotiation:
    if deal.known is None:
        row = Negotiation(
            employer_id=deal.employer_id,
            opportunity=deal.row.name,
            started_on=_begun(deal, at.date()),
        )
        session.add(row)
        return row
    ended_on = deal.known.ended_on
    if "ended_on" in planned.changes:
        ended_on = None if deal.is_open else max(at.date(), deal.known.started_on)
    return employer_store.replace_row(
        session, deal.known, at=at, opportunity=deal.row.name, ended_on=ended_on
    )


def state_of(row: Negotiation) -> dict[str, object]:
    """Return what an import may change of a negotiation, as it stands."""
    names = ("id", "employer_id", "opportunity", "started_on", "ended_on")
    return {name: json_value(getattr(row, name)) for name in names}
