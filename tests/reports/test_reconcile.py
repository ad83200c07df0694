from dataclasses import replace

import pytest

from reports.reconcile import ReconciliationError, reconcile
from reports.source import RecipientTotal
from tests.reports.sample import make_report, make_share

REPORT = make_report(
    make_share(counted_cents=100_00),
    make_share(gift_reference="G-000002", counted_cents=20_00),
    make_share(gift_reference="G-000003", counted_cents=5_00, counts=False),
)
[TOTAL] = REPORT.totals


def test_totals_that_are_the_sums_of_their_shares_pass() -> None:
    assert reconcile(REPORT).totals == [TOTAL]


def test_what_does_not_count_is_no_part_of_a_total() -> None:
    assert TOTAL.quarter_cents == 120_00
    with pytest.raises(ReconciliationError) as refused:
        reconcile(replace(REPORT, totals=[replace(TOTAL, quarter_cents=125_00)]))
    assert str(refused.value) == (
        "The total of Priya Abernathy says $125.00, but the shares that count come to $120.00;"
        " the two must be equal."
    )


def test_a_total_counts_every_share_of_its_recipient() -> None:
    with pytest.raises(ReconciliationError) as refused:
        reconcile(replace(REPORT, totals=[replace(TOTAL, gifts=2)]))
    assert str(refused.value) == (
        "The total of Priya Abernathy says 2 gifts, but the report lists 3 for recipient 1;"
        " the two must be equal."
    )


def test_a_share_without_a_total_is_refused() -> None:
    with pytest.raises(ReconciliationError) as refused:
        reconcile(replace(REPORT, totals=[]))
    assert str(refused.value) == (
        "The report has shares of recipient 1 but no total for that recipient;"
        " each recipient of a share must have exactly one total."
    )


@pytest.mark.parametrize(
    "totals",
    [[TOTAL, TOTAL], [TOTAL, replace(TOTAL, recipient_id=2)]],
    ids=["twice", "without a share"],
)
def test_a_total_of_nothing_is_refused(totals: list[RecipientTotal]) -> None:
    with pytest.raises(ReconciliationError, match="says 3 gifts, but the report lists 0"):
        reconcile(replace(REPORT, totals=totals))
