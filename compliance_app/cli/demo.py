"""`tally3220 demo`: a fictional firm to try everything with, made and served in one go."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import click
from flask import Flask

from compliance_app.app import create_app
from compliance_app.cli.console import counted
from compliance_app.cli.progress import progress_bar
from compliance_app.cli.serve import run
from compliance_app.clock import now
from compliance_app.rules.permissions import Role
from compliance_app.services.demo import USUAL_GIFTS, build
from compliance_app.services.demo_firm import PASSWORD
from compliance_app.services.demo_names import FIRM
from compliance_app.store import maintenance
from compliance_app.store import people as people_store
from compliance_app.store.base import db, unit_of_work

MOST_GIFTS = 1_000_000
HOST = "127.0.0.1"
THREADS = 8


@click.command()
@click.option("--port", default=3220, show_default=True, type=click.IntRange(1, 65_535))
@click.option("--gifts", default=USUAL_GIFTS, show_default=True, type=click.IntRange(0, MOST_GIFTS))
@click.option("--seed", default=3220, show_default=True, help="Another seed, another firm.")
@click.option(
    "--data",
    "folder",
    default=Path("tally3220-demo"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the demo is kept; one that is there already is used as it is.",
)
@click.option("--no-serve", is_flag=True, help="Make the demo, but do not serve it.")
def demo(*, port: int, gifts: int, seed: int, folder: Path, no_serve: bool) -> None:
    """Make a fictional firm in an embedded database and serve it on this machine alone."""
    app = create_app(_settings(folder.resolve()))
    with app.app_context():
        maintenance.upgrade(db.engine)
        if maintenance.is_empty(db.engine):
            with unit_of_work() as session, progress_bar("Making the demo") as progress:
                build(session, gifts=gifts, seed=seed, at=now(), progress=progress)
        _print_sign_ins(app, folder)
    if no_serve:
        return
    click.echo(f"\nOpen http://{HOST}:{port} in a browser; stop with Ctrl-C.")
    run(app, host=HOST, port=port, threads=THREADS)


def _settings(folder: Path) -> Mapping[str, object]:
    """Return settings of the demo's own: those of a real register are never used."""
    folder.mkdir(parents=True, exist_ok=True)
    return {
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'demo.db'}",
        "SECRET_KEY": _secret_key(folder / "secret.key"),
        "FIRM_NAME": FIRM,
        "SIGNING_KEY": "",
        "BASE_URL": "",
        "SESSION_COOKIE_SECURE": False,
        "TRUSTED_PROXIES": "0",
    }


def _secret_key(path: Path) -> str:
    """Return the key kept in the file, made on first use so that only its owner reads it."""
    if not path.exists():
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")


def _print_sign_ins(app: Flask, folder: Path) -> None:
    able = [one for one in people_store.list_people(db.session()) if one.password_hash]
    counts = maintenance.check(db.engine).counts
    held = counted(counts.gifts, "gift") if counts else "no gift"
    click.echo(f"{app.config['FIRM_NAME']} is ready in {folder}: {held}.\n")
    click.echo(f"Sign in with the password: {PASSWORD}\n")
    for role in Role:
        person = next((one for one in able if one.role is role), None)
        if person is not None:
            click.echo(f"  {role.words:20} {person.email}")
