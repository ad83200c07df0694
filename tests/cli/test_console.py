import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from compliance_app.cli.console import Console as ConsoleGroup
from tests.cli.conftest import Console


@click.group(cls=ConsoleGroup)
def broken() -> None:
    """Fail in a way nobody foresaw."""


@broken.command()
def fail() -> None:
    """Fail."""
    raise ZeroDivisionError("the details")


def test_every_command_explains_itself(console: Console) -> None:
    overview = console("--help").output
    names = re.findall(r"^  ([a-z]+) {2,}\S", overview, flags=re.MULTILINE)
    assert set(names) >= {"audit", "database", "demo", "doctor", "gifts", "people", "serve"}
    for name in names:
        result = console(name, "--help")
        assert (result.exit_code, result.stderr) == (0, "")


def test_the_version_is_told(console: Console) -> None:
    result = console("--version")
    assert result.exit_code == 0
    assert re.fullmatch(r"Tally 3220, version [0-9.]+\n", result.output)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nonsense"], "No such command 'nonsense'.\n"),
        (["people", "add", "x@firm.example"], "Missing option '--name'.\n"),
        (
            ["serve", "--port", "0"],
            "Invalid value for '--port': 0 is not in the range 1<=x<=65535.\n",
        ),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(
    console: Console, arguments: list[str], sentence: str
) -> None:
    result = console(*arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", sentence)


@pytest.mark.parametrize(
    "arguments",
    [["people", "list"], ["audit", "verify"], ["database", "backup", "x.db"]],
    ids=["people", "audit", "backup"],
)
def test_a_command_without_a_register_names_the_one_that_makes_it(
    console: Console, arguments: list[str]
) -> None:
    result = console(*arguments)
    assert (result.exit_code, result.stderr) == (
        2,
        "The database has no register yet; run: tally3220 database upgrade\n",
    )


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "America"])
def test_a_time_zone_that_is_none_is_refused_at_the_start(
    console: Console, register: Path, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    monkeypatch.setenv("TALLY3220_TIME_ZONE", zone)
    result = console("people", "list")
    assert (result.exit_code, result.stdout, result.stderr) == (
        2,
        "",
        f"TALLY3220_TIME_ZONE is {zone!r}, which is no time zone; write it as America/New_York.\n",
    )


def test_an_empty_time_zone_is_none_given(
    console: Console, register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLY3220_TIME_ZONE", "")
    assert console("people", "list").exit_code == 0


def test_a_database_without_its_driver_is_explained(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLY3220_DATABASE_URL", "mysql://somebody:secret@host/name")
    result = console("database", "check")
    assert (result.exit_code, result.stderr) == (
        2,
        (
            "The driver for the database that TALLY3220_DATABASE_URL names is not installed "
            "(MySQLdb); name an SQLite file, or for PostgreSQL run: "
            "pip install 'tally3220[postgres]'\n"
        ),
    )


def test_a_file_that_is_no_database_is_explained(
    console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gifts.csv").write_text("given_on,giver_email\n" * 100, encoding="utf-8")
    monkeypatch.setenv("TALLY3220_DATABASE_URL", f"sqlite:///{tmp_path / 'gifts.csv'}")
    result = console("database", "upgrade")
    assert (result.exit_code, result.stderr) == (
        1,
        (
            "The database cannot be read (file is not a database); "
            "check TALLY3220_DATABASE_URL, or restore a backup.\n"
        ),
    )


def test_an_address_that_is_none_is_explained(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLY3220_DATABASE_URL", "nonsense")
    result = console("database", "check")
    assert result.exit_code == 2
    assert result.stderr.startswith("TALLY3220_DATABASE_URL is not the address of a database")


def test_a_secret_s_file_that_is_missing_is_named(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLY3220_SECRET_KEY_FILE", "/nowhere/key")
    result = console("database", "check")
    assert result.exit_code == 2
    assert result.stderr.startswith("/nowhere/key: No such file or directory")


def test_an_unforeseen_error_goes_to_a_file_only_its_owner_reads(
    console: Console, tmp_path: Path
) -> None:
    result = CliRunner().invoke(broken, ["fail"])
    log = tmp_path / "tally3220-errors.log"
    assert result.exit_code == 1
    assert result.output == (
        f"Something unexpected happened; {log} holds the details for whoever helps.\n"
    )
    assert "ZeroDivisionError: the details" in log.read_text(encoding="utf-8")
    assert log.stat().st_mode & 0o777 == 0o600
