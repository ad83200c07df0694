"""`tally3220 gifts`: bringing gifts in from a file."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from compliance_app.cli.console import WRONG_USE, counted, find_person, opened, print_json
from compliance_app.cli.progress import progress_bar
from compliance_app.clock import now
from compliance_app.services.import_rows import Problem
from compliance_app.services.imports import Imported, ImportRefusedError, Options, import_gifts
from compliance_app.store.base import unit_of_work

LARGEST_BYTES = 2_000_000_000


@click.group()
def gifts() -> None:
    """Import gifts from a file."""


@gifts.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Do everything, then keep nothing.")
@click.option("--add-people", is_flag=True, help="Add givers nobody knows; they cannot sign in.")
@click.option("--partial", is_flag=True, help="Take the good rows even if others are bad.")
@click.option("--as", "email", metavar="EMAIL", help="The compliance officer who imports.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
def import_(
    file: Path, *, dry_run: bool, add_people: bool, partial: bool, email: str | None, as_json: bool
) -> None:
    """Take every gift of a CSV FILE that is not in the register yet.

    Every row is accepted, or explained by its line and column. Unless --partial is given,
    one row that cannot be taken stops them all. The same file again adds nothing.
    """
    if file.stat().st_size > LARGEST_BYTES:
        raise click.UsageError(f"{file} is larger than 2 GB; split it into several files.")
    try:
        done = _import(file.read_bytes(), Options(add_people, partial), email, dry_run=dry_run)
    except ImportRefusedError as refusal:
        done = Imported(rows=refusal.total, problems=list(refusal.rows))
        _report(file, done, dry_run=dry_run, as_json=as_json, ending=str(refusal))
        sys.exit(WRONG_USE)
    ending = "Nothing was kept: this was a dry run." if dry_run else "Done."
    _report(file, done, dry_run=dry_run, as_json=as_json, ending=ending)


def _import(content: bytes, options: Options, email: str | None, *, dry_run: bool) -> Imported:
    with opened(), unit_of_work() as session:
        actor_id = find_person(session, email).id if email else None
        with progress_bar("Importing") as progress:
            done = import_gifts(
                session, content, options, actor_id=actor_id, at=now(), progress=progress
            )
        if dry_run:
            session.rollback()
    return done


def _report(file: Path, done: Imported, *, dry_run: bool, as_json: bool, ending: str) -> None:
    refused = len({problem.line for problem in done.problems})
    if as_json:
        said = {"problems": done.problems, "notes": done.notes}
        plain = asdict(done) | {name: list(map(_document, some)) for name, some in said.items()}
        print_json({"file": str(file), "dry_run": dry_run, "rows_refused": refused, **plain})
        return
    for problem in (*done.problems, *done.notes):
        click.echo(str(problem), err=True)
    if done.gifts_added or done.gifts_already_there or not refused:
        click.echo(
            f"{counted(done.gifts_added, 'gift')} added from {counted(done.rows, 'row')}, "
            f"{done.gifts_already_there:,} in the register already, "
            f"{counted(refused, 'row')} left out."
        )
        click.echo(
            f"{counted(done.breaches, 'breach', 'breaches')} recorded, "
            f"{done.submitted:,} submitted for a decision."
        )
        click.echo(
            f"{counted(done.people_added, 'person', 'people')}, "
            f"{counted(done.recipients_added, 'recipient')} and "
            f"{counted(done.employers_added, 'employer')} added."
        )
    click.echo(ending, err=bool(refused and not done.gifts_added))


def _document(problem: Problem) -> dict[str, object]:
    return {"line": problem.line, "column": problem.column, "problem": problem.sentence}
