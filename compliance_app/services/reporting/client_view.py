"""What a client may be told: what its people were given, without the firm's own business."""

from dataclasses import replace

from compliance_app.rules.workflow import State
from reports.source import QuarterReport, ShareLine

# What was only asked for, declined or taken back was never given.
GIVEN = frozenset({State.GIVEN.value, State.BREACH.value, State.RETURNED.value})


def for_the_client(report: QuarterReport) -> QuarterReport:
    """Return the report with the gifts that were given, and nothing the firm keeps to itself.

    Left out are limits, decisions, flags and verdicts, what counts against a limit (a person's
    total has gifts in it from before they came to this client), and all that stands behind them.
    """
    shares = [_told(line) for line in report.shares if line.state in GIVEN]
    gifts: dict[int, int] = {}
    cents: dict[int, int] = {}
    for line in shares:
        gifts[line.recipient_id] = gifts.get(line.recipient_id, 0) + 1
        counted = line.counted_cents if line.counts else 0
        cents[line.recipient_id] = cents.get(line.recipient_id, 0) + counted
    totals = [
        replace(
            total,
            gifts=gifts[total.recipient_id],
            quarter_cents=cents[total.recipient_id],
            running_cents=cents[total.recipient_id],
            limit_cents=None,
            over=False,
        )
        for total in report.totals
        if total.recipient_id in gifts
    ]
    return QuarterReport(replace(report.meta, limits=()), shares, totals)


def _told(line: ShareLine) -> ShareLine:
    return replace(
        line,
        state=State.GIVEN.value,
        running_cents=None,
        limit_cents=None,
        excess_cents=0,
        verdict="",
        regime="",
        reasons=(),
        flags=(),
        decisions=(),
        late=False,
        waited_at_end=False,
        ground="",
        exemption="",
        logged_by=line.giver,
        logged_by_email="",
        logged_on=line.given_on,
        cost_cents=None,
        market_value_cents=None,
        face_value_cents=None,
        tax_cents=0,
        delivery_cents=0,
        purpose="",
    )
