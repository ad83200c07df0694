"""A report as one file or as several volumes, which processes of their own may write.

A volume depends on nothing but the report and its own rows, so its bytes are the same whoever
writes it.
"""

import gc
import os
from concurrent.futures import ProcessPoolExecutor
from math import ceil
from multiprocessing import get_context
from pathlib import Path
from threading import active_count
from typing import Final, NamedTuple

from reports.content import Content, SharedContent
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
    content: Content


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
    job = Job(report, folder, tagged, signer, Content())
    if min(workers, len(volumes)) > 1 and active_count() == 1:
        return _write_in_processes(job, volumes, workers)
    return [_write(job, volume) for volume in volumes]


def _write_in_processes(job: Job, volumes: list[Volume | None], workers: int) -> list[Written]:
    context = get_context("fork")
    job = job._replace(content=SharedContent(context))
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
    later = _rows_of_later(counter.count, len(report.shares), count, rows_of_a_volume)
    # Counted from the end, as the first has fewer.
    bounds = [0, *range(counter.count - later * (count - 1), counter.count + 1, later)]
    return [Volume(i, count, range(*bounds[i - 1 : i + 1])) for i in range(1, count + 1)]


def _rows_of_later(rows: int, shares: int, count: int, most: int) -> int:
    """Return how many rows each volume but the first has.

    The first has fewer, since it also has the data inside, which take as long to write as some
    rows for every two shares: so no process waits long for another.
    """
    data = shares * 9 // 20
    return min(most, ceil((rows + data) / count), (rows - 1) // (count - 1))


def _write_there(volume: Volume | None) -> Written:
    job = _jobs[0]
    try:
        return _write(job, volume)
    except BaseException:
        if volume and volume.number == 1:
            # Nobody waits for what does not come.
            job.content.tell("")
        raise


def _write(job: Job, volume: Volume | None) -> Written:
    stem = job.report.meta.stem
    name = volume.name(stem) if volume else f"{stem}.pdf"
    with (job.folder / name).open("x+b") as file:
        write_reconciled(
            job.report,
            file,
            tagged=job.tagged,
            signer=job.signer,
            volume=volume,
            content=job.content,
        )
        file.flush()
        os.fsync(file.fileno())
    return Written(name, len(volume.rows) if volume else len(job.report.shares))
