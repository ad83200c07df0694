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
