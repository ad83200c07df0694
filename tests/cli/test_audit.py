import json
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.cli.conftest import Console


def test_a_whole_trail_is_verified(console: Console, register: Path) -> None:
    result = console("audit", "verify")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(console("audit", "verify", "--json").output)["problem"] is None


def test_a_changed_event_is_named(console: Console, register: Path) -> None:
    with closing(sqlite3.connect(register)) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE trail_event SET actor = 'somebody' WHERE number = 3")
        connection.commit()
    result = console("audit", "verify")
    assert result.exit_code == 1
    assert "3" in result.stderr


def test_a_dropped_table_is_named(console: Console, register: Path) -> None:
    with closing(sqlite3.connect(register)) as connection:
        connection.execute("DROP TABLE trail_event")
    result = console("audit", "verify")
    assert (result.exit_code, result.stderr) == (
        1,
        "The table trail_event, a part of the trail, was removed from the database.\n",
    )


def test_damaged_pages_of_the_trail_are_named(console: Console, register: Path) -> None:
    with closing(sqlite3.connect(register)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        name = "SELECT rootpage FROM sqlite_master WHERE name = 'trail_event'"
        page = connection.execute(name).fetchone()[0]
    with register.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    result = console("audit", "verify")
    assert result.exit_code == 1
    assert result.stderr.startswith("Event 1 cannot be read: the database is damaged (")
