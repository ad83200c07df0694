import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from compliance_app.store import schema
from tests.cli.conftest import Console
from tests.postgresql import Cluster


def people_in(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        number: int = connection.execute("SELECT count(*) FROM person").fetchone()[0]
        return number


def test_upgrade_makes_a_register_and_does_nothing_twice(console: Console, tmp_path: Path) -> None:
    first, second = console("database", "upgrade"), console("database", "upgrade")
    version = schema.head()
    assert (first.exit_code, first.output) == (0, f"The database is now at version {version}.\n")
    assert second.output == f"The database is at version {version} already.\n"
    assert people_in(tmp_path / "tally3220.db") == 0


def test_a_register_of_a_newer_program_is_left_alone(console: Console, register: Path) -> None:
    with closing(sqlite3.connect(register)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    result = console("database", "upgrade")
    assert result.exit_code == 1
    assert result.stderr == (
        "The database is at version 9999, which is newer than this program; install the version "
        "of Tally 3220 that wrote it.\n"
    )


def test_check_says_how_much_there_is(console: Console, register: Path) -> None:
    result = console("database", "check")
    assert result.exit_code == 0
    assert "7 people, 2 recipients, 0 gifts and " in result.output
    counts = json.loads(console("database", "check", "--json").output)["counts"]
    assert (counts["people"], counts["recipients"], counts["gifts"]) == (7, 2, 0)


def test_check_finds_a_reference_to_nobody(console: Console, register: Path) -> None:
    with closing(sqlite3.connect(register)) as connection:
        connection.execute("UPDATE person SET supervisor_id = 99 WHERE id = 1")
        connection.commit()
    result = console("database", "check")
    assert result.exit_code == 1
    assert result.stderr == (
        "1 rows refer to rows that do not exist, the first in table person; restore a backup.\n"
    )


def test_a_backup_is_a_whole_register(console: Console, register: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    result = console("database", "backup", copy)
    assert result.exit_code == 0
    assert people_in(copy) == 7


def test_a_backup_is_made_while_somebody_writes(
    console: Console, register: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(register)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE person SET office = 'Boston'")
        result = console("database", "backup", tmp_path / "copy.db")
        writer.rollback()
    assert result.exit_code == 0
    assert people_in(tmp_path / "copy.db") == 7


def test_a_backup_never_overwrites_a_file(console: Console, register: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken.db"
    taken.write_text("mine", encoding="utf-8")
    result = console("database", "backup", taken)
    assert (result.exit_code, result.stderr) == (1, f"{taken} exists already; name a new file.\n")
    assert taken.read_text(encoding="utf-8") == "mine"


def test_a_backup_is_restored_into_an_empty_register(
    console: Console, register: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    console("database", "backup", copy)
    register.unlink()
    console("database", "upgrade")
    result = console("database", "restore", copy)
    assert (result.exit_code, result.stderr) == (0, "")
    assert people_in(register) == 7
    assert console("audit", "verify").exit_code == 0


def test_restoring_never_overwrites_a_register_unasked(
    console: Console, register: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    console("database", "backup", copy)
    console("people", "add", "late@firm.example", "--name", "Late Joiner", "--role", "ae")
    result = console("database", "restore", copy)
    assert result.exit_code == 1
    assert "restore with --replace" in result.stderr
    assert people_in(register) == 8


def test_a_register_that_is_replaced_is_kept_beside_the_new_one(
    console: Console, register: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    console("database", "backup", copy)
    console("people", "add", "late@firm.example", "--name", "Late Joiner", "--role", "ae")
    result = console("database", "restore", copy, "--replace")
    kept = next(tmp_path.glob("tally3220.db.before-*"))
    assert result.exit_code == 0
    assert f"The register that was here is kept as {kept}." in result.output
    assert (people_in(register), people_in(kept)) == (7, 8)


def test_a_register_in_use_is_not_replaced(
    console: Console, register: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    console("database", "backup", copy)
    with closing(sqlite3.connect(register)) as server:
        server.execute("BEGIN")
        server.execute("SELECT count(*) FROM person").fetchone()
        result = console("database", "restore", copy, "--replace")
    assert (result.exit_code, result.stderr) == (
        1,
        f"{register} is in use; stop the server before restoring.\n",
    )


def test_a_file_that_is_no_backup_is_refused(
    console: Console, register: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(b"not a database at all" * 100)
    result = console("database", "restore", other, "--replace")
    assert result.exit_code == 1
    assert "is not a backup of a register" in result.stderr
    assert people_in(register) == 7


def test_a_backup_that_lost_events_is_refused(
    console: Console, register: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    console("database", "backup", copy)
    with closing(sqlite3.connect(copy)) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DELETE FROM trail_event WHERE number = 3")
        connection.commit()
    result = console("database", "restore", copy, "--replace")
    assert (result.exit_code, result.stderr) == (1, f"{copy} is damaged; name another backup.\n")


def test_postgresql_is_backed_up_and_restored_by_its_own_programs(
    console: Console, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.create("first", template="template")
    cluster.create("second")
    copy = tmp_path / "copy.dump"
    monkeypatch.setenv("TALLY3220_DATABASE_URL", cluster.url("first"))
    backup = console("database", "backup", copy)
    monkeypatch.setenv("TALLY3220_DATABASE_URL", cluster.url("second"))
    restore = console("database", "restore", copy)
    again = console("database", "restore", copy)
    counts = json.loads(console("database", "check", "--json").output)["counts"]
    cluster.drop("first")
    cluster.drop("second")
    assert (backup.stderr, restore.stderr) == ("", "")
    assert (backup.exit_code, restore.exit_code, again.exit_code) == (0, 0, 1)
    assert "restore into a new, empty database" in again.stderr
    assert (counts["people"], counts["recipients"]) == (7, 2)
