"""Reading what a report is about: its shares with their totals, in one frozen reading."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from sqlalchemy.orm import Session

from compliance_app import __version__
from compliance_app.rules.assessment import Verdict
from compliance_app.rules.audit import GENESIS
from compliance_app.rules.flags import FlagCode
from compliance_app.rules.periods import Period
from compliance_app.rules.policy import Policy, history_since, limit_for
from compliance_app.rules.reasons import Reason
from compliance_app.rules.regimes import RULE_3220
from compliance_app.rules.report_kinds import ReportKind
from compliance_app.rules.running import Entry, running_totals
from compliance_app.services.policies import PolicyBook, policy_on
from compliance_app.services.reporting import evidence
from compliance_app.services.reporting.client_view import for_the_client
from compliance_app.services.reporting.orders import Order
from compliance_app.store import reports as store
from compliance_app.store.reports import DecisionRow, ReportedShare
from reports.source import (
    DatedLimit,
    DecisionLine,
    QuarterReport,
    RecipientTotal,
    ReportMeta,
    ShareLine,
)

# So many people are asked for by number; more are read with everybody.
FEW = 500
_EXEMPT = frozenset({Verdict.EXEMPT_RECORD_ONLY, Verdict.EXEMPT_NO_RECORD_REQUIRED})


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the report, its rows, and the numbers of the events it speaks of."""

    report: QuarterReport
    rows: Sequence[ReportedShare]

    @property
    def event_numbers(self) -> set[int]:
        """Return the numbers of events that the report names besides those about its gifts."""
        evidence = self.report.evidence
        changes = evidence.earlier.changes if evidence.earlier else ()
        return {line.number for line in evidence.refusals} | {line.number for line in changes}


def read_report(session: Session, order: Order, *, firm: str) -> Reading:
    """Read what the register has to say about an order."""
    period = order.period
    policy = policy_on(session, period.last_day)
    meta = _meta(session, order, policy, firm)
    rows = _rows(session, order)
    running, at_end = _running(session, period, policy, {row.recipient_id for row in rows})
    decided = _decisions(session, rows)
    waited = evidence.waited_at_end(session, rows, decided, period)
    policies = PolicyBook(session)
    lines = [
        _line(policies, row, running, decided.get(row.gift_id, ()), waited=row.gift_id in waited)
        for row in rows
    ]
    limit_cents = limit_for(RULE_3220, period.last_day, policy).cents
    report = QuarterReport(
        meta=meta,
        shares=lines,
        totals=list(_totals(lines, at_end, limit_cents)),
        evidence=evidence.read(session, order, rows, decided, until=meta.trail_events),
    )
    if order.kind.is_for_the_client:
        return Reading(for_the_client(report), rows)
    return Reading(report, rows)


def _rows(session: Session, order: Order) -> list[ReportedShare]:
    """Return the shares of an order; a policy's history is about none."""
    if order.kind is ReportKind.POLICY:
        return []
    since, before = order.period.first_day, order.period.next_day
    return list(store.shares_between(session, since=since, before=before, scope=order.scope))


def _running(
    session: Session, period: Period, policy: Policy, reported: set[int]
) -> tuple[dict[int, int], dict[int, int]]:
    """Return the running total after each share, and of each person at the period's end."""
    since = history_since(policy, period.first_day)
    by_share: dict[int, int] = {}
    at_end: dict[int, int] = {}
    only = sorted(reported) if len(reported) <= FEW else None
    rows = store.room_between(session, since=since, before=period.next_day, only=only)
    for person, group in groupby(rows, key=lambda row: row[0]):
        shares = list(group)
        if person not in reported:
            continue
        entries = [Entry(given_on, cents) for _, given_on, _, cents in shares]
        totals = running_totals([*entries, Entry(period.last_day, 0)], policy.year)
        by_share.update({row[2]: total for row, total in zip(shares, totals, strict=False)})
        at_end[person] = totals[-1]
    return by_share, at_end


def _decisions(
    session: Session, rows: Sequence[ReportedShare]
) -> dict[int, tuple[DecisionRow, ...]]:
    found: dict[int, tuple[DecisionRow, ...]] = {}
    for row in store.decisions_on(session, (share.gift_id for share in rows)):
        found[row.gift_id] = (*found.get(row.gift_id, ()), row)
    return found


def _decision(row: DecisionRow) -> DecisionLine:
    return DecisionLine(
        decided_at=row.decided_at,
        decided_by=row.decided_by or evidence.POLICY_NAME,
        kind=row.kind,
        reason=f"{row.reason} Remedy: {row.remedy}" if row.remedy else row.reason,
    )


