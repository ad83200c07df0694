"""`tally3220 verify`: whether what was handed over is what was written, without the register."""

import sys
from pathlib import Path

import click

from compliance_app.cli.console import ANSWER_IS_NO, counted
from compliance_app.rules.exported import ExportError
from compliance_app.services.checkpoints import read_given
from compliance_app.services.packages import PackageCheck, PackageError, check_package, is_package
from compliance_app.services.trail_export import FileCheck, check_file

THERE = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("path", type=THERE)
@click.option("--key", help="The public key the firm gave out; it must have signed the file.")
@click.option("--checkpoint", "file", type=THERE, help="A checkpoint you hold, of the same trail.")
def verify(path: Path, *, key: str | None, file: Path | None) -> None:
    """Check PATH, an exported trail or a quarterly package; exit 1 if anything was changed.

    It needs neither a database nor a network.
    """
    try:
        if is_package(path):
            _tell_package(check_package(path))
            return
        given = None
        if file is not None:
            given = read_given(file.read_text(encoding="utf-8"), verifier=key).checkpoint
        with path.open(encoding="utf-8", errors="replace") as lines:
            found = check_file(lines, verifier=key, given=given)
    except (ExportError, PackageError) as error:
        click.echo(str(error), err=True)
        sys.exit(ANSWER_IS_NO)
    _tell_trail(found)


def _tell_package(found: PackageCheck) -> None:
    click.echo(f"The package of {found.period} is as it was produced: {', '.join(found.files)}.")
    events = counted(found.trail_events, "event")
    click.echo(f"It was read from a trail of {events}, the last sealed {found.trail_head}.")


def _tell_trail(found: FileCheck) -> None:
    events = counted(found.events, "event")
    if found.is_whole:
        click.echo(f"The trail is whole and in order: {events}.")
    else:
        click.echo(f"Proved to be in the trail of {found.size:,} events: {events}.")
    if found.vouched_at is not None:
        by = f"signed by {found.signed_by}" if found.signed_by else "not signed"
        click.echo(f"Its checkpoint of {found.vouched_at:%Y-%m-%d %H:%M} UTC is {by}.")
    click.echo(f"Its last seal is {found.head_sha256}.")
