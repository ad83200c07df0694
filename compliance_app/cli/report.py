"""`tally3220 report`: what is handed over, written to a folder."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click
from flask import Flask

from compliance_app.cli.console import opened
from compliance_app.cli.progress import progress_bar
from compliance_app.cli.report_keys import chosen_signer, keys
from compliance_app.cli.report_options import (
    DAY,
    Target,
    chosen_scope,
    of_a_part,
    of_some_days,
    to_a_folder,
)
from compliance_app.clock import now
from compliance_app.rules.periods import Period, quarter_of, range_of
from compliance_app.rules.report_kinds import ReportKind
from compliance_app.rules.scopes import ScopeKind
from compliance_app.services.packing import pack_files
from compliance_app.services.reporting import producing
from compliance_app.services.reporting.errors import told_apart
from compliance_app.services.reporting.keys import Signer
from compliance_app.services.reporting.orders import Order
from compliance_app.store.base import frozen_reading, unit_of_work


@click.group()
def report() -> None:
    """Write reports: packages, statements and extracts."""


report.add_command(keys)


@report.command()
@click.argument("quarter")
@to_a_folder
@of_a_part
def quarter(quarter: str, *, target: Target, **parts: str | None) -> None:
    """Write the package of a QUARTER such as 2026Q3: PDF, CSV, XLSX, JSON and the trail's part.

    It is about the whole firm, or about one part of it.
    """
    _write(ReportKind.REGISTER, quarter_of(quarter), parts, target)


@report.command("range")
@click.option("--since", required=True, type=DAY, help="The first day, as 2026-07-01.")
@click.option("--until", required=True, type=DAY, help="The last day.")
@to_a_folder
@of_a_part
def range_(*, since: datetime, until: datetime, target: Target, **parts: str | None) -> None:
    """Write the package of any days, the first and the last included."""
    period = range_of(since.date(), until.date())
    _write(ReportKind.REGISTER, period, parts, target)


@report.command("recipient")
@click.argument("recipient")
@of_some_days
@to_a_folder
def recipient_(recipient: str, *, period: Period, target: Target) -> None:
    """Write the statement of one RECIPIENT: e-mail address, name or number."""
    _write(ReportKind.RECIPIENT, period, {"recipient": recipient}, target)


@report.command("employer")
@click.argument("employer")
@of_some_days
@to_a_folder
def employer_(employer: str, *, period: Period, target: Target) -> None:
    """Write for a client what the firm gave to the people of this EMPLOYER: name or number.

    It leaves out decisions, flags, limits and the trail, which are the firm's own business.
    """
    _write(ReportKind.EMPLOYER, period, {"employer": employer}, target)


@report.command("giver")
@click.argument("giver")
@of_some_days
@to_a_folder
def giver_(giver: str, *, period: Period, target: Target) -> None:
    """Write the year of one GIVER: the e-mail address or number of an associated person."""
    _write(ReportKind.GIVER, period, {"giver": giver}, target)


@report.command("audit")
@of_some_days
@to_a_folder
@of_a_part
def audit_(*, period: Period, target: Target, **parts: str | None) -> None:
    """Write the events behind the gifts of some days, with their proofs and the supervision."""
    _write(ReportKind.AUDIT, period, parts, target)


@report.command("policies")
@of_some_days
@to_a_folder
def policies_(*, period: Period, target: Target) -> None:
    """Write the versions of the firm's policy in force in some days, each as it was adopted."""
    _write(ReportKind.POLICY, period, {}, target)


def _write(
    kind: ReportKind, period: Period, parts: Mapping[str, str | None], target: Target
) -> None:
    """Make a report in one frozen reading and move it to its folder once it is complete."""
    with opened() as app:
        order = _order(kind, period, parts)
        _check_folder(target.folder, order)
        signer = chosen_signer(app, target.key)
        with producing.staged(target.folder.absolute().parent) as place:
            package = _produce(app, order, place, signer)
            packed = _pack(package) if target.as_zip else None
            producing.keep_files(package, Path(app.config["DATA_DIR"]))
            with unit_of_work() as session:
                producing.keep_run(session, package, actor_id=None, at=now())
            written = _hand_over(package, target.folder, packed)
    for path in written:
        click.echo(f"{path}: {path.stat().st_size:,} bytes")
    click.echo(f"The SHA-256 of its manifest is {package.manifest_sha256}; keep it elsewhere.")
    about = "" if order.scope.kind is ScopeKind.FIRM else f" ({order.scope.words})"
    click.echo(f"The {kind.noun} of {period.words}{about} is complete.")


def _order(kind: ReportKind, period: Period, parts: Mapping[str, str | None]) -> Order:
    with frozen_reading() as session:
        return Order(period, chosen_scope(session, parts), kind)


def _produce(app: Flask, order: Order, place: Path, signer: Signer | None) -> producing.Package:
    with progress_bar("Making the report") as show, frozen_reading() as reading:
        return producing.produce(
            reading,
            order,
            place,
            firm=app.config["FIRM_NAME"],
            signing_key=app.config["SIGNING_KEY"],
            signer=signer,
            progress=lambda _step, _done, total: show(1, total),
        )


def _check_folder(folder: Path, order: Order) -> None:
    """Refuse a folder that holds another package: two of them in one are neither."""
    manifest = folder / "manifest.json"
    if manifest.exists() and not any(folder.glob(f"{order.stem}.*")):
        raise click.UsageError(
            f"{folder} holds another package already; name a folder of its own for this one."
        )


def _pack(package: producing.Package) -> Path:
    packed = package.folder / package.order.zip_name
    with told_apart(), packed.open("xb") as file:
        pack_files(package.paths(), file)
    return packed


def _hand_over(package: producing.Package, folder: Path, packed: Path | None) -> list[Path]:
    if packed is None:
        producing.hand_over(package, folder)
        return [folder / one.name for one in package.files]
    with told_apart():
        folder.mkdir(parents=True, exist_ok=True)
        return [packed.replace(folder / packed.name)]
