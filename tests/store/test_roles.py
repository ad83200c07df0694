"""On PostgreSQL the application works as a role that can neither change the trail nor its guards.

The statements are those of docs/trail.md, so that what it tells an administrator is what holds.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from compliance_app.services import audit, gifts
from compliance_app.store.base import db, frozen_reading, unit_of_work
from tests.conftest import CAST, NOON, make_app
from tests.factories import make_claim
from tests.postgresql import Cluster

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "trail.md"


def documented() -> list[str]:
    """Return the statements of the document but the one that makes the database."""
    block = DOCUMENT.read_text(encoding="utf-8").split("```sql\n", 1)[1].split("```", 1)[0]
    plain = re.sub(r"--.*", "", block)
    statements = [one.strip() for one in plain.split(";") if one.strip()]
    return [one for one in statements if not one.startswith("CREATE DATABASE")]


@pytest.fixture
def app(cluster: Cluster, tmp_path: Path) -> Iterator[Flask]:
    """Return an application that works as the role the document gives it."""
    name = f"roles_{uuid4().hex}"
    cluster.create(name, template="template")
    with psycopg.connect(cluster.url(name), autocommit=True) as owner:
        for statement in documented():
            owner.execute(statement)
    url = cluster.url(name).replace("://postgres@", "://tally_app@")
    application = make_app(tmp_path, url)
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()
    with psycopg.connect(cluster.url(name), autocommit=True) as owner:
        owner.execute("DROP OWNED BY tally_app, tally_owner")
        owner.execute("DROP ROLE tally_app")
        owner.execute("DROP ROLE tally_owner")
    cluster.drop(name)


def test_the_applications_role_can_do_its_work_but_not_change_the_trail(app: Flask) -> None:
    with unit_of_work() as session:
        gift = gifts.submit(
            session, make_claim(90_00), giver_id=CAST.rep, actor_id=CAST.rep, at=NOON
        )
        gifts.cancel(session, gift.reference, actor_id=CAST.rep, at=NOON)
    for statement in (
        "UPDATE trail_event SET actor = 'mallory'",
        "DELETE FROM trail_event",
        "TRUNCATE trail_event",
        "DELETE FROM trail_checkpoint",
        "ALTER TABLE trail_event DISABLE TRIGGER USER",
        "DROP TRIGGER trail_event_no_update ON trail_event",
        "DROP FUNCTION refuse_change() CASCADE",
    ):
        with (
            pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
            unit_of_work() as session,
        ):
            session.execute(text(statement))
    with frozen_reading() as session:
        found = audit.verify(session)
    assert (found.events, found.problem) == (15, None)
