"""Keeping the database itself: its schema, whether it is sound, and copies of it."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, func, inspect, select, text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from compliance_app.store import guards, schema, shape
from compliance_app.store.models import Gift, Person, Recipient, TrailEvent

# How many pages a backup copies before it lets writers in again.
BACKUP_PAGES = 1_000


class MaintenanceError(Exception):
    """The database is not as this needs it; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class SchemaState:
    """Which migration the database is at, and which one the program needs."""

    current: str | None
    head: str

    @property
    def is_at_head(self) -> bool:
        """Say whether the program can work with the database."""
        return self.current == self.head

    @property
    def sentence(self) -> str:
        """Say what is wrong with the schema and what to do; empty where nothing is."""
        if self.is_at_head:
            return ""
        if self.current is None:
            return "The database has no register yet; run: tally3220 database upgrade"
        return (
            f"The database is at version {self.current}, but this program needs {self.head}; "
            "run: tally3220 database upgrade"
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the register holds."""

    people: int
    recipients: int
    gifts: int
    events: int


@dataclass(frozen=True, slots=True)
class Health:
    """What a check of the database found."""

    schema: SchemaState
    problems: tuple[str, ...]
    counts: Counts | None


def schema_state(engine: Engine) -> SchemaState:
    """Return where the schema stands."""
    return SchemaState(schema.current(engine), schema.head())


def upgrade(engine: Engine) -> SchemaState:
    """Bring the schema to what the program needs, all of it or nothing."""
    before = schema_state(engine)
    if before.current is not None and before.current not in schema.known():
        raise MaintenanceError(
            f"The database is at version {before.current}, which is newer than this program; "
            "install the version of Tally 3220 that wrote it."
        )
    schema.upgrade(engine)
    return schema_state(engine)


def check(engine: Engine) -> Health:
    """Look whether the schema is at head, the file sound and every reference met."""
    state = schema_state(engine)
    problems = [state.sentence] if state.sentence else []
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            problems += _sqlite_problems(connection)
        counts = _counts(connection) if state.is_at_head else None
        if state.is_at_head:
            problems += (
                f"{fault} Run tally3220 audit replay, then tally3220 database upgrade."
                for fault in guards.faults(connection)
            )
            problems += (f"{one} Restore a backup." for one in shape.differences(connection))
    return Health(state, tuple(problems), counts)


def is_empty(engine: Engine) -> bool:
    """Say whether the database holds no person, no gift and no event."""
    if not inspect(engine).has_table(TrailEvent.__tablename__):
        return True
    with engine.connect() as connection:
        counts = _counts(connection)
    return not (counts.people or counts.gifts or counts.events)


def backup(engine: Engine, target: Path) -> Counts:
    """Copy the whole database to a new file while it is in use, and check the copy."""
    if target.exists():
        raise MaintenanceError(f"{target} exists already; name a new file.")
    if not target.parent.is_dir():
        raise MaintenanceError(f"There is no folder {target.parent}; make it first.")
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    try:
        if engine.dialect.name == "sqlite":
            _copy_sqlite(engine.url, partial)
            counts = check_copy(partial)
        else:
            _dump_postgresql(engine.url, partial)
            counts = _counts_of(engine)
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    return counts


def check_copy(source: Path) -> Counts:
    """Return what a SQLite backup holds. Raises MaintenanceError where it is no sound register."""
    if not source.is_file():
        raise MaintenanceError(f"There is no file {source}; name a backup made by this program.")
    with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        try:
            found = connection.execute("PRAGMA integrity_check").fetchall()
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
            numbers = [
                connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - our own table names
                for table in _counted_tables()
            ]
            head = connection.execute("SELECT number FROM trail_head").fetchone()
        except sqlite3.DatabaseError as error:
            raise MaintenanceError(
                f"{source} is not a backup of a register ({error}); name another file."
            ) from error
    counts = Counts(*numbers)
    if found != [("ok",)] or broken or head is None or head[0] != counts.events:
        raise MaintenanceError(f"{source} is damaged; name another backup.")
    return counts


def restore(engine: Engine, source: Path, *, replace: bool, at: datetime) -> Path | None:
    """Put a backup in the database's place; return where the present one is kept.

    A register that holds anything is only replaced where that is asked for.
    """
    if engine.dialect.name != "sqlite":
        _restore_postgresql(engine, source)
        return None
    check_copy(source)
    target = _sqlite_path(engine.url)
    if source.resolve() == target.resolve():
        raise MaintenanceError(f"{source} is the register itself; name a backup of it.")
    kept = None
    if target.exists():
        if not is_empty(engine) and not replace:
            raise MaintenanceError(
                f"{target} holds a register; restore with --replace to keep it aside and put the "
                "backup in its place."
            )
        kept = target.with_name(f"{target.name}.before-{at:%Y%m%dT%H%M%S}")
        if kept.exists():
            raise MaintenanceError(f"{kept} exists already; move it away first.")
        engine.dispose()
        _fold_in_log(target)
        shutil.copyfile(target, kept)
    arriving = target.with_name(target.name + ".arriving")
    shutil.copyfile(source, arriving)
    arriving.replace(target)
    return kept


def _fold_in_log(target: Path) -> None:
    """Write the log of the old file into it: it must never be applied to the new one."""
    with closing(sqlite3.connect(target, timeout=1)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            raise MaintenanceError(
                f"{target} is in use; stop the server before restoring."
            ) from error


def _sqlite_problems(connection: Connection) -> list[str]:
    problems = [
        f"The file is damaged: {line}; restore a backup."
        for (line,) in connection.execute(text("PRAGMA integrity_check"))
        if line != "ok"
    ]
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        problems.append(
            f"{len(broken)} rows refer to rows that do not exist, the first in table "
            f"{broken[0][0]}; restore a backup."
        )
    return problems


def _counted_tables() -> tuple[str, ...]:
    return tuple(model.__tablename__ for model in (Person, Recipient, Gift, TrailEvent))


def _counts(connection: Connection) -> Counts:
    with Session(connection) as session:
        numbers = [
            session.scalar(select(func.count()).select_from(model)) or 0
            for model in (Person, Recipient, Gift, TrailEvent)
        ]
    return Counts(*numbers)


def _counts_of(engine: Engine) -> Counts:
    with engine.connect() as connection:
        return _counts(connection)


def _sqlite_path(url: URL) -> Path:
    if not url.database or url.database == ":memory:":
        raise MaintenanceError("A database in memory cannot be copied; name a file in its URL.")
    return Path(url.database)


def _copy_sqlite(url: URL, target: Path) -> None:
    source = _sqlite_path(url)
    if not source.exists():
        raise MaintenanceError(f"There is no database {source}; run: tally3220 database upgrade")
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy, pages=BACKUP_PAGES)
        copy.execute("PRAGMA journal_mode = DELETE")


def _dump_postgresql(url: URL, target: Path) -> None:
    _run_tool("pg_dump", url, "--format=custom", f"--file={target}")


def _restore_postgresql(engine: Engine, source: Path) -> None:
    if not source.is_file():
        raise MaintenanceError(f"There is no file {source}; name a backup made by this program.")
    if not is_empty(engine):
        raise MaintenanceError(
            "The PostgreSQL database holds a register; restore into a new, empty database and "
            "point TALLY3220_DATABASE_URL to it."
        )
    _run_tool(
        "pg_restore",
        engine.url,
        "--clean",
        "--if-exists",
        "--no-owner",
        "--single-transaction",
        str(source),
    )


def _run_tool(name: str, url: URL, *arguments: str) -> None:
    """Run a tool of PostgreSQL, with the password in its environment, never in its arguments."""
    tool = shutil.which(name)
    if tool is None:
        raise MaintenanceError(
            f"{name} is not installed; install PostgreSQL's client programs, or have your "
            "database administrator do it."
        )
    plain = url.set(drivername="postgresql", password=None)
    environment = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(  # noqa: S603 - the tool's own path and our own arguments
        [tool, f"--dbname={plain.render_as_string()}", *arguments],
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise MaintenanceError(f"{name} failed: {lines[0]}")
