"""`tally3220 verify`: whether what was handed over is what was written, without the register."""

import sys
from pathlib import Path

import click

from compliance_app.cli.console import ANSWER_IS_NO, counted
from compliance_app.rules.checkpoint import Checkpoint
from compliance_app.rules.exported import ExportError
from compliance_app.services.checkpoints import read_given
from compliance_app.services.reporting.errors import PackageError
from compliance_app.services.reporting.pdf_check import check_pdf, is_pdf
from compliance_app.services.reporting.verifying import PackageCheck, check_package, is_package
from compliance_app.services.trail_export import FileCheck, bounded_lines, check_file

THERE = click.Path(exists=True, path_type=Path)
LONGEST_CHECKPOINT = 100_000


@click.command()
@click.argument("path", type=THERE)
@click.option("--key", help="The public key the firm gave out; it must have signed PATH.")
@click.option("--checkpoint", "file", type=THERE, help="A checkpoint you hold, of the same trail.")
@click.option("--sha256", "digest", help="The SHA-256 of the manifest, as the firm told you.")
def verify(path: Path, *, key: str | None, file: Path | None, digest: str | None) -> None:
    """Check PATH, a package, its PDF or an exported trail; exit 1 if anything was changed.

    A package is checked as a folder or a zip: every byte against its manifest, the manifest
    against its seal, each event's proof, and whether all files say the same. It needs neither a
    database nor a network.
    """
    try:
        given = _given(file, key)
        if is_package(path):
            _tell_package(check_package(path, verifier=key, manifest_sha256=digest, given=given))
            return
        if is_pdf(path):
            for sentence in check_pdf(path):
                click.echo(sentence)
            return
        with path.open(encoding="utf-8", errors="replace") as lines:
            found = check_file(bounded_lines(lines), verifier=key, given=given)
    except (ExportError, PackageError) as error:
        click.echo(str(error), err=True)
        sys.exit(ANSWER_IS_NO)
    _tell_trail(found)


def _given(file: Path | None, key: str | None) -> Checkpoint | None:
    if file is None:
        return None
    with file.open(encoding="utf-8", errors="replace") as text:
        return read_given(text.read(LONGEST_CHECKPOINT), verifier=key).checkpoint


def _tell_package(found: PackageCheck) -> None:
    for sentence in found.said:
        click.echo(sentence)
    events = counted(found.trail_events, "event")
    click.echo(f"It was read from a trail of {events}, the last sealed {found.trail_head}.")
    if found.signed_by:
        click.echo(f"It is signed by {found.signed_by}; compare it with the key the firm gave you.")
    else:
        click.echo(
            "Its manifest is not signed: whoever wrote all anew would not be found out by it."
        )
    click.echo(f"The SHA-256 of its manifest is {found.manifest_sha256}; the firm can confirm it.")
    click.echo(f"The package of {found.period} is as it was produced: {', '.join(found.files)}.")


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
