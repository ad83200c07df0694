"""Every published golden case is met, and the file is what its schema says."""

import json
from pathlib import Path

import jsonschema
import pytest

from compliance_app.rules.cases import Case, Kind, parse_cases, run_case

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "tests" / "golden" / "golden_cases.json").read_text(encoding="utf-8")
CASES = parse_cases(TEXT)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.kind is not Kind.CONTROL], ids=lambda case: case.id
)
def test_the_engine_answers_as_the_case_expects(case: Case) -> None:
    assert run_case(case) == ()


def test_no_case_is_lost() -> None:
    assert len(CASES) == 88
    assert sum(case.kind is Kind.CONTROL for case in CASES) == 12


def test_the_golden_cases_follow_their_schema() -> None:
    schema = json.loads((ROOT / "docs" / "golden-cases.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(TEXT), schema, cls=jsonschema.Draft202012Validator)
