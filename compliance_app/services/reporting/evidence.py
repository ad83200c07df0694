"""The supervision behind a report's gifts: who decided, how fast, and how independently."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from itertools import groupby, pairwise
from statistics import median_low

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.periods import Period
from compliance_app.rules.permissions import Role
from compliance_app.rules.policy import PolicyError, parse_policy
from compliance_app.rules.report_kinds import ReportKind
from compliance_app.rules.scopes import ScopeKind
from compliance_app.rules.workflow import PENDING, DecisionKind, State
from compliance_app.services.policies import changes_of
from compliance_app.services.reporting.orders import Order
from compliance_app.store import report_evidence as store
from compliance_app.store import reports as report_store
from compliance_app.store import trail
from compliance_app.store.models import ReportRun, TrailEvent
from compliance_app.store.report_evidence import Reviewer, VersionRow
from compliance_app.store.reports import DecisionRow, ReportedShare
from reports.source import (
    AmendmentLine,
    ChangeLine,
    EarlierPackage,
    EventLine,
    Evidence,
    PolicyLine,
    RefusalLine,
    ReviewLine,
)

POLICY_NAME = "The firm's policy"
# What lets a gift go ahead, so that an amendment afterwards voids it.
CLEARING = frozenset({DecisionKind.APPROVE, DecisionKind.AUTO_CLEAR, DecisionKind.GRANT_EXCEPTION})

Decided = Mapping[int, Sequence[DecisionRow]]


def read(
    session: Session,
    order: Order,
    rows: Sequence[ReportedShare],
    decided: Decided,
    *,
    until: int,
) -> Evidence:
    """Read the evidence about the gifts of these shares, up to an event of the trail."""
    gifts = {row.gift_id: row for row in rows}
    versions = list(store.versions_of(session, gifts))
    if order.kind is ReportKind.POLICY:
        return Evidence(policies=tuple(_policies(session, order.period)))
    return Evidence(
        events=tuple(_events(session, order, rows, until)),
        amendments=tuple(_amendments(versions, decided)),
        reviews=tuple(_reviews(session, gifts, versions, decided)),
        refusals=tuple(_refusals(session, order, gifts)),
        policies=tuple(_policies(session, order.period)),
        earlier=_earlier(session, order, gifts, until=until),
    )


def waited_at_end(
    session: Session, rows: Sequence[ReportedShare], decided: Decided, period: Period
) -> set[int]:
    """Return the gifts that waited for a decision when the period ended."""
    end = _midnight(period.next_day)
    logged = [row for row in rows if row.logged_at < end]
    gone = store.withdrawn_at(
        session, {row.gift_id for row in logged if row.state is State.WITHDRAWN}
    )
    waited = set()
    for row in logged:
        settled = [
            one.decided_at
            for one in decided.get(row.gift_id, ())
            if one.kind is not DecisionKind.SEND_BACK
        ]
        if row.gift_id in gone:
            settled.append(gone[row.gift_id])
        is_open = row.state in PENDING if not settled else min(settled) >= end
        if is_open:
            waited.add(row.gift_id)
    return waited


def _amendments(versions: Sequence[VersionRow], decided: Decided) -> Iterator[AmendmentLine]:
    for gift_id, group in groupby(versions, key=lambda row: row.gift_id):
        for before, after in pairwise(group):
            cleared = [
                one
                for one in decided.get(gift_id, ())
                if one.version_number == before.number and one.kind in CLEARING
            ]
            yield AmendmentLine(
                gift_reference=after.reference,
                version=after.number,
                made_at=after.made_at,
                made_by=after.made_by,
                reason=after.reason,
                was_given_on=before.given_on,
                given_on=after.given_on,
                was_cents=before.counted_cents,
                counted_cents=after.counted_cents,
                cleared_by=(cleared[-1].decided_by or POLICY_NAME) if cleared else "",
                cleared_at=cleared[-1].decided_at if cleared else None,
            )


def _reviews(
    session: Session,
    gifts: Mapping[int, ReportedShare],
    versions: Sequence[VersionRow],
    decided: Decided,
) -> Iterator[ReviewLine]:
    """Yield one line for each person who decided, by name, and one for the policy itself."""
    people = store.reviewers(session)
    made = {(row.gift_id, row.number): row.made_at for row in versions if row.number > 1}
    by_person: dict[int | None, list[tuple[DecisionRow, int]]] = {}
    for gift_id in sorted(gifts):
        for one in decided.get(gift_id, ()):
            asked_at = made.get((gift_id, one.version_number), gifts[gift_id].logged_at)
            minutes = max(0, int((one.decided_at - asked_at).total_seconds()) // 60)
            by_person.setdefault(one.decided_by_id, []).append((one, minutes))
    ordered = sorted(by_person.items(), key=lambda item: (item[0] is None, _named(people, item[0])))
    for person_id, own in ordered:
        kinds = [one.kind for one, _ in own]
        waits = [minutes for _, minutes in own]
        dependent = sum(
            not _is_independent(people, person_id, gifts[one.gift_id]) for one, _ in own
        )
        reviewer = people.get(person_id) if person_id is not None else None
        yield ReviewLine(
            reviewer=reviewer.name if reviewer else POLICY_NAME,
            role=Role(reviewer.role).words if reviewer else "Automatic clearance",
            decisions=len(own),
            approved=sum(kind in CLEARING for kind in kinds),
            declined=kinds.count(DecisionKind.DECLINE),
            sent_back=kinds.count(DecisionKind.SEND_BACK),
            breaches=kinds.count(DecisionKind.RECORD_BREACH),
            recorded=kinds.count(DecisionKind.RECORD_GIVEN),
            median_minutes=median_low(waits),
            longest_minutes=max(waits),
            independent=len(own) - dependent,
        )


def _named(people: Mapping[int, Reviewer], person_id: int | None) -> tuple[str, int]:
    return (people[person_id].name, person_id) if person_id is not None else ("", 0)


def _is_independent(
    people: Mapping[int, Reviewer], person_id: int | None, gift: ReportedShare
) -> bool:
    """Say whether who decided neither gave nor logged the gift, nor reports to the giver.

    The policy decides by rules that were adopted before, so it is independent of every giver.
    """
    if person_id is None:
        return True
    if person_id in {gift.giver_id, gift.logged_by_id}:
        return False
    above, seen = people[person_id].supervisor_id, {person_id}
    while above is not None and above not in seen:
        if above == gift.giver_id:
            return False
        seen.add(above)
        above = people[above].supervisor_id
    return True


def _refusals(
    session: Session, order: Order, gifts: Mapping[int, ReportedShare]
) -> Iterator[RefusalLine]:
    """Yield the attempts of the period that were refused, for a scope those about its gifts."""
    period = order.period
    mine = {row.reference for row in gifts.values()}
    events = store.refusals_between(
        session, since=_midnight(period.first_day), before=_midnight(period.next_day)
    )
    for event in events:
        body = json.loads(event.body)
        attempted = str(body.get("attempted", ""))
        about = mine & set(attempted.split("/"))
        if order.scope.kind is ScopeKind.FIRM or about:
            yield RefusalLine(
                happened_at=event.happened_at,
                who=event.actor,
                gift_reference=min(about, default=""),
                code=str(body.get("code", "")),
                sentence=str(body.get("sentence", "")),
                number=event.number,
            )


def _policies(session: Session, period: Period) -> Iterator[PolicyLine]:
    """Yield the policy versions in force at any time of the period, oldest first."""
    rows = store.policies_until(session, period.last_day)
    for i, (row, officer) in enumerate(rows):
        is_past = i + 1 < len(rows) and rows[i + 1][0].effective_on <= period.first_day
        if is_past:
            continue
        try:
            policy = parse_policy(row.document)
            label = f"{policy.title}, version {policy.version}"
        except PolicyError:
            label = "A version this program can no longer read"
        yield PolicyLine(
            effective_on=row.effective_on,
            label=label,
            sha256=row.sha256,
            adopted_by=officer or "The console",
            adopted_at=row.adopted_at,
            reason=row.reason,
            changes=tuple(
                f"{change.name}: {change.was}, now {change.now}"
                for change in changes_of(session, row)
            ),
        )


def _events(
    session: Session, order: Order, rows: Sequence[ReportedShare], until: int
) -> Iterator[EventLine]:
    """Yield the events behind an audit extract; other reports name theirs in the trail's part."""
    if order.kind is not ReportKind.AUDIT:
        return
    for event in trail.events_numbered(session, numbers_behind(session, rows, until)):
        yield EventLine(
            number=event.number,
            happened_at=datetime.fromisoformat(event.at),
            who=event.actor,
            what=Event(event.event).words,
            subject=event.subject,
            sha256=event.sha256,
        )


