"""The version of the database's tables, and bringing it to the one this program needs."""

from collections.abc import Callable

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from compliance_app import assets
from compliance_app.store import guards
from compliance_app.store.base import Mode


def head() -> str:
    """Return the version this program needs."""
    version = ScriptDirectory.from_config(_config()).get_current_head()
    if version is None:
        raise FileNotFoundError("The migrations are missing: install Tally 3220 again.")
    return version


def known() -> frozenset[str]:
    """Return every version this program can work on from."""
    scripts = ScriptDirectory.from_config(_config()).walk_revisions()
    return frozenset(script.revision for script in scripts)


def current(engine: Engine) -> str | None:
    """Return the version the database has, None where it has no tables yet."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, version: str = "head") -> None:
    """Bring the tables to a version, in one transaction; at the newest, all guards stand again."""
    _run(engine, lambda config: command.upgrade(config, version), guarded=version == "head")


def downgrade(engine: Engine, version: str) -> None:
    """Take the tables back to an older version, in one transaction."""
    _run(engine, lambda config: command.downgrade(config, version))


def _run(engine: Engine, step: Callable[[Config], None], *, guarded: bool = False) -> None:
    with engine.connect().execution_options(mode=Mode.WRITING) as connection, connection.begin():
        step(_config(connection))
        if guarded:
            guards.put_back(connection)


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(assets.MIGRATIONS))
    config.attributes["connection"] = connection
    return config
