"""The gate before every report: its totals equal the sums of its shares, in one order."""

from collections import Counter
from dataclasses import replace

from compliance_app.rules.money import format_dollars
from reports.source import QuarterReport, RecipientTotal, ShareLine


class ReconciliationError(Exception):
    """The totals of a report differ from its shares, so it must not be handed over."""


def reconcile(report: QuarterReport) -> QuarterReport:
    """Return the report in its order, or refuse it when a total is not the sum of its shares."""
    gifts: Counter[int] = Counter()
    cents: Counter[int] = Counter()
    for share in report.shares:
        gifts[share.recipient_id] += 1
        if share.counts:
            cents[share.recipient_id] += share.counted_cents
    for total in report.totals:
        _check(total, gifts=gifts.pop(total.recipient_id, 0), cents=cents[total.recipient_id])
    if gifts:
        raise ReconciliationError(
            f"The report has shares of recipient {min(gifts)} but no total for that recipient;"
            " each recipient of a share must have exactly one total."
        )
    return replace(
        report,
        shares=sorted(report.shares, key=_share_order),
        totals=sorted(report.totals, key=_total_order),
    )


def _check(total: RecipientTotal, *, gifts: int, cents: int) -> None:
    if total.gifts != gifts:
        raise ReconciliationError(
            f"The total of {total.recipient} says {total.gifts} gifts, but the report lists"
            f" {gifts} for recipient {total.recipient_id}; the two must be equal."
        )
    if total.quarter_cents != cents:
        raise ReconciliationError(
            f"The total of {total.recipient} says {format_dollars(total.quarter_cents)}, but the"
            f" shares that count come to {format_dollars(cents)}; the two must be equal."
        )


def _share_order(share: ShareLine) -> tuple[object, ...]:
    return (
        share.employer.casefold(),
        share.employer,
        share.recipient.casefold(),
        share.recipient,
        share.recipient_id,
        share.given_on,
        share.gift_reference,
        share.version,
    )


def _total_order(total: RecipientTotal) -> tuple[object, ...]:
    return (
        total.employer.casefold(),
        total.employer,
        total.recipient.casefold(),
        total.recipient,
        total.recipient_id,
    )
