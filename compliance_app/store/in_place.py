"""Whether the SQLite file that is open still stands at its address.

A file that was moved away stays open, and so does its log; what is written then goes where the
file went, and a new file made in its place would destroy the log.
"""

import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

Identity = tuple[int, int]

_MOVED = "unable to open database file: it was moved away or replaced while it was in use"


def watch(engine: Engine) -> None:
    """Note which file each connection opens, and make none in the place of one that was there."""
    file = engine.url.database
    if not file or file == ":memory:":
        return
    path, opened = Path(file), set[Identity | None]()

    def refuse_to_make_anew(*_: object) -> None:
        if not path.exists() and (opened or path.with_name(f"{path.name}-wal").exists()):
            raise sqlite3.OperationalError(_MOVED)

    def note(_connection: object, record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's record
        record.info["file"] = _identity(file)
        opened.add(record.info["file"])

    event.listen(engine, "do_connect", refuse_to_make_anew)
    event.listen(engine, "connect", note)


def is_in_place(engine: Engine) -> bool:
    """Say whether there is a file at the address; a server has none."""
    file = engine.url.database
    return engine.dialect.name != "sqlite" or not file or Path(file).is_file()


def check_in_place(connection: Connection) -> None:
    """Raise OperationalError where the connection's file is not the one at its address.

    Where another one came in its place, all connections are given up, so that the next are to it.
    """
    opened: Identity | None = connection.info.get("file")
    if opened is None:
        return
    there = _identity(str(connection.engine.url.database))
    if there == opened:
        return
    if there is not None:
        connection.invalidate()
        connection.engine.dispose()
    raise OperationalError("BEGIN", None, sqlite3.OperationalError(_MOVED))


def _identity(path: str) -> Identity | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - a path takes longer, and all writers wait for it
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
