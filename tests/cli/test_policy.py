import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from compliance_app.cli.policy import policy

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "golden_cases.json"
TEMPLATE = ROOT / "compliance_app" / "policy_template.toml"


def check(file: Path, *options: str) -> Result:
    return CliRunner().invoke(policy, ["check", str(file), *options])


@pytest.fixture
def one_wrong(tmp_path: Path) -> Path:
    """Write two golden cases of which the second expects what is not so."""
    cases = json.loads(GOLDEN.read_text(encoding="utf-8"))[:2]
    cases[1]["expected"] |= {"prior_total": "200.00", "excess": "1.00"}
    file = tmp_path / "cases.json"
    file.write_text(json.dumps(cases, indent=1), encoding="utf-8")
    return file


def test_cases_that_agree_are_counted() -> None:
    result = check(GOLDEN)
    assert (result.exit_code, result.output) == (
        0,
        "88 cases: 76 passed, 0 failed, 12 skipped (workflow, not judged by the engine).\n",
    )


def test_programs_get_one_json_object() -> None:
    result = check(GOLDEN, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"total": 88, "passed": 76, "failed": [], "skipped": 12}


def test_a_case_that_differs_is_one_line_and_the_answer_is_no(one_wrong: Path) -> None:
    result = check(one_wrong)
    assert result.exit_code == 1
    assert result.output == (
        'GC-003 (line 63): prior_total should be "200.00" but is "250.00"; excess should be '
        '"1.00" but is "0.00"\n'
        "2 cases: 1 passed, 1 failed, 0 skipped (workflow, not judged by the engine).\n"
    )


def test_a_case_that_differs_is_told_to_programs(one_wrong: Path) -> None:
    result = check(one_wrong, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["failed"] == [
        {
            "id": "GC-003",
            "field": "prior_total",
            "expected": "200.00",
            "actual": "250.00",
            "more": [{"field": "excess", "expected": "1.00", "actual": "0.00"}],
        }
    ]


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read(tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    text = GOLDEN.read_text(encoding="utf-8").replace("\n", "\r\n")
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert check(file).exit_code == 0


def test_a_file_that_cannot_be_read_is_wrong_use(tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    file.write_text('[{"id": "GC-001"}]', encoding="utf-8")
    result = check(file)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert f"{file}, line 1: kind: this field is missing; add it.\n" in result.stderr


def test_a_file_in_another_encoding_is_wrong_use(tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    file.write_bytes(b'["\xff"]')
    result = check(file)
    assert result.exit_code == 2
    assert "is not UTF-8; save it in that encoding." in result.stderr


def test_a_huge_file_is_wrong_use(tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    with file.open("wb") as hole:
        hole.truncate(200_000_001)
    result = check(file)
    assert result.exit_code == 2
    assert "is larger than 200 MB" in result.stderr


def test_a_policy_is_checked_by_the_same_command() -> None:
    result = check(TEMPLATE)
    assert (result.exit_code, result.output) == (0, "Gifts and gratuities: can be adopted.\n")
    assert json.loads(check(TEMPLATE, "--json").stdout) == {"title": "Gifts and gratuities"}


def test_a_policy_looser_than_the_rule_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    loose = '\n[[firm_limit]]\nfrom = 2026-03-30\namount = "300.01"\n'
    file.write_text(TEMPLATE.read_text(encoding="utf-8") + loose, encoding="utf-8")
    result = check(file)
    assert result.exit_code == 2
    assert "firm_limit.amount: $300.01 is more than the rule allows on 2026-03-30" in result.stderr
