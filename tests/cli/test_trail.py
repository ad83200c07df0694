"""The console proves the trail to others: keys, checkpoints, replay and the past."""

import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from tests.cli.conftest import Console
from tests.tamper import tamper


def damage(register: Path, statement: str) -> None:
    with closing(sqlite3.connect(register)) as connection:
        guards = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in guards.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
        connection.commit()


@pytest.fixture
def key(console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a new signing key's file, which the register uses from now on."""
    file = tmp_path / "signing.key"
    assert console("audit", "keys", "--new", file).exit_code == 0
    monkeypatch.setenv("TALLY3220_SIGNING_KEY_FILE", str(file))
    return file


def test_a_new_key_is_for_its_owner_alone_and_never_replaces_another(
    console: Console, key: Path
) -> None:
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_text(encoding="utf-8")
    assert console("audit", "keys", "--new", key).exit_code == 2
    assert key.read_text(encoding="utf-8") == before
    assert console("audit", "keys").output.startswith("Public key: tally3220+")


def test_without_a_key_the_way_to_one_is_told(console: Console) -> None:
    result = console("audit", "keys")
    assert (result.exit_code, result.stderr) == (
        2,
        "There is no signing key yet; make one with: audit keys --new FILE\n",
    )


def test_a_checkpoint_kept_elsewhere_shows_a_trail_that_was_cut_off(
    console: Console,
    app: Flask,
    database_url: str,
    key: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TALLY3220_DATABASE_URL", database_url)
    kept = tmp_path / "kept.txt"
    made = console("audit", "checkpoint", "--out", kept)
    assert (made.exit_code, made.stderr) == (0, "")
    assert console("audit", "verify", "--checkpoint", kept).exit_code == 0
    tamper(
        "DELETE FROM trail_event WHERE number > 9",
        "DELETE FROM trail_checkpoint",
        "UPDATE trail_head SET number = 9, "
        "sha256 = (SELECT sha256 FROM trail_event WHERE number = 9)",
    )
    assert console("audit", "verify").exit_code == 0
    result = console("audit", "verify", "--checkpoint", kept, "--json")
    found = json.loads(result.output)
    assert (result.exit_code, found["kind"], found["event"]) == (1, "cut off", 10)


def test_a_checkpoint_without_a_key_says_that_it_is_not_signed(
    console: Console, register: Path
) -> None:
    result = console("audit", "checkpoint")
    assert result.exit_code == 0
    assert result.stderr == "It is not signed: there is no TALLY3220_SIGNING_KEY.\n"


def test_a_replay_agrees_with_a_register_nobody_touched(console: Console, register: Path) -> None:
    result = console("audit", "replay")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.output == "13 events tell of 13 rows; 0 differences.\n"


def test_a_replay_names_a_row_that_was_changed(console: Console, register: Path) -> None:
    damage(register, "UPDATE recipient SET name = 'Nobody' WHERE id = 1")
    result = console("audit", "replay")
    assert result.exit_code == 1
    first, *others = result.stderr.splitlines()
    assert first == (
        'Recipient 1: name is "Nobody" in the register, but event 11 says "Morgan Ellery".'
    )
    assert others[0] == "The guard trail_event_no_update was taken from the table trail_event."


def test_a_past_day_is_listed(console: Console, register: Path) -> None:
    result = console("audit", "replay", "--as-of", "2026-11-20")
    assert (result.exit_code, result.output) == (0, "0 gifts known; $0.00 counted.\n")
    assert json.loads(console("audit", "replay", "--as-of", "2026-11-20", "--json").output) == []


def test_an_export_that_fails_leaves_the_one_before_as_it_was(
    console: Console, register: Path, tmp_path: Path
) -> None:
    file = tmp_path / "trail.jsonl"
    assert console("audit", "export", tmp_path / "nowhere" / "trail.jsonl").exit_code == 2
    assert console("audit", "export", file).exit_code == 0
    before = file.read_bytes()
    damage(register, "UPDATE trail_event SET actor = 'somebody' WHERE number = 3")
    assert console("audit", "export", file).exit_code == 1
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if "jsonl" in path.name] == ["trail.jsonl"]
