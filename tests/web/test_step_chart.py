from datetime import date

from compliance_app.web.step_chart import LimitStep, Mark, Step, step_chart

YEAR = {"start": date(2026, 1, 1), "end": date(2026, 12, 31)}
LIMITS = [LimitStep(date(2026, 1, 1), 100_00), LimitStep(date(2026, 3, 30), 300_00)]


def test_the_limit_steps_where_the_law_did() -> None:
    chart = step_chart([], LIMITS, **YEAR, today=date(2026, 11, 25))

    # 300 of 354 dollars stands 15.25 percent below the top; day 88 of 365 is 24.11 percent.
    assert chart.limit == "M0 71.75H24.11V15.25H100"
    assert [mark.words for mark in chart.limits] == ["$100 limit", "$300 limit from 30 Mar"]
    assert chart.line == "M0 100.0H89.86"


def test_a_gift_that_waits_is_a_rise_of_its_own() -> None:
    steps = [
        Step(date(2026, 1, 1), 59_00, waits=False),
        Step(date(2026, 7, 2), 177_00, waits=True),
    ]
    chart = step_chart(steps, LIMITS, **YEAR, today=date(2026, 11, 25))

    assert chart.line == "M0 100.0H0.0V83.33H49.86M49.86 50.0H89.86"
    assert chart.waiting == "M49.86 83.33V50.0"
    assert chart.area == "M0 100.0H0.0V83.33H49.86V50.0H89.86V100.0Z"
    assert chart.sentence == (
        "Running total: $59.00 on January 1, 2026, $177.00 on July 2, 2026; "
        "the limit is $100.00, $300.00 from March 30, 2026."
    )


def test_amounts_that_would_touch_are_left_out_but_the_last() -> None:
    steps = [Step(date(2026, 7, day), day * 100, waits=False) for day in (1, 2, 3)]
    chart = step_chart(steps, LIMITS, **YEAR, today=date(2026, 11, 25))

    assert chart.amounts == (Mark(50.14, 99.15, "$3.00"),)
    assert len(chart.points) == 3
