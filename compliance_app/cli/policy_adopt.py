"""`tally3220 policy show` and `policy adopt`: the version in force, and the next one."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from compliance_app.cli.console import WRONG_USE, find_person, opened, print_json
from compliance_app.clock import now, today
from compliance_app.rules.errors import PermissionMissingError
from compliance_app.rules.policy import Policy
from compliance_app.rules.problems import DocumentError
from compliance_app.services import policies
from compliance_app.services.audit import record_refusal
from compliance_app.services.policy_words import Change, settings_of, since_words
from compliance_app.store import policies as store
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Policy as Version

DAY = click.DateTime(["%Y-%m-%d"])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--on", "on", type=DAY, help="The day it was in force on; today if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
def show(*, on: datetime | None, as_json: bool) -> None:
    """Show the policy in force, in words, and what it changed."""
    with opened():
        session = db.session()
        policy = policies.policy_on(session, on.date() if on else today())
        version = store.find_by_sha256(session, policy.sha256)
        changes = policies.changes_of(session, version) if version else ()
        if as_json:
            print_json(_document(policy, version, changes))
            return
        for line in _lines(policy, version, changes):
            click.echo(line)


@click.command()
@click.argument("file", type=FILE)
@click.option(
    "--as", "email", metavar="EMAIL", required=True, help="The compliance officer who adopts it."
)
@click.option("--reason", required=True, help="Why; it is kept with the version.")
def adopt(file: Path, *, email: str, reason: str) -> None:
    """Adopt a policy FILE (TOML) as the firm's policy from its effective_on on.

    What was judged before is not judged again. Exit 1: this person may not; 2: the document
    cannot be adopted, with the line and the key of everything that is wrong with it.
    """
    with opened(), problems_by_line(file):
        actor_id = find_person(db.session(), email).id
        db.session.remove()
        try:
            with unit_of_work() as session:
                version = policies.adopt(
                    session, read(file), reason=reason, actor_id=actor_id, at=now()
                )
                changes = policies.changes_of(session, version)
        except PermissionMissingError as refusal:
            with unit_of_work() as session:
                record_refusal(
                    session, refusal, actor_id=actor_id, at=now(), attempted="policy adopt"
                )
            raise
        for line in _changed(changes):
            click.echo(line)
        click.echo(f"Adopted; in force {_since(version)}. SHA-256 {version.sha256}")


def read(file: Path) -> str:
    """Return the text of a policy document."""
    if file.stat().st_size > policies.LONGEST_DOCUMENT * 4:
        raise click.UsageError(f"{file} is too large for a policy; name the TOML document.")
    return policies.read_document(file.read_bytes())


@contextmanager
def problems_by_line(file: Path) -> Iterator[None]:
    """Print what is wrong with a document, a line each, and leave with exit code 2."""
    try:
        yield
    except DocumentError as error:
        for problem in error.problems:
            click.echo(f"{file}, {problem}", err=True)
        sys.exit(WRONG_USE)


def _lines(policy: Policy, version: Version | None, changes: Iterable[Change]) -> Iterator[str]:
    yield f"{policy.title}, version {policy.version}"
    if version is None:
        yield "The firm has not adopted a policy; the template that ships with the program holds."
    else:
        who = version.adopted_by.name if version.adopted_by else "the console"
        moment = version.adopted_at.astimezone(UTC)
        yield f"In force {_since(version)}; adopted by {who} on {moment:%Y-%m-%d %H:%M} UTC."
        yield f"Reason: {version.reason}"
    yield f"SHA-256 {policy.sha256}"
    for part in settings_of(policy):
        yield f"\n{part.title}"
        for name, value in part.settings:
            yield f"  {name}: {value}"
    if version is not None:
        yield "\nWhat this version changed"
        yield from _changed(changes)


def _changed(changes: Iterable[Change]) -> Iterator[str]:
    told = [f"  {name}: was {was}; is {is_now}" for name, was, is_now in changes]
    yield from told or ["  No setting changed."]


def _since(version: Version) -> str:
    words = since_words(version.effective_on)
    return words if version.effective_on.year == 1 else f"from {words} on"


def _document(
    policy: Policy, version: Version | None, changes: Iterable[Change]
) -> dict[str, object]:
    return {
        "title": policy.title,
        "version": policy.version,
        "sha256": policy.sha256,
        "adopted": version is not None,
        "effective_on": version.effective_on.isoformat() if version else None,
        "adopted_by": version.adopted_by.email if version and version.adopted_by else None,
        "adopted_at": version.adopted_at.isoformat() if version else None,
        "reason": version.reason if version else None,
        "settings": {part.title: dict(part.settings) for part in settings_of(policy)},
        "changes": [change._asdict() for change in changes],
        "document": version.document if version else policies.template(),
    }
