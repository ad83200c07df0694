from datetime import date

import pytest

from compliance_app.rules.facts import Category, Facts
from compliance_app.rules.reasons import Reason, ReasonCode, say_day, say_period
from compliance_app.rules.settings import Policy
from tests.rules.make import judge, make_facts


def test_every_reason_is_stored_and_read_back_with_its_sentence() -> None:
    answer = judge(make_facts("2026-05-04", cost_cents=60_00), ("2026-08-01", 250_00))
    for reason in answer.reasons:
        again = Reason.from_document(reason.as_document())
        assert again == reason
        assert again.sentence == reason.sentence


def test_a_stored_reason_is_made_of_plain_values() -> None:
    reason = Reason.of(ReasonCode.EXEMPTION, "Rule 9600 Series", exemption="EX-1")
    assert reason.as_document() == {
        "code": "exemption_on_file",
        "params": {"exemption": "EX-1"},
        "authority": "Rule 9600 Series",
    }
    assert reason.sentence == (
        "The gift is covered by the relief FINRA granted under EX-1 (Rule 9600 Series)."
    )


def test_what_a_person_wrote_is_never_taken_for_a_place_to_fill() -> None:
    reason = Reason.of(ReasonCode.EXEMPTION, "", exemption="{0.__class__} {limit_cents}")
    assert "{0.__class__} {limit_cents}" in reason.sentence


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-01-01", "2026-12-31", "in 2026"),
        ("2026-05-03", "2026-05-03", "on May 3, 2026"),
        ("2026-07-01", "2027-06-30", "from July 1, 2026 to June 30, 2027"),
        ("2026-01-01", "2027-12-31", "from January 1, 2026 to December 31, 2027"),
    ],
)
def test_a_period_is_named_as_people_name_it(start: str, end: str, words: str) -> None:
    assert say_period(date.fromisoformat(start), date.fromisoformat(end)) == words


def test_a_day_is_written_in_words() -> None:
    assert say_day(date(2026, 3, 30)) == "March 30, 2026"


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        pytest.param(
            make_facts(
                category=Category.ENTERTAINMENT,
                host_present=True,
                evidence={"entertainment_count_in_quarter": "6"},
            ),
            "This is event number 6 for this client in the quarter, so someone in compliance must "
            "judge whether that is too many (NASD letter to T. Rowe Price, June 10, 1999).",
            id="often",
        ),
        pytest.param(
            make_facts(category=Category.DE_MINIMIS, cost_cents=12_00),
            "The value is not above the firm's nominal value of $50.00, so it does not count "
            "toward the limit (Rule 3220, supplementary material on de minimis, promotional and "
            "commemorative items).",
            id="nominal",
        ),
        pytest.param(
            make_facts(
                category=Category.DISASTER_DONATION,
                evidence={"federal_major_disaster_declaration": "DR-4000"},
            ),
            "The help follows the federal disaster declaration DR-4000, so it does not count "
            "toward the limit (Rule 3220, supplementary material on federally declared major "
            "disasters).",
            id="disaster",
        ),
    ],
)
def test_what_takes_a_gift_out_of_the_sum_is_told_with_its_facts(
    facts: Facts, sentence: str
) -> None:
    claim = judge(facts, policy=Policy(nominal_value_threshold_cents=50_00)).claim
    assert claim is not None
    assert claim.sentence == sentence
