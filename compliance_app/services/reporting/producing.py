"""Producing a report: every file from one frozen reading, in a folder that is complete or gone."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.report_kinds import WITHOUT_TABLES, ReportKind
from compliance_app.services.packing import pack_files
from compliance_app.services.reporting import manifests, trail_part
from compliance_app.services.reporting.errors import told_apart
from compliance_app.services.reporting.orders import Order
from compliance_app.services.reporting.reading import Reading, read_report
from compliance_app.store import audit, files
from compliance_app.store import policies as policy_store
from compliance_app.store.gifts import row_document
from compliance_app.store.models import ReportRun
from reports.data_files import csv_chunks
from reports.figures import add_up
from reports.json_file import json_chunks
from reports.manifest import FileFacts, describe
from reports.reconcile import reconcile
from reports.signing import Signer
from reports.source import QuarterReport, SealedCheckpoint
from reports.volumes import write_volumes
from reports.workbook import write_workbook

# Where a report is made until it is complete.
STAGING = "reports"
LONGEST_SCOPE = 200
# What is kept of a package, to be compared with a later one.
KEPT_FIGURES = ("gifts", "shares", "counted_cents", "recipients", "over", "pending", "late")

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Package:
    """What was produced: its files lie in a folder, complete and on disk."""

    order: Order
    folder: Path
    files: tuple[FileFacts, ...]
    shares: int
    trail_number: int
    read_at: datetime
    figures: dict[str, int]

    @property
    def manifest_sha256(self) -> str:
        """Return the digest that stands for the whole package."""
        return next(one.sha256 for one in self.files if one.name == manifests.NAME)

    def paths(self) -> list[tuple[str, Path]]:
        """Return the files by name, in the order they are handed over."""
        return [(one.name, self.folder / one.name) for one in self.files]


def produce(
    session: Session,
    order: Order,
    folder: Path,
    *,
    firm: str,
    signing_key: str = "",
    signer: Signer | None = None,
    progress: Progress = lambda _what, _done, _total: None,
) -> Package:
    """Write the files of a report into an empty folder, from the session's one reading.

    Raises NotReconciledError, NotWrittenError, or TrailDamagedError; what has been written then
    is the caller's to remove, as `staged` does.
    """
    progress("Reading the register", 0, 6)
    reading = read_report(session, order, firm=firm)
    progress("Sealing the trail", 1, 6)
    meta = reading.report.meta
    drawn = trail_part.draw(
        session, until=meta.trail_events, made_at=meta.made_at, signing_key=signing_key
    )
    sealed = SealedCheckpoint(drawn.tree.size, drawn.root, drawn.kept.note, drawn.kept.verifier)
    report = replace(reading.report, meta=replace(meta, checkpoint=sealed))
    with told_apart():
        facts = list(_write_files(session, order, report, reading, drawn, folder, progress, signer))
        content = manifests.seal(describe(report, facts), signing_key=signing_key)
        facts.append(_write(folder, manifests.NAME, [content], rows=None))
        _flush_folder(folder)
    figures = add_up(report)
    return Package(
        order=order,
        folder=folder,
        files=tuple(facts),
        shares=len(report.shares),
        trail_number=meta.trail_events,
        read_at=meta.made_at,
        figures={name: getattr(figures, name) for name in KEPT_FIGURES},
    )


def _write_files(
    session: Session,
    order: Order,
    report: QuarterReport,
    reading: Reading,
    drawn: trail_part.Drawn,
    folder: Path,
    progress: Progress,
    signer: Signer | None,
) -> Iterator[FileFacts]:
    report = reconcile(report)
    writers: tuple[tuple[str, Callable[[QuarterReport], Iterable[bytes]]], ...] = (
        ("csv", csv_chunks),
        ("xlsx", lambda told: [write_workbook(told)]),
        ("json", json_chunks),
    )
    if order.kind in WITHOUT_TABLES:
        writers = writers[-1:]
    progress("Writing the PDF", 2, 6)
    for volume in write_volumes(report, folder, signer=signer, workers=os.cpu_count() or 1):
        yield _facts(folder, volume.name, rows=None)
    for done, (ending, pieces) in enumerate(writers, start=3):
        progress(f"Writing the {ending.upper()}", done, 6)
        name = f"{order.stem}.{ending}"
        yield _write(folder, name, pieces(report), rows=len(report.shares))
    if order.kind is ReportKind.POLICY:
        told = {line.effective_on for line in report.evidence.policies}
        versions = policy_store.list_policies(session)
        for version in (one for one in versions if one.effective_on in told):
            is_first = version.effective_on == date.min
            name = f"policy-{'first' if is_first else version.effective_on}.toml"
            yield _write(folder, name, [version.document.encode()], rows=None)
    if order.kind.is_for_the_client:
        # The trail is the firm's own business; its checkpoint stands in the manifest.
        return
    lines = trail_part.lines_behind(session, drawn, reading.rows, reading.event_numbers)
    yield _write_lines(folder, f"audit-{order.label}.jsonl", lines)


def _write(folder: Path, name: str, pieces: Iterable[bytes], *, rows: int | None) -> FileFacts:
    with (folder / name).open("xb") as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())
    return _facts(folder, name, rows=rows)


def _facts(folder: Path, name: str, *, rows: int | None) -> FileFacts:
    path = folder / name
    return FileFacts(name, path.stat().st_size, files.digest_of(path), rows)


def _write_lines(folder: Path, name: str, lines: Iterator[str]) -> FileFacts:
    count = 0
    with (folder / name).open("x", encoding="utf-8", newline="\n") as file:
        for line in lines:
            file.write(f"{line}\n")
            count += '"kind":"event"' in line
        file.flush()
        os.fsync(file.fileno())
    return _facts(folder, name, rows=count)


@contextmanager
def staged(parent: Path, *, prefix: str = ".making-") -> Iterator[Path]:
    """Give a new folder to make a report in, and remove whatever is left in it afterwards."""
    with told_apart():
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(parent: Path, prefix: str) -> None:
    """Remove what somebody who was killed has left of a report."""
    for left in parent.glob(f"{prefix}*"):
        shutil.rmtree(left, ignore_errors=True)


def hand_over(package: Package, target: Path) -> None:
    """Move a complete package to its folder; the manifest, which makes it one, goes last.

    Both folders lie on one disk.
    """
    with told_apart():
        target.mkdir(parents=True, exist_ok=True)
        for name, path in package.paths():
            path.replace(target / name)
        _flush_folder(target)


def keep_files(package: Package, data_folder: Path) -> None:
    """Keep the files of a package in the data folder, to be handed out again: all, or none."""
    with told_apart(), ExitStack() as undo:
        for one in package.files:
            if files.keep_file(data_folder, package.folder / one.name, one.sha256):
                undo.callback(files.drop, data_folder, one.sha256)
        undo.pop_all()


def packed(kept: Sequence[Mapping[str, Any]], data_folder: Path) -> tuple[str, IO[bytes]]:
    """Return kept files as one zip, its name first, after the hash of each was checked."""
    found = [
        (one["name"], files.find(data_folder, one["sha256"], name=one["name"])) for one in kept
    ]
    target = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    with told_apart():
        pack_files(found, target)
    target.seek(0)
    return f"{found[0][0].rpartition('.')[0]}.zip", target


def keep_run(
    session: Session, package: Package, *, actor_id: int | None, at: datetime
) -> ReportRun:
    """Keep that a package was produced, by whom, and the hashes of its files."""
    order = package.order
    run = ReportRun(
        kind=order.kind.value,
        period=order.period.label,
        first_day=order.period.first_day,
        last_day=order.period.last_day,
        scope=order.scope.words[:LONGEST_SCOPE],
        scope_kind=order.scope.kind.value,
        scope_key=order.scope.key,
        made_by_id=actor_id,
        made_at=at,
        read_at=package.read_at,
        shares=package.shares,
        trail_number=package.trail_number,
        figures=package.figures,
        files=[one._asdict() for one in package.files],
    )
    session.add(run)
    session.flush()
    audit.append(
        session,
        Event.REPORT_MADE,
        actor_id=actor_id,
        at=at,
        subject=f"report:{run.id}",
        body=row_document(run),
    )
    return run


def note_taken(
    session: Session, run: ReportRun, *, what: str, actor_id: int | None, at: datetime
) -> None:
    """Record that somebody took a file of a package, or all of it."""
    audit.append(
        session,
        Event.REPORT_TAKEN,
        actor_id=actor_id,
        at=at,
        subject=f"taken:{run.id}",
        body={"report": run.id, "file": what, "period": run.period, "scope": run.scope},
    )


def _flush_folder(folder: Path) -> None:
    """Put the names of a folder's files on disk, where the system can."""
    try:
        number = os.open(folder, os.O_RDONLY)
    except (PermissionError, IsADirectoryError):
        return
    try:
        os.fsync(number)
    finally:
        os.close(number)
