"""The quarterly package: one frozen reading of the register, handed to `reports` as data."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from sqlalchemy.orm import Session

from compliance_app import __version__
from compliance_app.rules.assessment import Verdict
from compliance_app.rules.audit import GENESIS, Event
from compliance_app.rules.errors import InputError
from compliance_app.rules.flags import FlagCode
from compliance_app.rules.policy import Policy, history_since, limit_for
from compliance_app.rules.reasons import Reason
from compliance_app.rules.regimes import RULE_3220
from compliance_app.rules.running import Entry, running_totals
from compliance_app.services.policies import PolicyBook, policy_on
from compliance_app.store import audit
from compliance_app.store import reports as store
from compliance_app.store.gifts import row_document
from compliance_app.store.models import ReportRun
from compliance_app.store.reports import ReportedShare
from reports.quarter import build_csv, build_json, build_manifest, build_pdf, build_xlsx
from reports.source import (
    DatedLimit,
    DecisionLine,
    QuarterReport,
    RecipientTotal,
    ReportMeta,
    ShareLine,
)

QUARTER = re.compile(r"(?P<year>(?:19|20|21)\d\d)Q(?P<number>[1-4])")
WHOLE_FIRM = "The whole firm"


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter by its label, such as 2026Q3."""

    label: str
    first_day: date
    last_day: date

    @property
    def next_day(self) -> date:
        """Return the day after the last one."""
        return self.last_day + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Package:
    """What a quarter hands over: the bytes of each file by its name."""

    quarter: Quarter
    files: dict[str, bytes]
    shares: int
    trail_number: int


