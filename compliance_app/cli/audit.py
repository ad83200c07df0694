"""`tally3220 audit`: whether the trail is whole."""

import sys
from dataclasses import asdict

import click

from compliance_app.cli.console import ANSWER_IS_NO, counted, opened, print_json
from compliance_app.services.audit import verify as verify_trail
from compliance_app.store.base import db


@click.group()
def audit() -> None:
    """Check the trail."""


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
def verify(*, as_json: bool) -> None:
    """Check every event's seal and link; name the first that is wrong and exit 1."""
    with opened():
        found = verify_trail(db.session())
    if as_json:
        print_json(asdict(found))
    elif found.problem:
        click.echo(found.problem, err=True)
    else:
        click.echo(f"The trail's {counted(found.events, 'event')} are whole and in order.")
        click.echo(f"Its last seal is {found.head_sha256}.")
    if found.problem:
        sys.exit(ANSWER_IS_NO)
