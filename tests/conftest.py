"""A migrated register for each test on each database, the cast, and a clock that stands still.

The cast: Rita Rep logs, Sam Supervisor is above her, Olga Officer decides for compliance,
Otto Officer is the second officer, Abe Auditor reads, Ada Admin keeps people. Morgan Ellery
works at Northgate Pension Trust, Ravi Shankaran at Harbor Capital.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session

from compliance_app.app import create_app
from compliance_app.rules.permissions import Role
from compliance_app.services import people, recipients
from compliance_app.services.people import NewPerson
from compliance_app.services.recipients import NewRecipient
from compliance_app.store import schema
from compliance_app.store.base import db, unit_of_work
from tests import postgresql
from tests.postgresql import Cluster

# A Saturday noon in New York.
NOON = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
# Every test makes an application of its own; the templates are compiled once for all of them.
COMPILED_TEMPLATES = FileSystemBytecodeCache(mkdtemp(prefix="tally3220-templates-"))
PASSWORD = "correct horse battery"
# Each worker has a PostgreSQL and a browser of its own.
MOST_WORKERS = 4
SECRET = "a secret for the tests only"


@dataclass(frozen=True)
class Cast:
    """Who and what every test may count on, by id."""

    rep: int
    supervisor: int
    officer: int
    second_officer: int
    auditor: int
    admin: int
    other_rep: int
    morgan: int
    ravi: int


CAST = Cast(1, 2, 3, 4, 5, 6, 7, 1, 2)
EMAILS = {
    "rep": "rita@firm.example",
    "supervisor": "sam@firm.example",
    "officer": "olga@firm.example",
    "second_officer": "otto@firm.example",
    "auditor": "abe@firm.example",
    "admin": "ada@firm.example",
    "other_rep": "theo@firm.example",
}


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Share folders of tests among the processors; a few files are quicker in one process."""
    only_files = all(Path(argument.partition("::")[0]).is_file() for argument in config.args)
    return 0 if only_files else min(os.cpu_count() or 1, MOST_WORKERS)


def pytest_configure(config: pytest.Config) -> None:
    # A check of the trail stops reading at the first wrong event, with the cursor still open.
    config.addinivalue_line(
        "filterwarnings",
        "ignore:.*ServerCursorMixin.__del__:pytest.PytestUnraisableExceptionWarning",
    )


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a SQLite register that was migrated once and holds the cast."""
    folder = tmp_path_factory.mktemp("template")
    fill(make_app(folder, sqlite_url(folder)))
    return folder


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return a PostgreSQL whose database `template` was migrated once and holds the cast."""
    if postgresql.programs() is None and "TALLY3220_TESTS_SKIP_NOTHING" not in os.environ:
        pytest.skip("PostgreSQL's server programs (initdb, pg_ctl) are not installed")
    with postgresql.cluster() as server:
        server.create("template")
        fill(make_app(tmp_path_factory.mktemp("postgresql"), server.url("template")))
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of a register of the test's own, once on each database."""
    if request.param == "sqlite":
        for file in request.getfixturevalue("template").glob("tally3220.db*"):
            shutil.copy(file, tmp_path / file.name)
        yield sqlite_url(tmp_path)
        return
    server: Cluster = request.getfixturevalue("cluster")
    name = f"test_{uuid4().hex}"
    server.create(name, template="template")
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """Return an application on the test's register, inside its context."""
    application = make_app(tmp_path, database_url)
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def work(app: Flask) -> AbstractContextManager[Session]:
    """Return a unit of work on the test's register."""
    return unit_of_work()


@pytest.fixture
def cast() -> Cast:
    """Return the ids of the cast."""
    return CAST


def sqlite_url(folder: Path) -> str:
    """Return the address of the SQLite register in a folder."""
    return f"sqlite:///{folder / 'tally3220.db'}"


def make_app(folder: Path, url: str) -> Flask:
    """Return an application on a register, with the tests' clock."""
    application = create_app(
        {
            "DATA_DIR": str(folder),
            "DATABASE_URL": url,
            "SECRET_KEY": SECRET,
            "FIRM_NAME": "Northwind Securities",
            "CLOCK": lambda: NOON,
            "TESTING": True,
            "PROPAGATE_EXCEPTIONS": False,
        }
    )
    application.jinja_env.bytecode_cache = COMPILED_TEMPLATES
    return application


def fill(application: Flask) -> None:
    """Bring an empty database to head and add the cast."""
    with application.app_context():
        schema.upgrade(db.engine)
        with unit_of_work() as session:
            _add_cast(session)
        db.engine.dispose()


def _add_cast(session: Session) -> None:
    roles = (
        ("rep", "Rita Rep", Role.AE, 2),
        ("supervisor", "Sam Supervisor", Role.SUPERVISOR, None),
        ("officer", "Olga Officer", Role.COMPLIANCE, None),
        ("second_officer", "Otto Officer", Role.COMPLIANCE, None),
        ("auditor", "Abe Auditor", Role.AUDITOR, None),
        ("admin", "Ada Admin", Role.ADMIN, None),
        ("other_rep", "Theo Marsh", Role.AE, 2),
    )
    # Cheap to check; what a real one costs is not what these tests are about.
    password_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    added = {}
    for key, name, role, _ in roles:
        person = people.add(session, NewPerson(EMAILS[key], name, role), actor_id=None, at=NOON)
        person.password_hash = password_hash
        added[key] = person
    for key, _, role, supervisor_id in roles:
        if supervisor_id is not None:
            people.change(
                session,
                added[key].id,
                role=role,
                supervisor_id=supervisor_id,
                actor_id=None,
                at=NOON,
            )
    for name, email, employer, title in (
        ("Morgan Ellery", "morgan@northgate.example", "Northgate Pension Trust", "Manager"),
        ("Ravi Shankaran", "ravi@harbor.example", "Harbor Capital", "Analyst"),
    ):
        recipients.add(session, NewRecipient(name, email, employer, title), actor_id=1, at=NOON)
