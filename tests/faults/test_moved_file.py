"""The file is moved away while it is served: no gift goes where nobody looks for it."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from compliance_app.store.base import db
from tests.conftest import Cast
from tests.faults.submitting import assert_sound, submit

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ELSEWHERE = "elsewhere.db"


def test_a_register_that_was_moved_away_takes_nothing_until_it_is_back(
    app: Flask, cast: Cast, tmp_path: Path
) -> None:
    file = tmp_path / "tally3220.db"
    before = submit(cast, "before")
    file.rename(tmp_path / ELSEWHERE)
    with pytest.raises(OperationalError, match="moved away"):
        submit(cast, "meanwhile")
    (tmp_path / ELSEWHERE).rename(file)
    after = submit(cast, "after")
    assert_sound([before, after])


def test_nothing_is_made_in_the_place_of_a_file_whose_log_is_still_there(
    app: Flask, cast: Cast, tmp_path: Path
) -> None:
    file = tmp_path / "tally3220.db"
    before = submit(cast, "before")
    with db.engine.connect():
        file.rename(tmp_path / ELSEWHERE)
        with pytest.raises(OperationalError, match="moved away"), db.engine.connect():
            pass
        assert not file.exists()
        (tmp_path / ELSEWHERE).rename(file)
    assert_sound([before])


def test_nothing_is_made_in_the_place_of_a_file_that_went_with_its_log(
    app: Flask, cast: Cast, tmp_path: Path
) -> None:
    before, away = submit(cast, "before"), tmp_path / "away"
    away.mkdir()
    with db.engine.connect():
        for one in tmp_path.glob("tally3220.db*"):
            one.rename(away / one.name)
        with pytest.raises(OperationalError, match="moved away"), db.engine.connect():
            pass
        assert not (tmp_path / "tally3220.db").exists()
        for one in away.iterdir():
            one.rename(tmp_path / one.name)
    assert_sound([before])


def test_a_file_that_came_in_the_place_of_another_is_the_register_from_then_on(
    app: Flask, cast: Cast, tmp_path: Path
) -> None:
    first = submit(cast, "first")
    copy = tmp_path / ELSEWHERE
    with sqlite3.connect(tmp_path / "tally3220.db") as live, sqlite3.connect(copy) as other:
        live.backup(other)
    submit(cast, "lost with the file that was replaced")
    for rest in tmp_path.glob("tally3220.db*"):
        rest.unlink()
    shutil.copy(copy, tmp_path / "tally3220.db")
    with pytest.raises(OperationalError, match="replaced"):
        submit(cast, "second")
    second = submit(cast, "second")
    assert_sound([first, second])
