"""The console: `tally3220 <noun> <verb>`, a file for each noun."""

import os

import click

from compliance_app import __version__
from compliance_app.cli import crm
from compliance_app.cli.audit import audit
from compliance_app.cli.console import Console
from compliance_app.cli.database import database
from compliance_app.cli.demo import demo
from compliance_app.cli.doctor import doctor
from compliance_app.cli.employers import employers
from compliance_app.cli.gifts import gifts
from compliance_app.cli.people import people
from compliance_app.cli.policy import policy
from compliance_app.cli.recipients import recipients
from compliance_app.cli.report import report
from compliance_app.cli.serve import serve
from compliance_app.cli.verify import verify


@click.group(cls=Console)
@click.version_option(__version__, prog_name="Tally 3220")
def tally3220() -> None:
    """Keep the gift register of a broker-dealer under FINRA Rule 3220."""


for command in (
    demo,
    serve,
    database,
    people,
    employers,
    recipients,
    gifts,
    policy,
    report,
    audit,
    verify,
    doctor,
):
    tally3220.add_command(command)
for command in crm.COMMANDS:
    recipients.add_command(command)


def main() -> None:
    """Run the console; never returns.

    What it writes (the database, backups, reports) holds names, so only its owner reads it.
    """
    os.umask(0o077)
    tally3220.main(prog_name="tally3220")