def numbers_behind(session: Session, rows: Iterable[ReportedShare], until: int) -> set[int]:
    """Return the numbers of the events about reported gifts, their people, and every policy."""
    subjects = {
        subject
        for row in rows
        for subject in (f"gift:{row.gift_id}", f"recipient:{row.recipient_id}")
    }
    numbers = trail.numbers_about(session, subjects, until=until)
    return numbers | trail.numbers_of_kind(session, "policy", until=until)


def _earlier(
    session: Session, order: Order, gifts: Mapping[int, ReportedShare], *, until: int
) -> EarlierPackage | None:
    """Return what has changed since the newest package of the same order that was read before."""
    asked = order.document()
    like = ReportRun(
        **{name: asked[name] for name in ("kind", "period", "scope_kind", "scope_key")}
    )
    run = report_store.earlier_run(session, like, before_event=until)
    if run is None:
        return None
    about = set(gifts)
    if order.scope.kind is ScopeKind.FIRM:
        # What was moved out of the period since is a change of its numbers too.
        about |= store.gifts_ever_between(
            session, since=order.period.first_day, before=order.period.next_day
        )
    events = store.gift_events(session, about, after=run.trail_number, until=until)
    references = store.references_of(session, {_gift_of(event) for event in events})
    return EarlierPackage(
        read_at=run.read_at or run.made_at,
        trail_events=run.trail_number,
        figures=dict(run.figures or {}),
        manifest_sha256=next(
            (file["sha256"] for file in run.files if file["name"] == "manifest.json"), ""
        ),
        changes=tuple(_changes(events, references, gifts)),
    )


def _changes(
    events: Iterable[TrailEvent],
    references: Mapping[int, str],
    gifts: Mapping[int, ReportedShare],
) -> Iterator[ChangeLine]:
    for event in events:
        gift_id = _gift_of(event)
        yield ChangeLine(
            happened_at=event.happened_at,
            who=event.actor,
            what=Event(event.event).words,
            gift_reference=references.get(gift_id, ""),
            is_listed=gift_id in gifts,
            number=event.number,
        )


def _gift_of(event: TrailEvent) -> int:
    return int(event.subject.partition(":")[2])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
