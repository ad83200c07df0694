"""A small firm's quarter to make reports of; every part can be said otherwise."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from compliance_app.rules.workflow import DecisionKind
from reports.source import (
    DatedLimit,
    DecisionLine,
    QuarterReport,
    RecipientTotal,
    ReportMeta,
    ShareLine,
)

META = ReportMeta(
    firm="Ardmore & Lyle Securities LLC",
    stem="register-2026Q2",
    period="2026Q2",
    first_day=date(2026, 4, 1),
    last_day=date(2026, 6, 30),
    scope="The whole firm",
    made_at=datetime(2026, 7, 5, 21, 30, tzinfo=UTC),
    year_basis="Calendar year, January 1 to December 31",
    policy_label="Gift policy version 4",
    policy_sha256="5f" * 32,
    trail_events=18_422,
    trail_head="ab12cd34" * 8,
    software="Tally 3220 0.1.0",
    limits=(DatedLimit(date(2026, 3, 30), 300_00),),
)
APPROVAL = DecisionLine(
    decided_at=datetime(2026, 5, 5, 14, 2, tzinfo=UTC),
    decided_by="Dana Castellano",
    kind=DecisionKind.APPROVE,
    reason="Modest and usual",
)
SHARE = ShareLine(
    gift_reference="G-000001",
    version=1,
    given_on=date(2026, 5, 4),
    logged_on=date(2026, 5, 5),
    recipient_id=1,
    recipient="Priya Abernathy",
    employer="Beacon Pension Advisors",
    giver="Wei Dubois",
    logged_by="Wei Dubois",
    category="gift_card",
    description="Dinner voucher",
    purpose="Thanks for the annual review",
    counted_cents=100_00,
    counts=True,
    running_cents=100_00,
    limit_cents=300_00,
    excess_cents=0,
    state="given",
    verdict="within_limit",
    regime="FINRA_3220",
    decisions=(APPROVAL,),
)


def make_share(**changes: Any) -> ShareLine:  # noqa: ANN401
    """Return a share within the limit, with some of it said otherwise."""
    return replace(SHARE, **changes)


def make_report(*shares: ShareLine, **changes: Any) -> QuarterReport:  # noqa: ANN401
    """Return a report of shares whose totals agree with them."""
    by_recipient: dict[int, list[ShareLine]] = {}
    for share in shares:
        by_recipient.setdefault(share.recipient_id, []).append(share)
    totals = [_total(lines) for lines in by_recipient.values()]
    return QuarterReport(replace(META, **changes), shares, totals)


def _total(lines: list[ShareLine]) -> RecipientTotal:
    cents = sum(line.counted_cents for line in lines if line.counts)
    last = lines[-1]
    return RecipientTotal(
        recipient_id=last.recipient_id,
        recipient=last.recipient,
        employer=last.employer,
        gifts=len(lines),
        quarter_cents=cents,
        running_cents=cents,
        limit_cents=300_00,
        over=cents > 300_00,
    )


def make_many(count: int) -> QuarterReport:
    """Return a report of many shares, three to a recipient and forty to an employer."""
    return make_report(
        *(
            make_share(
                gift_reference=f"G-{i:06}",
                recipient_id=i // 3,
                recipient=f"Recipient {i // 3:04}",
                employer=f"Employer {i // 40:03}",
                counted_cents=10_00,
            )
            for i in range(count)
        )
    )


BREACH = make_share(
    gift_reference="G-000002",
    recipient_id=2,
    recipient="Omar Müller",
    counted_cents=350_00,
    running_cents=350_00,
    excess_cents=50_00,
    state="breach",
    verdict="exceeds_limit",
    reasons=("All gifts from the firm to this person in 2026 come to $350.00.",),
    decisions=(
        DecisionLine(
            datetime(2026, 5, 9, 10, 0, tzinfo=UTC),
            "Rosa Delgado",
            DecisionKind.RECORD_BREACH,
            "The recipient returned the clock",
        ),
    ),
)
EXEMPT = make_share(
    gift_reference="G-000003",
    recipient_id=3,
    recipient="Ana Silva",
    counts=False,
    running_cents=None,
    verdict="exempt_record_only",
    ground="Commemorative item",
)
PENDING = make_share(
    gift_reference="G-000004", recipient_id=4, recipient="Lee Park", state="submitted", decisions=()
)
LATE = make_share(
    gift_reference="G-000005",
    recipient_id=5,
    recipient="Ida Holm",
    given_on=date(2026, 4, 2),
    logged_on=date(2026, 5, 20),
    late=True,
)
QUARTER = make_report(make_share(), BREACH, EXEMPT, PENDING, LATE)