def _line(
    policies: PolicyBook,
    row: ReportedShare,
    running: dict[int, int],
    decided: Sequence[DecisionRow],
    *,
    waited: bool,
) -> ShareLine:
    reasons = [Reason.from_document(kept) for kept in json.loads(row.document)["reasons"]]
    total, limit, excess = _standing(row, running, policies.on(row.given_on))
    return ShareLine(
        gift_reference=row.reference,
        version=row.version,
        given_on=row.given_on,
        logged_on=row.logged_at.date(),
        recipient_id=row.recipient_id,
        recipient=row.recipient,
        employer=row.employer or "",
        giver=row.giver,
        logged_by=row.logged_by,
        category=row.category.value,
        description=row.description,
        purpose=row.purpose,
        counted_cents=row.counted_cents,
        counts=row.holds_room,
        running_cents=total if row.holds_room else None,
        limit_cents=limit,
        excess_cents=excess,
        state=row.state.value,
        verdict=row.verdict.value,
        regime=row.regime,
        reasons=tuple(reason.sentence for reason in reasons),
        flags=tuple(flag["sentence"] for flag in row.flags),
        decisions=tuple(map(_decision, decided)),
        late=any(flag["code"] == FlagCode.LATE_ENTRY.value for flag in row.flags),
        planned=not row.already_given,
        ground=_ground(row),
        exemption=row.evidence.get("exemption_id", ""),
        waited_at_end=waited,
        giver_email=row.giver_email,
        logged_by_email=row.logged_by_email,
        recipient_email=row.recipient_email or "",
        cost_cents=row.cost_cents,
        market_value_cents=row.market_value_cents,
        face_value_cents=row.face_value_cents,
        tax_cents=row.tax_cents,
        delivery_cents=row.delivery_cents,
        quantity=row.quantity,
        payer=row.payer.value,
        host_present=row.host_present,
    )


def _ground(row: ReportedShare) -> str:
    """Return what an exclusion rests on: the relief on file, or else the kind of gift."""
    if row.verdict not in _EXEMPT:
        return ""
    return "FINRA exemption on file" if row.evidence.get("exemption_id") else row.category.value


def _standing(
    row: ReportedShare, running: dict[int, int], policy: Policy
) -> tuple[int, int | None, int]:
    """Return the total with the share, the limit of its day, and what is over it.

    Total and limit are Rule 3220's, as they hold now, so that a person's totals run on from row
    to row. Where another law decided, what is over is what its verdict says.
    """
    limit = limit_for(RULE_3220, row.given_on, policy).cents
    total = running.get(row.share_id, row.running_cents)
    excess = max(0, total - (limit or 0)) if row.holds_room else row.excess_cents
    if row.regime != RULE_3220.code:
        excess = max(excess, row.excess_cents)
    return total, limit, excess


def _totals(
    lines: list[ShareLine], at_end: dict[int, int], limit_cents: int | None
) -> Iterator[RecipientTotal]:
    """Yield one total a person, in the order they come in the register.

    The total is the one of Rule 3220, so it stands against that rule's limit on the last day,
    also where another law decided on the person's last gift.
    """
    by_person: dict[int, list[ShareLine]] = {}
    for line in lines:
        by_person.setdefault(line.recipient_id, []).append(line)
    for person, own in by_person.items():
        last = own[-1]
        yield RecipientTotal(
            recipient_id=person,
            recipient=last.recipient,
            employer=last.employer,
            gifts=len(own),
            quarter_cents=sum(line.counted_cents for line in own if line.counts),
            running_cents=at_end.get(person, 0),
            limit_cents=limit_cents,
            over=any(line.counts and line.excess_cents > 0 for line in own),
        )


def _meta(session: Session, order: Order, policy: Policy, firm: str) -> ReportMeta:
    period = order.period
    change = store.latest_change(session)
    made_at = change.happened_at if change else datetime(1970, 1, 1, tzinfo=UTC)
    return ReportMeta(
        firm=firm,
        kind=order.kind,
        stem=order.stem,
        period=period.label,
        first_day=period.first_day,
        last_day=period.last_day,
        has_ended=made_at.date() > period.last_day,
        scope=order.scope.words,
        made_at=made_at,
        year_basis=policy.year_words,
        policy_label=f"{policy.title}, version {policy.version}",
        policy_sha256=policy.sha256,
        trail_events=change.number if change else 0,
        trail_head=change.sha256 if change else GENESIS,
        software=f"Tally 3220 {__version__}",
        limits=_limits(session, period),
    )


def _limits(session: Session, period: Period) -> tuple[DatedLimit, ...]:
    """Return the limits in force at any time of the period, oldest first."""
    policies = PolicyBook(session)
    known = (*RULE_3220.limits, *policies.on(period.last_day).firm_limits)
    days = {period.first_day} | {
        limit.since for limit in known if period.first_day < limit.since <= period.last_day
    }
    each = (limit_for(RULE_3220, day, policies.on(day)) for day in sorted(days))
    return tuple(DatedLimit(one.since, one.cents or 0) for one in dict.fromkeys(each))
