"""`tally3220 database`: the schema, whether the database is sound, and copies of it."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from compliance_app.cli.console import ANSWER_IS_NO, counted, opened, print_json
from compliance_app.clock import now
from compliance_app.store import maintenance, recipient_keys
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.maintenance import Counts


@click.group()
def database() -> None:
    """Upgrade, check, back up and restore the database."""


@database.command()
def upgrade() -> None:
    """Bring the database to the version this program needs, or make a new one."""
    with opened(at_head=False):
        before = maintenance.schema_state(db.engine)
        after = maintenance.upgrade(db.engine)
        with unit_of_work() as work:
            recipient_keys.fill(work)
    if before.is_at_head:
        click.echo(f"The database is at version {after.current} already.")
    else:
        click.echo(f"The database is now at version {after.current}.")


@database.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
def check(*, as_json: bool) -> None:
    """Check the version, the file and every reference; exit 1 if anything is wrong."""
    with opened(at_head=False):
        health = maintenance.check(db.engine)
    if as_json:
        print_json(
            {
                "version": health.schema.current,
                "needed_version": health.schema.head,
                "problems": list(health.problems),
                "counts": asdict(health.counts) if health.counts else None,
            }
        )
    else:
        if health.counts:
            click.echo(f"The register holds {in_words(health.counts)}.")
        for problem in health.problems:
            click.echo(problem, err=True)
        if not health.problems:
            click.echo(f"The database is sound and at version {health.schema.current}.")
    if health.problems:
        sys.exit(ANSWER_IS_NO)


@database.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copy the whole database to a new FILE while it is in use, and check the copy."""
    with opened():
        counts = maintenance.backup(db.engine, file)
    click.echo(f"{file} holds {in_words(counts)}, and was checked.")


@database.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Put the present register aside and take its place.")
def restore(file: Path, *, replace: bool) -> None:
    """Put the backup in FILE in the place of an empty register; stop the server first."""
    with opened(at_head=False):
        kept = maintenance.restore(db.engine, file, replace=replace, at=now())
        state = maintenance.schema_state(db.engine)
    if kept:
        click.echo(f"The register that was here is kept as {kept}.")
    if not state.is_at_head:
        click.echo(state.sentence)
    click.echo(f"{file} was checked and restored.")


def in_words(counts: Counts) -> str:
    """Return how much a register holds, as people say it."""
    return (
        f"{counted(counts.people, 'person', 'people')}, {counted(counts.recipients, 'recipient')}, "
        f"{counted(counts.gifts, 'gift')} and {counted(counts.events, 'event')}"
    )
