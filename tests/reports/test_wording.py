from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from compliance_app.rules.workflow import DecisionKind
from reports.source import DatedLimit
from reports.wording import (
    amount,
    count,
    decision_words,
    limit_words,
    long_day,
    moment,
    percent_of,
    period_words,
    words,
)


@pytest.mark.parametrize(
    ("part", "percent"),
    [
        pytest.param(0, "0%", id="nothing"),
        pytest.param(299_99, "99%", id="a cent below the limit"),
        pytest.param(300_00, "100%", id="the limit"),
        pytest.param(300_01, "101%", id="a cent above the limit"),
        pytest.param(302_52, "101%", id="a little above the limit"),
        pytest.param(600_00, "200%", id="twice the limit"),
        pytest.param(4_500_00, "1,500%", id="far above"),
    ],
)
def test_a_total_above_the_limit_never_reads_as_100_percent(part: int, percent: str) -> None:
    assert percent_of(part, 300_00) == percent


def test_a_limit_of_nothing_is_exceeded_by_anything() -> None:
    assert percent_of(0, 0) == "0%"
    assert percent_of(1, 0) == "over 100%"


def test_a_period_of_a_quarter_is_said_in_words_and_any_other_as_it_is() -> None:
    assert period_words("2004Q2") == "second quarter 2004"
    assert period_words("2004-01-01_2004-12-31") == "year 2004"
    assert period_words("2004-04-01 to 2004-05-15") == "2004-04-01 to 2004-05-15"


def test_a_moment_is_told_in_utc() -> None:
    assert moment(datetime(2026, 5, 5, 14, 2, 59, tzinfo=UTC)) == "2026-05-05 14:02"
    new_york = timezone(timedelta(hours=-4))
    assert moment(datetime(2026, 5, 5, 20, 30, tzinfo=new_york)) == "2026-05-06 00:30"


def test_codes_become_words() -> None:
    assert words("gift_card") == "Gift card"
    assert words("FINRA exemption") == "FINRA exemption"
    assert decision_words(DecisionKind.AUTO_CLEAR) == "Cleared by the policy"
    assert decision_words(DecisionKind.RECORD_BREACH) == "Breach recorded"


def test_amounts_days_counts_and_limits_are_said_alike_everywhere() -> None:
    assert amount(1_234_567_89) == "1,234,567.89"
    assert amount(-5_00) == "-5.00"
    assert long_day(date(2026, 3, 30)) == "March 30, 2026"
    assert count(1, "gift") == "1 gift"
    assert count(1_200, "gift") == "1,200 gifts"
    limits = (DatedLimit(date(1992, 12, 28), 100_00), DatedLimit(date(2026, 3, 30), 300_00))
    assert limit_words(limits) == "$100.00 from December 28, 1992; $300.00 from March 30, 2026"
    assert limit_words(()) == "none is set"
