"""A report as one file or as several volumes, which processes of their own may write.

A volume depends on nothing but the report and its own rows, so its bytes are the same whoever
writes it.
"""

import gc
import os
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from math import ceil
from multiprocessing import get_context
from pathlib import Path
from threading import active_count
from typing import Final, NamedTuple

from reports.data_files import csv_chunks
from reports.figures import add_up
from reports.parts import write_parts
from reports.quarter import write_reconciled
from reports.reconcile import reconcile
from reports.signing import Signer
from reports.source import QuarterReport
from reports.volume_listing import RowCounter, Volume

ROWS_OF_A_VOLUME: Final = 50_000
# No share has more rows in all parts together than this, but for one decided on endlessly.
_MOST_ROWS_OF_A_SHARE: Final = 10


class Written(NamedTuple):
    """A file that was written, and how many of the report's rows are in it."""

    name: str
    rows: int


class Job(NamedTuple):
    """What all processes are given, by being forked after it was made."""

    report: QuarterReport
    folder: Path
    tagged: bool
    signer: Signer | None


_jobs: list[Job] = []


def write_volumes(
    report: QuarterReport,
    folder: Path,
    *,
    tagged: bool = True,
    signer: Signer | None = None,
    rows_of_a_volume: int = ROWS_OF_A_VOLUME,
    workers: int = 1,
) -> list[Written]:
    """Write the PDF of a report into a folder, split where it is too long for one file.

    More than one worker is used only in a process of one thread, as only that can be forked.
    """
    report = reconcile(report)
    volumes = plan(report, rows_of_a_volume)
    job = Job(report, folder, tagged, signer)
    if min(workers, len(volumes)) > 1 and active_count() == 1:
        return _write_in_processes(job, volumes, workers)
    return [_write(job, volume) for volume in volumes]


def _write_in_processes(job: Job, volumes: list[Volume | None], workers: int) -> list[Written]:
    context = get_context("fork")
    # What is frozen is not touched by the collector of garbage, so the processes share it.
    gc.freeze()
    try:
        with ProcessPoolExecutor(workers, context, _jobs.append, (job,)) as pool:
            return list(pool.map(_write_there, volumes))
    finally:
        gc.unfreeze()


def plan(report: QuarterReport, rows_of_a_volume: int = ROWS_OF_A_VOLUME) -> list[Volume | None]:
    """Return the volumes of a report; it has none, but is one file, where it is short enough."""
    if len(report.shares) * _MOST_ROWS_OF_A_SHARE <= rows_of_a_volume:
        return [None]
    counter = RowCounter()
    write_parts(counter, report, add_up(report))
    count = ceil(counter.count / rows_of_a_volume)
    if count <= 1:
        return [None]
    digest = sha256()
    for chunk in csv_chunks(report):
        digest.update(chunk)
    # As even as can be, so that no process waits for a volume that is longer than the others.
    bounds = [counter.count * i // count for i in range(count + 1)]
    return [
        Volume(i + 1, count, range(bounds[i], bounds[i + 1]), digest.hexdigest())
        for i in range(count)
    ]


def _write_there(volume: Volume | None) -> Written:
    return _write(_jobs[0], volume)


def _write(job: Job, volume: Volume | None) -> Written:
    stem = job.report.meta.stem
    name = volume.name(stem) if volume else f"{stem}.pdf"
    with (job.folder / name).open("x+b") as file:
        write_reconciled(job.report, file, tagged=job.tagged, signer=job.signer, volume=volume)
        file.flush()
        os.fsync(file.fileno())
    return Written(name, len(volume.rows) if volume else len(job.report.shares))
