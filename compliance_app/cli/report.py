"""`tally3220 report`: what is handed over, written to a folder."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from flask import Flask

from compliance_app.cli.console import opened
from compliance_app.cli.progress import progress_bar
from compliance_app.cli.report_keys import chosen_signer, keys
from compliance_app.clock import now
from compliance_app.rules.periods import Period, quarter_of, range_of
from compliance_app.rules.report_kinds import ReportKind
from compliance_app.rules.scopes import ScopeKind
from compliance_app.services.packing import pack_files
from compliance_app.services.reporting import producing
from compliance_app.services.reporting.errors import told_apart
from compliance_app.services.reporting.keys import Signer
from compliance_app.services.reporting.orders import Order
from compliance_app.services.reporting.scopes import find_scope
from compliance_app.store.base import frozen_reading, unit_of_work

Command = TypeVar("Command", bound=Callable[..., Any])
DAY = click.DateTime(["%Y-%m-%d"])
SCOPES = {
    ScopeKind.EMPLOYER: "Only gifts to people of this employer: its name or number.",
    ScopeKind.GIVER: "Only gifts of this associated person: e-mail address or number.",
    ScopeKind.OFFICE: "Only gifts of the people of this office.",
    ScopeKind.RECIPIENT: "Only gifts to this recipient: e-mail address, name or number.",
}


@click.group()
def report() -> None:
    """Write reports: packages, statements and extracts."""


report.add_command(keys)


def _to_a_folder(command: Command) -> Command:
    """Give a command the options of where a report goes to."""
    out = click.option(
        "--out",
        "folder",
        required=True,
        type=click.Path(file_okay=False, path_type=Path),
        help="The folder to write to; it is made if it is not there.",
    )
    as_zip = click.option("--zip", "as_zip", is_flag=True, help="Write one zip into the folder.")
    sign = click.option(
        "--sign",
        "key",
        type=click.Path(path_type=Path),
        help="Sign the PDF with this PKCS#12 file in place of the one of the settings.",
    )
    return out(as_zip(sign(command)))


def _of_a_part(command: Command) -> Command:
    """Give a command the options of whose gifts a report is about."""
    for kind, explained in reversed(SCOPES.items()):
        command = click.option(f"--{kind.value}", help=explained)(command)
    return command


@report.command()
@click.argument("quarter")
@_to_a_folder
@_of_a_part
def quarter(
    quarter: str, *, folder: Path, as_zip: bool, key: Path | None, **parts: str | None
) -> None:
    """Write the package of a QUARTER such as 2026Q3: PDF, CSV, XLSX, JSON and the trail's part.

    It is about the whole firm, or about one part of it.
    """
    _write(ReportKind.REGISTER, quarter_of(quarter), parts, folder, as_zip=as_zip, key=key)


@report.command("range")
@click.option("--since", required=True, type=DAY, help="The first day, as 2026-07-01.")
@click.option("--until", required=True, type=DAY, help="The last day.")
@_to_a_folder
@_of_a_part
def range_(
    *,
    since: datetime,
    until: datetime,
    folder: Path,
    as_zip: bool,
    key: Path | None,
    **parts: str | None,
) -> None:
    """Write the package of any days, the first and the last included."""
    period = range_of(since.date(), until.date())
    _write(ReportKind.REGISTER, period, parts, folder, as_zip=as_zip, key=key)


def _write(
    kind: ReportKind,
    period: Period,
    parts: Mapping[str, str | None],
    folder: Path,
    *,
    as_zip: bool,
    key: Path | None,
) -> None:
    """Make a report in one frozen reading and move it to its folder once it is complete."""
    with opened() as app:
        order = _order(kind, period, parts)
        _check_folder(folder, order)
        signer = chosen_signer(app, key)
        with producing.staged(folder.absolute().parent) as place:
            package = _produce(app, order, place, signer)
            producing.keep_files(package, Path(app.config["DATA_DIR"]))
            written = _hand_over(package, folder, as_zip=as_zip)
            with unit_of_work() as session:
                producing.keep_run(session, package, actor_id=None, at=now())
    for path in written:
        click.echo(f"{path}: {path.stat().st_size:,} bytes")
    click.echo(f"The SHA-256 of its manifest is {package.manifest_sha256}; keep it elsewhere.")
    about = "" if order.scope.kind is ScopeKind.FIRM else f" ({order.scope.words})"
    click.echo(f"The {kind.noun} of {period.words}{about} is complete.")


def _order(kind: ReportKind, period: Period, parts: Mapping[str, str | None]) -> Order:
    named = {name: text for name, text in parts.items() if text is not None}
    if len(named) > 1:
        raise click.UsageError(
            f"A report is about one part of the firm; give one of: --{', --'.join(named)}."
        )
    with frozen_reading() as session:
        for name, text in named.items():
            return Order(period, find_scope(session, ScopeKind(name), text), kind)
    return Order(period, kind=kind)


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


def _hand_over(package: producing.Package, folder: Path, *, as_zip: bool) -> list[Path]:
    if not as_zip:
        producing.hand_over(package, folder)
        return [folder / one.name for one in package.files]
    packed = package.folder / package.order.zip_name
    with told_apart():
        with packed.open("xb") as file:
            pack_files(package.paths(), file)
        folder.mkdir(parents=True, exist_ok=True)
        return [packed.replace(folder / packed.name)]
