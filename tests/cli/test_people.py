import json
from pathlib import Path

from tests.cli.conftest import Console


def listed(console: Console) -> dict[str, dict[str, object]]:
    rows = json.loads(console("people", "list", "--json").output)
    return {row["email"]: row for row in rows}


def test_somebody_who_is_added_cannot_sign_in_yet(console: Console, register: Path) -> None:
    result = console(
        "people", "add", "Ana@firm.example", "--name", "Ana Lima", "--role", "ae",
        "--supervisor", "sam@firm.example", "--office", "Boston",
    )  # fmt: skip
    assert (result.exit_code, result.output) == (
        0,
        "Ana Lima (ana@firm.example) is now account executive.\n",
    )
    assert listed(console)["ana@firm.example"] == {
        "email": "ana@firm.example",
        "name": "Ana Lima",
        "role": "ae",
        "office": "Boston",
        "supervisor": "sam@firm.example",
        "active": True,
        "may_sign_in": False,
    }


def test_an_address_belongs_to_one_person(console: Console, register: Path) -> None:
    result = console("people", "add", "rita@firm.example", "--name", "R", "--role", "ae")
    assert (result.exit_code, result.stderr) == (
        1,
        "rita@firm.example belongs to Rita Rep already. Choose that person instead.\n",
    )


def test_a_supervisor_must_be_known(console: Console, register: Path) -> None:
    result = console(
        "people", "add", "ana@firm.example", "--name", "Ana", "--role", "ae",
        "--supervisor", "nobody@firm.example",
    )  # fmt: skip
    assert (result.exit_code, result.stderr) == (
        2,
        "Nobody of the firm has the address nobody@firm.example.\n",
    )


def test_somebody_moves_to_another_office(console: Console, register: Path) -> None:
    moved = console("people", "office", "theo@firm.example", "Zürich")
    assert moved.output == "Theo Marsh is now in the office Zürich.\n"
    theo = listed(console)["theo@firm.example"]
    assert (theo["office"], theo["role"], theo["supervisor"]) == (
        "Zürich",
        "ae",
        "sam@firm.example",
    )


def test_an_examiner_is_narrowed_to_a_part_until_a_day(console: Console, register: Path) -> None:
    narrowed = console(
        "people", "examiner", "abe@firm.example", "--giver", "rita@firm.example",
        "--until", "2027-01-31",
    )  # fmt: skip
    assert narrowed.output == (
        "Abe Auditor (abe@firm.example) may read reports about the giver Rita Rep"
        " until 2027-01-31.\n"
    )
    refused = console("people", "examiner", "rita@firm.example", "--giver", "rita@firm.example")
    assert (refused.exit_code, refused.stderr) == (
        2,
        "Rita Rep is no auditor; make them one first.\n",
    )


def test_somebody_who_leaves_is_deactivated(console: Console, register: Path) -> None:
    assert console("people", "deactivate", "theo@firm.example").exit_code == 0
    assert listed(console)["theo@firm.example"]["active"] is False
    assert "theo@firm.example: Theo Marsh, ae, deactivated\n" in console("people", "list").output


def test_a_password_comes_from_standard_input(console: Console, register: Path) -> None:
    console("people", "add", "ana@firm.example", "--name", "Ana Lima", "--role", "admin")
    result = console(
        "people", "password", "ana@firm.example", "--password-stdin", answer="blue kettle on top\n"
    )
    assert (result.exit_code, result.stderr) == (0, "")
    assert listed(console)["ana@firm.example"]["may_sign_in"] is True


def test_a_password_is_asked_for_twice_and_never_shown(console: Console, register: Path) -> None:
    secret = "blue kettle on top"
    result = console("people", "password", "ada@firm.example", answer=f"{secret}\n{secret}\n")
    assert result.exit_code == 0
    assert secret not in result.output


def test_a_weak_password_is_refused(console: Console, register: Path) -> None:
    result = console("people", "password", "ada@firm.example", "--password-stdin", answer="short\n")
    assert result.exit_code == 1
    assert result.stderr.startswith("Choose a password of at least 12 characters")
