"""What guards the trail in the database itself, and whether somebody took it away.

The migrations put the guards there; what stands here is what they must be, held to the migrations
by a test. A guard that is gone has changed nothing yet, so it is named after every other damage.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, text

from compliance_app.store.base import Base

# What can only grow, and the key each table counts by.
APPEND_ONLY = {"trail_event": "number", "trail_checkpoint": "id"}

# What every guard on PostgreSQL runs.
REFUSE = "BEGIN RAISE EXCEPTION '% is append-only: rows are never changed', TG_TABLE_NAME; END"
FUNCTION = (
    f"CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $${REFUSE}$$"
)

# Every trigger of a user's, by name: its table, and what it does in the words of the database.
_TRIGGERS = {
    "sqlite": "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT tgname, relname, replace(pg_get_triggerdef(t.oid), "
        "quote_ident(nspname) || '.', '') || ' ' || tgenabled::text || ' ' || prosrc "
        "FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid JOIN pg_proc p ON p.oid = tgfoid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE NOT tgisinternal AND nspname = current_schema()"
    ),
}
# Every name in the database that does not stand for a table, and every rule that rewrites one.
_OTHERS = {
    "sqlite": "SELECT name, type FROM sqlite_master WHERE type = 'view'",
    "postgresql": (
        "SELECT relname, 'view' FROM pg_class WHERE relkind IN ('v', 'm', 'f') "
        "AND pg_table_is_visible(oid) UNION ALL "
        "SELECT tablename, 'rule' FROM pg_rules WHERE schemaname = current_schema()"
    ),
}


def expected(dialect: str) -> Mapping[tuple[str, str], str]:
    """Return the statement that makes each guard, by its name and table."""
    made = _on_postgresql if dialect == "postgresql" else _on_sqlite
    return {
        (f"{table}_no_{act}", table): sql
        for table, key in APPEND_ONLY.items()
        for act, sql in made(table, key)
    }


def faults(connection: Connection) -> Iterator[str]:
    """Yield a sentence for each guard that is gone or changed, and all that was put in the way."""
    ours, dialect = Base.metadata.tables, connection.dialect.name
    found, wanted = _found(connection), expected(dialect)
    for name, table in _gone(connection):
        act = "changed on" if (name, table) in found else "taken from"
        yield f"The guard {name} was {act} the table {table}."
    for name, table in sorted(found.keys() - wanted.keys()):
        yield f"A trigger {name} was put on the table {table}."
    for name, kind in connection.execute(text(_OTHERS[dialect])):
        if name in ours:
            yield f"A {kind} was put in the place of the table {name}."


def put_back(connection: Connection) -> None:
    """Make every guard anew that is gone or changed."""
    dialect = connection.dialect.name
    on_table = " ON {table}" if dialect == "postgresql" else ""
    for name, table in _gone(connection):
        if dialect == "postgresql":
            _run(connection, FUNCTION)
        _run(connection, f"DROP TRIGGER IF EXISTS {name}{on_table.format(table=table)}")
        _run(connection, expected(dialect)[name, table])


def _gone(connection: Connection) -> list[tuple[str, str]]:
    """Return name and table of each guard that does not stand as it must."""
    dialect, found = connection.dialect.name, _found(connection)
    # On PostgreSQL it must fire for every session ("O"), and run what we wrote.
    rest = f" O {REFUSE}" if dialect == "postgresql" else ""
    return [key for key, sql in expected(dialect).items() if found.get(key) != f"{sql}{rest}"]


def _found(connection: Connection) -> dict[tuple[str, str], str]:
    return {
        (name, table): " ".join(sql.split())
        for name, table, sql in connection.execute(text(_TRIGGERS[connection.dialect.name]))
        if table in Base.metadata.tables
    }


def _run(connection: Connection, statement: str) -> None:
    connection.execute(text(statement))


def _on_sqlite(table: str, key: str) -> Iterator[tuple[str, str]]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: rows are never changed'); END"
    replaces = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) "  # noqa: S608 - the names stand above
    for act, when, only in (
        ("update", "UPDATE", ""),
        ("delete", "DELETE", ""),
        ("replace", "INSERT", replaces),
    ):
        yield act, f"CREATE TRIGGER {table}_no_{act} BEFORE {when} ON {table} {only}{refuse}"


def _on_postgresql(table: str, _key: str) -> Iterator[tuple[str, str]]:
    for act in ("update", "delete", "truncate"):
        guard = f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table}"
        yield act, f"{guard} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
