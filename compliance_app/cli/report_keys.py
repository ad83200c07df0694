"""`tally3220 report keys`, and the choice of a key for one report."""

import sys
from pathlib import Path

import click
from flask import Flask

from compliance_app.cli.console import opened, write_secret
from compliance_app.clock import now
from compliance_app.services.reporting.keys import Signer, new_key, open_signer

NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--new", "file", type=NEW_FILE, required=True, help="The key file to write.")
@click.option("--name", required=True, help="Who signs: a person, or an office of the firm.")
def keys(*, file: Path, name: str) -> None:
    """Make a key that signs reports, with a certificate of its own, as a PKCS#12 FILE.

    Its password is that of TALLY3220_REPORT_KEY_PASSWORD, or is asked for.
    """
    with opened(at_head=False) as app:
        password = app.config["REPORT_KEY_PASSWORD"] or _asked(confirm=True)
        made, fingerprint = new_key(name, password, firm=app.config["FIRM_NAME"], now=now())
    write_secret(file, made)
    click.echo(f"{file} signs reports; set TALLY3220_REPORT_KEY_FILE to its path.")
    click.echo(f"Certificate SHA-256: {fingerprint}")
    click.echo("Give this fingerprint to those who will check your reports.")


def chosen_signer(app: Flask, key: Path | None) -> Signer | None:
    """Open the key named on the command line, or else that of the settings."""
    config = dict(app.config)
    if key is not None:
        config["REPORT_KEY_FILE"] = str(key)
        config["REPORT_KEY_PASSWORD"] = config["REPORT_KEY_PASSWORD"] or _asked()
    return open_signer(config, now=now())


def _asked(*, confirm: bool = False) -> str:
    """Ask whoever sits at the terminal for the password; nobody answers a program."""
    if not sys.stdin.isatty():
        return ""
    entered: str = click.prompt(
        "Password of the key", hide_input=True, confirmation_prompt=confirm, err=True
    )
    return entered
