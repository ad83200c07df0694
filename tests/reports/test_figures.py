from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from compliance_app.rules.workflow import DecisionKind
from reports.charts import draw_months, draw_use
from reports.figures import (
    CategoryFigure,
    MonthFigure,
    add_up,
    is_exception,
    is_excluded,
    is_over,
    is_pending,
    use_of_limit,
)
from reports.quarter import build_pdf
from reports.source import DecisionLine, RecipientTotal
from tests.reports.pages import texts
from tests.reports.sample import make_report, make_share

TOTAL = RecipientTotal(1, "Priya Abernathy", "Beacon", 1, 0, 0, 300_00, over=False)


def test_a_gift_to_two_people_is_one_gift_and_two_shares() -> None:
    figures = add_up(make_report(make_share(), make_share(recipient_id=2)))
    assert (figures.gifts, figures.shares, figures.recipients, figures.employers) == (1, 2, 2, 1)


def test_only_what_counts_is_added_up() -> None:
    figures = add_up(
        make_report(make_share(counted_cents=10_00), make_share(counted_cents=5_00, counts=False))
    )
    assert figures.counted_cents == 10_00


def test_every_month_of_the_period_has_its_figure() -> None:
    report = make_report(
        make_share(given_on=date(2025, 12, 31), counted_cents=10_00),
        make_share(
            gift_reference="G-000002",
            given_on=date(2026, 2, 1),
            counted_cents=5_00,
            counts=False,
        ),
        first_day=date(2025, 12, 1),
        last_day=date(2026, 2, 28),
    )
    assert add_up(report).months == (
        MonthFigure("December 2025", 1, 10_00),
        MonthFigure("January 2026", 0, 0),
        MonthFigure("February 2026", 1, 0),
    )


def test_the_most_frequent_category_comes_first() -> None:
    report = make_report(
        make_share(category="ticket", counted_cents=1_00),
        make_share(gift_reference="G-000002", category="merchandise", counted_cents=2_00),
        make_share(gift_reference="G-000003", category="ticket", counted_cents=4_00),
    )
    assert add_up(report).categories == (
        CategoryFigure("ticket", 2, 5_00),
        CategoryFigure("merchandise", 1, 2_00),
    )


def test_a_gift_to_several_recipients_is_one_gift_wherever_it_is_counted() -> None:
    report = make_report(
        make_share(category="ticket", counted_cents=20_00),
        make_share(category="ticket", counted_cents=20_00, recipient_id=2, recipient="Ida Holm"),
    )
    figures = add_up(report)
    assert (figures.gifts, figures.shares, figures.decisions) == (1, 2, 1)
    assert figures.categories == (CategoryFigure("ticket", 1, 40_00),)
    assert [month.gifts for month in figures.months] == [0, 1, 0]
    pages = " ".join(" ".join(texts(build_pdf(report))).split())
    assert "1 gift to 2 recipients, 40.00 counted" in pages
    assert "All 1 40.00" in pages
    assert "All 2 recipients 1 40.00" in pages


@pytest.mark.parametrize(
    ("changes", "over"),
    [
        pytest.param({}, False, id="within the limit"),
        pytest.param({"verdict": "exceeds_limit"}, True, id="over the limit"),
        pytest.param({"verdict": "prohibited"}, True, id="prohibited"),
        pytest.param({"state": "breach"}, True, id="a breach"),
        pytest.param({"excess_cents": 1}, True, id="a cent in excess"),
        pytest.param({"verdict": "needs_compliance_judgement"}, False, id="open"),
    ],
)
def test_a_share_is_over_by_its_verdict_its_state_or_its_excess(
    changes: dict[str, object], over: bool
) -> None:
    assert is_over(make_share(**changes)) is over


def test_a_granted_exception_is_listed_though_nothing_is_over() -> None:
    granted = DecisionLine(
        datetime(2026, 5, 1, tzinfo=UTC), "Dana", DecisionKind.GRANT_EXCEPTION, ""
    )
    assert is_exception(make_share(decisions=(granted,)))
    assert not is_exception(make_share())


def test_what_is_exempt_by_its_verdict_is_an_exclusion() -> None:
    assert is_excluded(make_share(verdict="exempt_record_only"))
    assert is_excluded(make_share(verdict="exempt_no_record_required"))
    assert not is_excluded(make_share(verdict="within_limit"))


@pytest.mark.parametrize(
    ("state", "pending"),
    [("submitted", True), ("sent_back", True), ("approved", False), ("given", False)],
)
def test_what_is_submitted_or_sent_back_waits(state: str, pending: bool) -> None:
    assert is_pending(make_share(state=state)) is pending


@pytest.mark.parametrize(
    ("running_cents", "band"),
    [
        pytest.param(0, 0, id="nothing"),
        pytest.param(75_00, 0, id="a quarter"),
        pytest.param(75_01, 1, id="a cent more than a quarter"),
        pytest.param(225_01, 3, id="a cent more than three quarters"),
        pytest.param(300_00, 3, id="the limit itself"),
    ],
)
def test_the_use_of_the_limit_is_told_in_quarters(running_cents: int, band: int) -> None:
    assert use_of_limit(replace(TOTAL, running_cents=running_cents)) == band


def test_who_is_over_is_in_the_last_band_and_who_has_no_limit_in_none() -> None:
    assert use_of_limit(replace(TOTAL, over=True)) == 4
    assert use_of_limit(replace(TOTAL, limit_cents=None)) is None


def test_the_month_chart_shows_every_amount_even_where_all_are_nothing() -> None:
    months = [MonthFigure("May 2026", 0, 0), MonthFigure("June 2026", 0, 0)]
    drawing = draw_months(months, width=300, height=140).drawing
    texts = [shape.text for shape in drawing.contents if hasattr(shape, "text")]
    assert texts == [
        "$0", "$1", "$0", "May 2026", "0 gifts", "$0", "June 2026", "0 gifts",
    ]  # fmt: skip


def test_the_steps_of_the_month_chart_are_round() -> None:
    drawing = draw_months([MonthFigure("May 2026", 3, 1_837_00)], width=300, height=140).drawing
    texts = [shape.text for shape in drawing.contents if hasattr(shape, "text")]
    assert texts[:5] == ["$0", "$500", "$1,000", "$1,500", "$2,000"]
    assert texts[5:] == ["$1,837", "May 2026", "3 gifts"]


def test_the_use_chart_draws_no_bar_longer_than_its_room() -> None:
    drawing = draw_use([0, 1, 2, 3, 1_000], width=400, height=92).drawing
    bars = [shape.width for shape in drawing.contents if hasattr(shape, "width")]
    assert max(bars) == 400 - 66 - 46
    assert min(bars) == 0