def quarter_of(label: str) -> Quarter:
    """Return the quarter of a label such as 2026Q3; raises InputError."""
    match = QUARTER.fullmatch(label.strip().upper())
    if match is None:
        raise InputError(
            problems={"quarter": f"{label[:20]!r} is not a quarter. Write it as 2026Q3."}
        )
    year, number = int(match["year"]), int(match["number"])
    first = date(year, 3 * number - 2, 1)
    after = date(year + number // 4, 3 * number % 12 + 1, 1)
    return Quarter(match[0], first, after - timedelta(days=1))


def quarter_label(day: date) -> str:
    """Return the label of the quarter a day is in."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def make_quarter(session: Session, label: str, *, firm: str) -> Package:
    """Produce the package of a quarter from one frozen reading; nothing is written yet."""
    quarter = quarter_of(label)
    report = read_quarter(session, quarter, firm=firm)
    files = {
        f"register-{quarter.label}.pdf": build_pdf(report),
        f"register-{quarter.label}.csv": build_csv(report),
        f"register-{quarter.label}.xlsx": build_xlsx(report),
        f"register-{quarter.label}.json": build_json(report),
    }
    files["manifest.json"] = build_manifest(report, files)
    return Package(quarter, files, len(report.shares), report.meta.trail_events)


def keep_run(
    session: Session, package: Package, *, actor_id: int | None, at: datetime
) -> ReportRun:
    """Keep that a package was produced, by whom, and the hashes of its files."""
    run = ReportRun(
        period=package.quarter.label,
        first_day=package.quarter.first_day,
        last_day=package.quarter.last_day,
        scope=WHOLE_FIRM,
        made_by_id=actor_id,
        made_at=at,
        shares=package.shares,
        trail_number=package.trail_number,
        files=[
            {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in package.files.items()
        ],
    )
    session.add(run)
    session.flush()
    audit.append(
        session,
        Event.REPORT_MADE,
        actor_id=actor_id,
        at=at,
        subject=f"report:{run.id}",
        body=row_document(run),
    )
    return run


def read_quarter(session: Session, quarter: Quarter, *, firm: str) -> QuarterReport:
    """Read a quarter of the register as the report shows it."""
    policy = policy_on(session, quarter.last_day)
    rows = list(store.shares_between(session, since=quarter.first_day, before=quarter.next_day))
    reported = {row.recipient_id for row in rows}
    running, at_end = _running(session, quarter, policy, reported)
    decisions = _decisions(session, rows)
    policies = PolicyBook(session)
    lines = [_line(policies, row, running, decisions.get(row.gift_id, ())) for row in rows]
    return QuarterReport(
        meta=_meta(session, quarter, policy, firm),
        shares=lines,
        totals=list(_totals(lines, at_end, limit_for(RULE_3220, quarter.last_day, policy).cents)),
    )


def _running(
    session: Session, quarter: Quarter, policy: Policy, reported: set[int]
) -> tuple[dict[int, int], dict[int, int]]:
    """Return the running total after each share, and of each person at the quarter's end."""
    since = history_since(policy, quarter.first_day)
    by_share: dict[int, int] = {}
    at_end: dict[int, int] = {}
    rows = store.room_between(session, since=since, before=quarter.next_day)
    for person, group in groupby(rows, key=lambda row: row[0]):
        shares = list(group)
        if person not in reported:
            continue
        entries = [Entry(given_on, cents) for _, given_on, _, cents in shares]
        totals = running_totals([*entries, Entry(quarter.last_day, 0)], policy.year)
        by_share.update({row[2]: total for row, total in zip(shares, totals, strict=False)})
        at_end[person] = totals[-1]
    return by_share, at_end


def _decisions(session: Session, rows: list[ReportedShare]) -> dict[int, tuple[DecisionLine, ...]]:
    lines: dict[int, tuple[DecisionLine, ...]] = {}
    for row in store.decisions_on(session, (share.gift_id for share in rows)):
        reason = f"{row.reason} Remedy: {row.remedy}" if row.remedy else row.reason
        line = DecisionLine(
            decided_at=row.decided_at,
            decided_by=row.decided_by or "The firm's policy",
            kind=row.kind,
            reason=reason,
        )
        lines[row.gift_id] = (*lines.get(row.gift_id, ()), line)
    return lines


def _line(
    policies: PolicyBook,
    row: ReportedShare,
    running: dict[int, int],
    decisions: tuple[DecisionLine, ...],
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
        decisions=decisions,
        late=any(flag["code"] == FlagCode.LATE_ENTRY.value for flag in row.flags),
        planned=not row.already_given,
        ground=row.category.value if row.verdict in _EXEMPT else "",
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


def _standing(
    row: ReportedShare, running: dict[int, int], policy: Policy
) -> tuple[int, int | None, int]:
    """Return the total with the share, the limit of its day, and what is over it.

    The total of Rule 3220 is the one that holds now; another law's is that of the verdict.
    """
    if row.regime != RULE_3220.code:
        return row.running_cents, row.limit_cents, row.excess_cents
    limit = limit_for(RULE_3220, row.given_on, policy).cents
    total = running.get(row.share_id, row.running_cents)
    excess = max(0, total - (limit or 0)) if row.holds_room else row.excess_cents
    return total, limit, excess


_EXEMPT = frozenset({Verdict.EXEMPT_RECORD_ONLY, Verdict.EXEMPT_NO_RECORD_REQUIRED})


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


def _meta(session: Session, quarter: Quarter, policy: Policy, firm: str) -> ReportMeta:
    change = store.latest_change(session)
    at_start = limit_for(RULE_3220, quarter.first_day, policy)
    at_end = limit_for(RULE_3220, quarter.last_day, policy)
    return ReportMeta(
        firm=firm,
        period=quarter.label,
        first_day=quarter.first_day,
        last_day=quarter.last_day,
        scope=WHOLE_FIRM,
        made_at=change.happened_at if change else datetime(1970, 1, 1, tzinfo=UTC),
        year_basis=policy.year_words,
        policy_label=f"{policy.title}, version {policy.version}",
        policy_sha256=policy.sha256,
        trail_events=change.number if change else 0,
        trail_head=change.sha256 if change else GENESIS,
        software=f"Tally 3220 {__version__}",
        limits=tuple(
            DatedLimit(limit.since, limit.cents or 0) for limit in dict.fromkeys((at_start, at_end))
        ),
    )
