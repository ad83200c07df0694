import json
from pathlib import Path

from tests.cli.conftest import Console

GOOD = (
    "given_on,giver_email,recipient_name,category,description,cost\n"
    "2025-05-06,rita@firm.example,Lena Fischer,merchandise,Tea,40.00\n"
    "2025-05-07,rita@firm.example,Lena Fischer,merchandise,Silver tray,90.00\n"
)
BAD = GOOD + "2025-05-08,new@firm.example,Lena Fischer,merchandise,Cake,12\n"


def gifts_in(console: Console) -> int:
    number: int = json.loads(console("database", "check", "--json").output)["counts"]["gifts"]
    return number


def file_of(folder: Path, text: str) -> Path:
    path = folder / "gifts.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_import_says_what_it_did(console: Console, register: Path, tmp_path: Path) -> None:
    result = console("gifts", "import", file_of(tmp_path, GOOD))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.output == (
        "2 gifts added from 2 rows, 0 in the register already, 0 rows left out.\n"
        "1 breach recorded, 0 submitted for a decision.\n"
        "0 people, 1 recipient and 0 employers added.\n"
        "Done.\n"
    )
    assert gifts_in(console) == 2


def test_a_dry_run_keeps_nothing(console: Console, register: Path, tmp_path: Path) -> None:
    result = console("gifts", "import", file_of(tmp_path, GOOD), "--dry-run", "--json")
    done = json.loads(result.output)
    assert (done["dry_run"], done["gifts_added"], done["breaches"]) == (True, 2, 1)
    assert gifts_in(console) == 0


def test_a_bad_row_stops_all_and_exits_with_2(
    console: Console, register: Path, tmp_path: Path
) -> None:
    result = console("gifts", "import", file_of(tmp_path, BAD))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "Line 4, giver_email: Nobody of the firm has the address new@firm.example; add the person "
        "first, or import with --add-people.\n"
        "Nothing was imported: 1 of 3 rows must be mended first, or import the others alone with "
        "--partial.\n"
    )
    assert gifts_in(console) == 0


def test_programs_read_which_rows_are_bad(console: Console, register: Path, tmp_path: Path) -> None:
    result = console("gifts", "import", file_of(tmp_path, BAD), "--json")
    done = json.loads(result.stdout)
    assert result.exit_code == 2
    assert (done["rows"], done["rows_refused"], done["gifts_added"]) == (3, 1, 0)
    assert [(problem["line"], problem["column"]) for problem in done["problems"]] == [
        (4, "giver_email")
    ]


def test_a_partial_import_takes_the_rest(console: Console, register: Path, tmp_path: Path) -> None:
    result = console("gifts", "import", file_of(tmp_path, BAD), "--partial")
    assert result.exit_code == 0
    assert result.stderr.startswith("Line 4, giver_email: ")
    assert gifts_in(console) == 2


def test_people_nobody_knows_are_added_on_request(
    console: Console, register: Path, tmp_path: Path
) -> None:
    result = console("gifts", "import", file_of(tmp_path, BAD), "--add-people")
    assert result.exit_code == 0
    assert "1 person, 1 recipient and 0 employers added.\n" in result.output


def test_who_imports_must_be_a_compliance_officer(
    console: Console, register: Path, tmp_path: Path
) -> None:
    file = file_of(tmp_path, GOOD)
    refused = console("gifts", "import", file, "--as", "rita@firm.example")
    accepted = console("gifts", "import", file, "--as", "olga@firm.example")
    assert (refused.exit_code, refused.stderr) == (
        1,
        "Your role does not allow this. Ask an administrator if you need it.\n",
    )
    assert accepted.exit_code == 0


def test_a_file_of_something_else_is_refused(
    console: Console, register: Path, tmp_path: Path
) -> None:
    result = console("gifts", "import", file_of(tmp_path, "name,age\nx,1\n"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("There is no column 'name' in a file of gifts;")
