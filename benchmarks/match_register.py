"""A register of many people with their firms and keys, made past the trail, to search and scan."""

import sys
from collections.abc import Sequence
from pathlib import Path

from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from benchmarks.contacts import Written
from compliance_app.app import create_app
from compliance_app.clock import now
from compliance_app.rules.matching import Contact
from compliance_app.store import recipient_keys, schema
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.bulk import chunks
from compliance_app.store.models import Employer, Employment, Recipient
from compliance_app.store.recipients import key_of

ROOM_KB = 4 * 1024 * 1024


def opened(folder: Path, url: str) -> Flask:
    """Return the program on the database of an address, or else on a file in the folder."""
    app = create_app(
        {
            "DATA_DIR": str(folder),
            "DATABASE_URL": url or f"sqlite:///{folder / 'register.db'}",
            "SECRET_KEY": "benchmark",
        },
        console=True,
    )
    with app.app_context():
        schema.upgrade(db.engine)
    return app


def fill(records: Sequence[Written], *, as_it_is: bool = False) -> bool:
    """Keep people with their firms and keys, unless there are some from before.

    Those must be as many, or else (`as_it_is`) whoever they are will do.
    """
    at = now()
    with db.session() as session:
        if count := session.scalar(select(func.count()).select_from(Recipient)):
            if count != len(records) and not as_it_is:
                sys.exit(f"The register holds {count:,} people, not {len(records):,}.")
            return False
    names = {key_of(one.employer): one.employer for one in records}
    firms = {key: number for number, key in enumerate(sorted(names), 1)}
    with unit_of_work() as work:
        for some_firms in chunks(firms.items()):
            rows = [
                {"id": number, "name": names[key], "name_key": key, "created_at": at}
                for key, number in some_firms
            ]
            work.execute(insert(Employer), rows)
    with unit_of_work() as work:
        if db.engine.dialect.name == "sqlite":
            # All of it fits, so that each page of an index is written once.
            work.connection().exec_driver_sql(f"PRAGMA cache_size = -{ROOM_KB}")
        seen: set[str] = set()
        for some in chunks(enumerate(records, 1), 20_000):
            _keep(work, some, firms, seen)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return True


def _keep(
    work: Session, some: Sequence[tuple[int, Written]], firms: dict[str, int], seen: set[str]
) -> None:
    at = now()
    people, jobs, contacts = [], [], []
    for number, one in some:
        # An address belongs to one record, and the scan is to find the others without it.
        email = one.email if one.email and one.email not in seen else None
        seen.add(one.email)
        people.append(
            {
                "id": number,
                "name": one.name,
                "name_key": key_of(one.name),
                "email": email,
                "created_at": at,
            }
        )
        jobs.append({"recipient_id": number, "employer_id": firms[key_of(one.employer)]})
        contacts.append(
            (number, Contact.of(one.name, employer=one.employer, email=one.email, title=one.title))
        )
    work.execute(insert(Recipient), people)
    work.execute(insert(Employment), jobs)
    recipient_keys.keep_contacts(work, contacts)
