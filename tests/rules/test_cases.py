"""A file of cases is read strictly; each problem is named by line, key and remedy."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from compliance_app.rules.cases import CaseError, Difference, parse_cases, run_case

GOLDEN: list[dict[str, Any]] = json.loads(
    (Path(__file__).resolve().parents[1] / "golden" / "golden_cases.json").read_text(
        encoding="utf-8"
    )
)
AGGREGATED = next(case for case in GOLDEN if case["id"] == "GC-003")


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    case = deepcopy(AGGREGATED)
    change(case)
    return case


def written(*cases: object) -> str:
    return json.dumps(list(cases), indent=1)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_an_answer_that_differs_is_told_field_by_field() -> None:
    case = changed(
        lambda case: case["expected"].update(decision="exceeds_limit", running_total="300.01")
    )
    (read,) = parse_cases(written(case))
    assert run_case(read) == (
        Difference("running_total", "300.01", "300.00"),
        Difference("decision", "exceeds_limit", "within_limit"),
    )


def test_a_regime_that_does_not_apply_is_a_difference() -> None:
    case = changed(lambda case: case["expected"].update(regime="MSRB_G20"))
    (read,) = parse_cases(written(case))
    assert run_case(read) == (Difference("regime", "MSRB_G20", "FINRA_3220"),)


@pytest.mark.parametrize("field", ["category", "recipient_category"])
def test_a_kind_the_engine_does_not_know_fails_its_own_case_only(field: str) -> None:
    case = changed(lambda case: case["gift"].update({field: "yacht"}))
    strange, plain = parse_cases(written(case, AGGREGATED | {"id": "GC-9003"}))
    (difference,) = run_case(strange)
    assert (difference.field, difference.actual) == (f"gift.{field}", "yacht")
    assert str(difference.expected).startswith("one of ")
    assert run_case(plain) == ()


def test_gifts_of_others_and_gifts_that_do_not_count_are_left_out() -> None:
    def spoil(case: dict[str, Any]) -> None:
        other = case["prior_gifts"][0] | {"recipient_id": "R-9"}
        uncounted = case["prior_gifts"][0] | {"counts": False}
        case["prior_gifts"] += [other, uncounted]

    (read,) = parse_cases(written(changed(spoil)))
    assert len(read.prior) == 1
    assert run_case(read) == ()


def test_the_totals_of_a_case_are_those_of_its_whole_window() -> None:
    def bring_forward(case: dict[str, Any]) -> None:
        last = case["prior_gifts"][0] | {"date": "2026-12-31", "counted_value": "20.00"}
        outside = last | {"date": "2027-01-01"}
        case["prior_gifts"] += [last, outside]
        case["expected"] |= {
            "prior_total": "270.00",
            "running_total": "320.00",
            "remaining_before": "30.00",
            "excess": "20.00",
            "decision": "exceeds_limit",
        }

    (read,) = parse_cases(written(changed(bring_forward)))
    assert run_case(read) == ()


@pytest.mark.parametrize(
    ("change", "key", "message"),
    [
        pytest.param(
            lambda case: case["gift"].pop("tax"),
            "gift.tax",
            "this field is missing; add it.",
            id="a missing field",
        ),
        pytest.param(
            lambda case: case["gift"].update(cost=50),
            "gift.cost",
            'write an amount in quotes, for example "250.00".',
            id="a number for an amount",
        ),
        pytest.param(
            lambda case: case["policy"].update(nominal_value_threshold=float("nan")),
            "policy.nominal_value_threshold",
            'write an amount in quotes, for example "250.00".',
            id="a threshold of NaN",
        ),
        pytest.param(
            lambda case: case["gift"].update(quantity=float("inf")),
            "gift.quantity",
            "write a whole number from 1 to 1000000.",
            id="infinitely many",
        ),
        pytest.param(
            lambda case: case["gift"].update(cost="1e3"),
            "gift.cost",
            '"1e3" is not an amount. Write it as dollars and cents, for example "1,234.50".',
            id="an exponent",
        ),
        pytest.param(
            lambda case: case["gift"].update(quantity=0),
            "gift.quantity",
            "write a whole number from 1 to 1000000.",
            id="none of it",
        ),
        pytest.param(
            lambda case: case["gift"].update(date="2026-02-30"),
            "gift.date",
            "2026-02-30 is not a day of the calendar.",
            id="30 February",
        ),
        pytest.param(
            lambda case: case["gift"].update(date="20260504"),
            "gift.date",
            'write a day in quotes, for example "2026-03-30".',
            id="a day without hyphens",
        ),
        pytest.param(
            lambda case: case["gift"].update(flags="has_logo"),
            "gift.flags",
            'write a list of facts, for example ["has_logo", "host_present:true"].',
            id="facts that are no list",
        ),
        pytest.param(
            lambda case: case["gift"].update(payer="bank"),
            "gift.payer",
            "write one of member, giver_reimbursed, giver_personal, third_party (in quotes).",
            id="a payer nobody knows",
        ),
        pytest.param(
            lambda case: case["prior_gifts"][0].update(counts="yes"),
            "prior_gifts[0].counts",
            "write true or false, without quotes.",
            id="yes",
        ),
        pytest.param(
            lambda case: case.update(prior_gifts={}),
            "prior_gifts",
            "write a list: [ ... ].",
            id="no list",
        ),
        pytest.param(
            lambda case: case.update(prior_gifts=["2026-04-20"]),
            "prior_gifts[0]",
            "write an object: { ... }.",
            id="a gift that is a word",
        ),
        pytest.param(
            lambda case: case.update(gift=[]), "gift", "write an object: { ... }.", id="no gift"
        ),
        pytest.param(
            lambda case: case["expected"].update(decision="fine"),
            "expected.decision",
            (
                "write one of within_limit, exceeds_limit, exempt_record_only, "
                "exempt_no_record_required, needs_compliance_judgement, prohibited, "
                "control_violation (in quotes)."
            ),
            id="a decision nobody makes",
        ),
        pytest.param(
            lambda case: case["policy"].update(fiscal_year_start="02-30"),
            "policy.fiscal_year_start",
            ('02-30 does not exist; write a month and a day, for example "07-01" for July 1.'),
            id="a fiscal year from 30 February",
        ),
        pytest.param(
            lambda case: case.update(id="1"),
            "id",
            'write two capitals, a hyphen and a number, for example "GC-001".',
            id="an id without letters",
        ),
        pytest.param(
            lambda case: case.update(remark=""),
            "remark",
            "this key is not part of a case; remove it.",
            id="an unknown key",
        ),
    ],
)
def test_what_is_wrong_is_named_by_key_and_remedy(
    change: Callable[[dict[str, Any]], object], key: str, message: str
) -> None:
    with pytest.raises(CaseError) as refusal:
        parse_cases(written(changed(change)))
    assert [(problem.key, problem.message) for problem in refusal.value.problems] == [
        (key, message)
    ]


def test_a_problem_names_its_line() -> None:
    second = changed(lambda case: case["gift"].update(cost=50)) | {"id": "GC-9003"}
    text = written(AGGREGATED, second)
    with pytest.raises(CaseError) as refusal:
        parse_cases(text)
    (problem,) = refusal.value.problems
    assert problem.line == line_of(text, '"cost": 50,')


def test_a_missing_field_is_looked_for_in_its_object() -> None:
    text = written(changed(lambda case: case["prior_gifts"][0].pop("date")))
    with pytest.raises(CaseError) as refusal:
        parse_cases(text)
    (problem,) = refusal.value.problems
    assert (problem.key, problem.line) == (
        "prior_gifts[0].date",
        line_of(text, '"prior_gifts": [') + 1,
    )


def test_a_second_case_of_the_same_id_is_refused() -> None:
    text = written(AGGREGATED, AGGREGATED)
    with pytest.raises(CaseError) as refusal:
        parse_cases(text)
    assert str(refusal.value) == (
        f"line {text[: text.rindex('GC-003')].count(chr(10)) + 1}: id: GC-003 stands on line 3 "
        "already; number it anew."
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: this is not JSON: Expecting value."),
        ("[\n{]", "line 2: this is not JSON: "),
        ("{}", "line 1: the file must hold a list of cases: [ ... ]."),
        ('[{"id": 1, "id": 2}]', 'line 1: this is not JSON: the key "id" stands twice'),
        ("[" * 100_000, "line 1: this is not JSON: "),
        ("[5]", "line 1: write an object: { ... }."),
    ],
)
def test_what_is_no_list_of_cases_is_refused(text: str, message: str) -> None:
    with pytest.raises(CaseError) as refusal:
        parse_cases(text)
    assert str(refusal.value).startswith(message)


def test_an_empty_list_holds_no_case() -> None:
    assert parse_cases(" [ ]\n") == ()


def test_a_fact_the_engine_cannot_read_names_the_case() -> None:
    flags = ["fee_not_tax_or_delivery:much"]
    case = changed(
        lambda case: case["gift"].update(flags=flags, cost="301.00", category="gift_card")
    )
    (read,) = parse_cases(written(case))
    with pytest.raises(CaseError, match=r'line 2: GC-003 gift\.flags: The fact "fee_not_tax'):
        run_case(read)
