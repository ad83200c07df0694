"""The policy at the console: shown, adopted, refused by line and key, and tried out."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Console

FIRST = 'title = "Gifts"\nversion = "7"\n'
STRICTER = FIRST + '[[firm_limit]]\nfrom = 2026-03-30\namount = "250.00"\n'
OFFICER = ("--as", "olga@firm.example", "--reason", "Board of May 4")
GIFTS = (
    "reference,given_on,giver_email,recipient_name,category,description,cost\n"
    "A-1,2026-05-04,rita@firm.example,Morgan Ellery,merchandise,Basket,180.00\n"
    "A-2,2026-06-04,rita@firm.example,Morgan Ellery,merchandise,Basket,90.00\n"
)


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    return written(tmp_path, STRICTER)


@pytest.fixture
def gifts(tmp_path: Path) -> Path:
    path = tmp_path / "gifts.csv"
    path.write_text(GIFTS, encoding="utf-8")
    return path


def written(folder: Path, text: str) -> Path:
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def versions(register: Path) -> int:
    with closing(sqlite3.connect(register)) as connection:
        (number,) = connection.execute("SELECT count(*) FROM policy").fetchone()
    return int(number)


def test_before_the_firm_adopts_one_the_template_is_shown(console: Console, register: Path) -> None:
    result = console("policy", "show")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "The firm has not adopted a policy; the template" in result.output
    assert "  Every other gift: A supervisor decides\n" in result.output


def test_an_adopted_version_is_shown(console: Console, register: Path, policy: Path) -> None:
    result = console("policy", "adopt", policy, *OFFICER)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "The firm's own limit from March 30, 2026: was Not set; is $250\n" in result.output
    assert result.output.splitlines()[-1].startswith("Adopted; in force for all time. SHA-256 ")
    shown = console("policy", "show").output
    assert "In force for all time; adopted by Olga Officer on " in shown
    assert "Reason: Board of May 4\n" in shown


def test_the_policy_of_a_day_is_shown_to_programs(
    console: Console, register: Path, policy: Path
) -> None:
    console("policy", "adopt", policy, *OFFICER)
    shown = json.loads(console("policy", "show", "--on", "2026-05-04", "--json").output)
    assert shown["document"] == STRICTER
    assert (shown["version"], shown["adopted_by"]) == ("7", "olga@firm.example")
    assert shown["settings"]["What counts"]["The firm's own limit from March 30, 2026"] == "$250"
    assert {"name": "Version", "was": "1", "now": "7"} in shown["changes"]


@pytest.mark.parametrize(
    ("rest", "problem"),
    [
        pytest.param(
            "colour = 1\n",
            "line 3: colour: this is not known here; known are title, version, effective_on",
            id="an unknown key",
        ),
        pytest.param(
            '[[firm_limit]]\nfrom = 2026-03-30\namount = "300.01"\n',
            "line 5: firm_limit.amount: $300.01 is more than the rule allows",
            id="a limit above the rule's",
        ),
        pytest.param(
            '[year]\nbasis = "fiscal"\nfiscal_start = "02-30"\n',
            "line 5: year.fiscal_start: 02-30 does not exist",
            id="a year that starts on February 30",
        ),
        pytest.param(
            "[amounts]\nnominal_value = nan\n",
            "line 4: amounts.nominal_value: write an amount in quotes",
            id="a threshold of NaN",
        ),
        pytest.param("[year\n", "line 3: this is not TOML", id="no TOML"),
    ],
)
def test_a_document_that_cannot_be_adopted_is_refused_by_line_and_key(
    console: Console, register: Path, tmp_path: Path, rest: str, problem: str
) -> None:
    path = written(tmp_path, FIRST + rest)
    for arguments in (("adopt", path, *OFFICER), ("what-if", path)):
        result = console("policy", *arguments)
        assert (result.exit_code, result.output) == (2, result.stderr)
        assert result.stderr.startswith(f"{path}, {problem}")
    assert versions(register) == 0


def test_two_versions_of_one_day_are_refused(
    console: Console, register: Path, policy: Path, tmp_path: Path
) -> None:
    console("policy", "adopt", policy, *OFFICER)
    result = console("policy", "adopt", written(tmp_path, FIRST), *OFFICER)
    assert result.exit_code == 2
    assert "line 1: effective_on: this key is missing" in result.stderr
    assert versions(register) == 1


def test_adopting_needs_a_reason(console: Console, register: Path, policy: Path) -> None:
    missing = console("policy", "adopt", policy, "--as", "olga@firm.example")
    empty = console("policy", "adopt", policy, "--as", "olga@firm.example", "--reason", " ")
    assert (missing.exit_code, empty.exit_code) == (2, 2)
    assert empty.stderr.startswith("Say why the firm adopts this version")
    assert versions(register) == 0


def test_who_may_not_adopt_is_refused_and_recorded(
    console: Console, register: Path, policy: Path
) -> None:
    result = console("policy", "adopt", policy, "--as", "rita@firm.example", "--reason", "Mine")
    assert result.exit_code == 1
    assert result.stderr.startswith("Your role does not allow this.")
    assert versions(register) == 0
    with closing(sqlite3.connect(register)) as connection:
        last = connection.execute(
            "SELECT event, actor FROM trail_event ORDER BY number DESC LIMIT 1"
        ).fetchone()
    assert last == ("attempt:refused", "rita@firm.example")


def test_nobody_adopts_in_the_name_of_a_stranger(
    console: Console, register: Path, policy: Path
) -> None:
    arguments = ("--as", "nobody@firm.example", "--reason", "Why")
    result = console("policy", "adopt", policy, *arguments)
    assert result.exit_code == 2
    assert result.stderr == "Nobody of the firm has the address nobody@firm.example.\n"


def test_what_would_change_is_listed(
    console: Console, register: Path, policy: Path, gifts: Path
) -> None:
    console("gifts", "import", gifts)
    result = console("policy", "what-if", policy)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.output == (
        "A-2, 2026-06-04, Morgan Ellery: was within the limit, counts for $90.00; "
        "would be over the limit, counts for $90.00, $20.00 over.\n"
        "2026-06: 1 of 1 assessment would change; over the limit or not allowed 1 instead of 0, "
        "in excess $20.00 instead of $0.00.\n"
        "In all: 1 of 2 assessments would change; over the limit or not allowed 1 instead of 0, "
        "in excess $20.00 instead of $0.00.\n"
    )
    assert console("policy", "what-if", policy, "--until", "2026-05-31").output == (
        "In all: 0 of 1 assessment would change; over the limit or not allowed 0 instead of 0, "
        "in excess $0.00 instead of $0.00.\n"
    )
    assert console("policy", "what-if", policy, "--since", "2026-06-01").output.startswith("A-2, ")


def test_a_file_and_the_register_give_the_same_list(
    console: Console, register: Path, policy: Path, gifts: Path
) -> None:
    of_the_file = console("policy", "what-if", policy, "--csv", gifts, "--json").output
    console("gifts", "import", gifts)
    of_the_register = console("policy", "what-if", policy, "--json").output
    assert of_the_file == of_the_register
    assert json.loads(of_the_file) == {
        "changes": [
            {
                "reference": "A-2",
                "given_on": "2026-06-04",
                "recipient": "Morgan Ellery",
                "then": {"verdict": "within_limit", "counted": "90.00", "excess": "0.00"},
                "now": {"verdict": "exceeds_limit", "counted": "90.00", "excess": "20.00"},
            }
        ],
        "months": [
            {"month": "2026-05", **sums(1, 0, "180.00", "0.00")},
            {"month": "2026-06", **sums(1, 1, "90.00", "20.00")},
        ],
        "total": sums(2, 1, "270.00", "20.00"),
    }


def sums(shares: int, changed: int, counted: str, excess_now: str) -> dict[str, object]:
    return {
        "shares": shares,
        "changed": changed,
        "over_then": 0,
        "over_now": changed,
        "counted_then": counted,
        "counted_now": counted,
        "excess_then": "0.00",
        "excess_now": excess_now,
    }


def test_the_whole_list_is_written_to_a_file(
    console: Console, register: Path, policy: Path, gifts: Path, tmp_path: Path
) -> None:
    target = tmp_path / "list.csv"
    result = console("policy", "what-if", policy, "--csv", gifts, "--list", target)
    assert result.output.startswith("2026-06: 1 of 1 assessment would change")
    assert target.read_bytes().splitlines()[1:] == [
        b"A-2,2026-06-04,Morgan Ellery,within_limit,exceeds_limit,90.00,90.00,0.00,20.00"
    ]


def test_a_bad_row_is_explained_and_nothing_is_replayed(
    console: Console, register: Path, policy: Path, gifts: Path
) -> None:
    gifts.write_text(GIFTS.replace("180.00", "much"), encoding="utf-8")
    result = console("policy", "what-if", policy, "--csv", gifts)
    assert (result.exit_code, result.output) == (2, result.stderr)
    assert result.stderr.splitlines()[0].startswith("Line 2, cost: ")
    assert result.stderr.splitlines()[1] == "Nothing was replayed: mend 1 of the 2 rows first."
