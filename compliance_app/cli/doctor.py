"""`tally3220 doctor`: looks at settings, database, trail, clock and people; says what to mend."""

import os
import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import click
from flask import Flask
from sqlalchemy.orm import Session

from compliance_app.app import SHORTEST_SECRET
from compliance_app.cli.console import ANSWER_IS_NO, counted, opened, print_json
from compliance_app.clock import now
from compliance_app.rules.permissions import Role
from compliance_app.services.audit import verify
from compliance_app.services.people import may_enter
from compliance_app.store import audit as audit_store
from compliance_app.store import maintenance
from compliance_app.store import people as people_store
from compliance_app.store.base import db

LEAST_FREE_BYTES = 500_000_000
# Moments of other machines may run ahead of ours by this much.
TOLERANCE = timedelta(minutes=5)


class Finding(NamedTuple):
    """One thing that was looked at; `advice` is empty where it is well."""

    subject: str
    found: str
    advice: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
def doctor(*, as_json: bool) -> None:
    """Check settings, database, trail, clock and people; exit 1 if anything needs mending."""
    with opened(at_head=False) as app:
        findings = list(_findings(app))
    sick = [finding for finding in findings if finding.advice]
    if as_json:
        print_json({"well": not sick, "findings": [finding._asdict() for finding in findings]})
    else:
        for finding in findings:
            mark = "mend" if finding.advice else "well"
            click.echo(f"{mark}  {finding.subject}: {finding.found} {finding.advice}".rstrip())
    if sick:
        click.echo(f"{counted(len(sick), 'thing')} to mend.", err=True)
        sys.exit(ANSWER_IS_NO)


def _findings(app: Flask) -> Iterator[Finding]:
    yield _secret_key(str(app.config["SECRET_KEY"]))
    yield _base_url(str(app.config["BASE_URL"]))
    yield _data_folder(Path(app.config["DATA_DIR"]))
    health = maintenance.check(db.engine)
    yield Finding(
        "database",
        f"{db.engine.dialect.name}, version {health.schema.current or 'none'}.",
        " ".join(health.problems),
    )
    if not health.schema.is_at_head:
        return
    yield _trail(db.session())
    yield _clock(db.session())
    yield from _people(db.session())


def _secret_key(secret: str) -> Finding:
    if len(secret) >= SHORTEST_SECRET:
        return Finding("secret key", "set.")
    return Finding(
        "secret key",
        "not set, or too short.",
        f"Set TALLY3220_SECRET_KEY to {SHORTEST_SECRET} or more random characters before serving.",
    )


def _base_url(url: str) -> Finding:
    if url.startswith("https://"):
        return Finding("address", f"{url}, cookies travel over TLS only.")
    if url:
        advice = "Serve it behind TLS and set TALLY3220_BASE_URL to its https address."
        return Finding("address", f"{url} is not encrypted.", advice)
    return Finding("address", "none set; good for this machine alone.")


def _data_folder(folder: Path) -> Finding:
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        advice = "Make the folder, or set TALLY3220_DATA_DIR to one that may be written to."
        return Finding("data folder", f"{folder} cannot be written to.", advice)
    free = shutil.disk_usage(folder).free
    advice = "" if free >= LEAST_FREE_BYTES else "Make room before the disk is full."
    return Finding("data folder", f"{folder}, {free // 1_000_000:,} MB free.", advice)


def _trail(session: Session) -> Finding:
    found = verify(session)
    advice = f"{found.problem} Compare with a backup." if found.problem else ""
    return Finding("trail", f"{counted(found.events, 'event')} verified.", advice)


def _clock(session: Session) -> Finding:
    moment = now()
    last = next(iter(audit_store.latest(session, before=None, count=1)), None)
    if last is not None and last.happened_at > moment + TOLERANCE:
        return Finding(
            "clock",
            f"{moment.isoformat(timespec='seconds')}.",
            f"The last event is of {last.happened_at.isoformat(timespec='seconds')}, which lies "
            "ahead: set this machine's clock.",
        )
    return Finding("clock", f"{moment.isoformat(timespec='seconds')}.")


def _people(session: Session) -> Iterator[Finding]:
    moment = now()
    able = [
        person
        for person in people_store.list_people(session)
        if person.password_hash and may_enter(person, moment)
    ]
    for role, task in ((Role.ADMIN, "keep people"), (Role.COMPLIANCE, "decide on gifts")):
        number = sum(person.role is role for person in able)
        advice = (
            ""
            if number
            else f"Nobody can {task}: add one with tally3220 people add --role {role.value}, then "
            "tally3220 people password."
        )
        yield Finding(role.words.lower(), f"{number} can sign in.", advice)
