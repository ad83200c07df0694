"""`tally3220 recipients`: scanning, merging, undoing, and what is said of it."""

import json
from pathlib import Path

from tests.cli.conftest import Console

ROWS = (
    "given_on,giver_email,recipient_name,employer,category,description,cost\n"
    "2026-05-06,rita@firm.example,Jon Fischer,Acme Corp,merchandise,Tea,200.00\n"
    '2026-05-07,rita@firm.example,"Fischer, Jonathan",ACME Corporation,merchandise,Tray,150.00\n'
    "2026-05-08,rita@firm.example,Ida Rask,Acme Corp,merchandise,Cake,12.00\n"
)


def test_a_scan_finds_a_pair_and_a_merge_names_what_is_over(
    console: Console, register: Path, tmp_path: Path
) -> None:
    file = tmp_path / "gifts.csv"
    file.write_text(ROWS, encoding="utf-8")
    console("gifts", "import", file)
    assert console("recipients", "scan").output == (
        "5 recipients compared; 1 pair new on the list.\n"
    )
    assert json.loads(console("recipients", "scan", "--json").output)["new_pairs"] == 0
    (pair,) = json.loads(console("recipients", "pairs", "--json").output)
    assert pair["sentence"] == ("same family name; Jon is a form of Jonathan; same employer")
    one, other = pair["first"]["id"], pair["second"]["id"]
    merged = console("recipients", "merge", one, other, "--reason", "One man")
    assert (merged.exit_code, merged.stderr) == (0, "")
    assert "over by $50.00" in merged.output
    assert merged.output.endswith("Fischer, Jonathan goes on for Jon Fischer.\n")
    listed = console("recipients", "findings").output
    assert "over the limit of $300.00" in listed
    assert listed.endswith("1 gift to act on.\n")
    assert console("audit", "replay").exit_code == 0
    again = console("recipients", "merge", one, other, "--reason", "One man")
    assert (again.exit_code, again.stderr) == (
        1,
        "Jon Fischer and Fischer, Jonathan are one person already; name two different people.\n",
    )
    undone = console("recipients", "unmerge", one, "--reason", "Two men")
    assert undone.output.endswith("Jon Fischer stands apart from Fischer, Jonathan.\n")
    assert json.loads(console("recipients", "findings", "--json").output) == []
    assert console("recipients", "unmerge", one, "--reason", "Two men").exit_code == 1
