"""`tally3220 audit`: whether the trail is whole, and what proves it to others."""

import sys
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from compliance_app.cli.console import (
    ANSWER_IS_NO,
    counted,
    opened,
    print_json,
    write_secret,
    written_whole,
)
from compliance_app.clock import end_of, now
from compliance_app.rules.checkpoint import Checkpoint
from compliance_app.rules.money import format_dollars
from compliance_app.services import checkpoints, signing
from compliance_app.services.as_of import KnownGift, all_gifts_known
from compliance_app.services.audit import verify as verify_trail
from compliance_app.services.replay import replay as replay_trail
from compliance_app.services.trail_export import lines_of
from compliance_app.store.base import db, frozen_reading, unit_of_work
from compliance_app.store.models import TrailCheckpoint

READABLE_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """Check the trail, and prove to others what it was."""


@audit.command()
@click.option(
    "--checkpoint",
    "files",
    type=READABLE_FILE,
    multiple=True,
    help="A checkpoint kept elsewhere, to hold the trail to; may be given several times.",
)
@click.option("--key", help="The public key it must be signed with, as audit keys prints it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
def verify(*, files: tuple[Path, ...], key: str | None, as_json: bool) -> None:
    """Check every event and checkpoint; name the first that is wrong and exit 1."""
    with opened() as app:
        given = [_given(file, key, app.config["SIGNING_KEY"]) for file in files]
        found = verify_trail(db.session(), given=given)
    if as_json:
        print_json(asdict(found))
    elif found.problem:
        click.echo(found.problem, err=True)
    else:
        click.echo(f"The trail is whole and in order: {counted(found.events, 'event')}.")
        if found.checkpoints:
            click.echo(f"It agrees with {counted(found.checkpoints, 'checkpoint')}.")
        click.echo(f"Its last seal is {found.head_sha256}.")
    if found.problem:
        sys.exit(ANSWER_IS_NO)


@audit.command()
@click.option("--out", "file", type=NEW_FILE, help="Write it to FILE too, to be kept elsewhere.")
def checkpoint(*, file: Path | None) -> None:
    """Check the trail and keep a signed checkpoint of it: what it is now, in five lines."""
    with opened() as app:
        drawn = _drawn(app.config["SIGNING_KEY"])
        if file is not None:
            with written_whole(file) as out:
                out.write(drawn.note)
        click.echo(drawn.note, nl=False)
        if drawn.verifier is None:
            click.echo("It is not signed: there is no TALLY3220_SIGNING_KEY.", err=True)


@audit.command()
@click.argument("file", type=NEW_FILE)
@click.option("--subject", help="Only the events about this one, such as gift:12, with proofs.")
def export(file: Path, *, subject: str | None) -> None:
    """Write the trail with its checkpoints and proofs to one FILE that tally3220 verify checks."""
    with opened() as app:
        drawn = _drawn(app.config["SIGNING_KEY"])
        with frozen_reading() as session, written_whole(file) as out:
            out.writelines(f"{line}\n" for line in lines_of(session, drawn, subject=subject))
    click.echo(f"{file} is written; anybody checks it with: tally3220 verify {file.name}")


@audit.command()
@click.option("--new", "file", type=NEW_FILE, help="Make a new signing key and write it to FILE.")
def keys(*, file: Path | None) -> None:
    """Print the public key by which others check our checkpoints, or make a new pair."""
    with opened(at_head=False) as app:
        signing_key = app.config["SIGNING_KEY"]
    if file is not None:
        signing_key = signing.new_key()
        write_secret(file, f"{signing_key}\n".encode())
        click.echo(f"{file} is the signing key; set TALLY3220_SIGNING_KEY_FILE to its path.")
    if not signing_key:
        raise click.UsageError("There is no signing key yet; make one with: audit keys --new FILE")
    click.echo(f"Public key: {signing.verifier_for(signing_key)}")


@audit.command()
@click.option(
    "--as-of",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="List the gifts as they were known at the end of this DAY instead.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document for programs.")
def replay(*, day: datetime | None, as_json: bool) -> None:
    """Rebuild the register from the trail alone; name every difference and exit 1."""
    with opened(), frozen_reading() as session:
        if day is not None:
            _list_as_of(session, day.date(), as_json=as_json)
            return
        found = replay_trail(session)
    if as_json:
        print_json(asdict(found))
    else:
        for difference in found.differences:
            click.echo(difference, err=True)
        click.echo(
            f"{counted(found.events, 'event')} tell of {counted(found.rows, 'row')}; "
            f"{counted(len(found.differences), 'difference')}."
        )
    if found.differences:
        sys.exit(ANSWER_IS_NO)


def _list_as_of(session: Session, day: date, *, as_json: bool) -> None:
    """Print a line a share of the gifts as they were known then, and what counted in all."""
    known = all_gifts_known(session, before=end_of(day))
    if as_json:
        print_json([_document(gift) for gift in known])
        return
    gifts = counting = 0
    for gift in known:
        gifts += 1
        for share in gift.shares:
            counting += share.counted_cents if share.holds_room else 0
            value, total = format_dollars(share.counted_cents), format_dollars(share.running_cents)
            click.echo(
                f"{gift.reference}  {gift.given_on}  {gift.state.words}  {share.recipient}  "
                f"{value}, total {total}"
            )
    click.echo(f"{counted(gifts, 'gift')} known; {format_dollars(counting)} counted.")


def _document(gift: KnownGift) -> dict[str, object]:
    shares = [share._asdict() for share in gift.shares]
    return {**gift._asdict(), "given_on": gift.given_on.isoformat(), "shares": shares}


def _drawn(signing_key: str) -> TrailCheckpoint:
    """Return the checkpoint of the trail as it is now, and keep it."""
    with frozen_reading() as reading:
        drawn = checkpoints.draw_checkpoint(reading, signing_key=signing_key, at=now())
    with unit_of_work() as session:
        checkpoints.keep(session, drawn)
    return drawn


def _given(file: Path, key: str | None, signing_key: str) -> Checkpoint:
    own = signing.verifier_for(signing_key) if signing_key else None
    text = file.read_text(encoding="utf-8", errors="replace")
    return checkpoints.read_given(text, verifier=key or own).checkpoint
