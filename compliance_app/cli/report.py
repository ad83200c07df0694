"""`tally3220 report`: what is handed over, written to a folder."""

from pathlib import Path

import click

from compliance_app.cli.console import opened
from compliance_app.clock import now
from compliance_app.services.reporting import keep_run, make_quarter, quarter_of
from compliance_app.store.base import frozen_reading, unit_of_work


@click.group()
def report() -> None:
    """Write reports."""


@report.command()
@click.argument("quarter")
@click.option(
    "--out",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write to; it is made if it is not there.",
)
def quarter(quarter: str, *, folder: Path) -> None:
    """Write the package of a QUARTER such as 2026Q3: as PDF, CSV, XLSX, JSON."""
    quarter_of(quarter)
    folder.mkdir(parents=True, exist_ok=True)
    with opened() as app:
        with frozen_reading() as reading:
            package = make_quarter(reading, quarter, firm=app.config["FIRM_NAME"])
        for name, content in package.files.items():
            (folder / name).write_bytes(content)
            click.echo(f"{folder / name}: {len(content):,} bytes")
        with unit_of_work() as session:
            keep_run(session, package, actor_id=None, at=now())
    click.echo(f"The package of {quarter.upper()} is complete.")
