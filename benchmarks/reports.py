"""The register as PDF beside other programs that write the same table, and its own limits.

    python -m benchmarks.reports            ten thousand rows beside every peer
    python -m benchmarks.reports 100000     beside ReportLab tuned, and how memory grows
    python -m benchmarks.reports million    time a row and memory up to a million rows
    python -m benchmarks.reports floor      a flat table beside zlib alone; signing fifty MB
    python -m benchmarks.reports volumes    two processes beside one

Each run is a process of its own, the cases take turns, and the figures are medians of the
processor time it took to write rows that were made before. A goal that is missed ends it with 1.
"""

import gc
import json
import os
import re
import resource
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import NamedTuple

from benchmarks.report_peers import PEERS
from benchmarks.report_rows import LIMIT_CENTS, META, Shares
from reports.archive import attach, attach_data
from reports.binding import bind
from reports.data_files import csv_chunks
from reports.figures import add_up
from reports.front import write_cover
from reports.json_file import json_chunks
from reports.listing import Listing, Section, Texts
from reports.paper import Book
from reports.register import REGISTER, rows_of, write_register
from reports.signing import Signature
from reports.signing_key import make_key, open_key
from reports.source import QuarterReport, RecipientTotal, ShareLine
from reports.stream import LEVEL
from reports.theme import CELL
from reports.verification import write_verification
from reports.volumes import write_volumes
from reports.wording import amount, moment, words

ROUNDS = 3
# Whatever takes longer than these seconds is run once.
PATIENCE = 60


class Run(NamedTuple):
    """What one process took: processor seconds, peak memory, and bytes of the file."""

    seconds: float
    peak_mib: float
    size: int


def register(shares: Sequence[ShareLine], target: Path, *, tagged: bool, data: bool) -> None:
    """Write the register with cover, the rows by employer, and the page of verification."""
    report = QuarterReport(META, shares, ())
    with target.open("w+b") as file:
        book = Book(file, META, "Gifts and gratuities register", tagged=tagged)
        if data:
            attach_data(book, "r.csv", "text/csv", "Rows", csv_chunks(report))
            attach(book, "r.json", "application/json", "All", json_chunks(report))
        cover = book.turn(furniture=False, held=True)
        book.mark("Cover", level=0, top=612)
        listing = Listing(book)
        listing.begin_part("A. Register by employer", "Every gift of the period.")
        write_register(listing, shares)
        write_verification(
            book, "B. Verification", pdf="r.pdf", csv="r.csv", signature=None, signer=None
        )
        book.reopen(cover)
        write_cover(book, report, add_up(QuarterReport(META, (), ())))
        bind(book)


def flat(count: int, target: Path) -> float:
    """Write a flat table and return the seconds zlib alone takes for the same bytes."""
    rows = [_flat_row(share) for share in Shares(count)]
    gc.collect()
    gc.freeze()
    begin = process_time()
    with target.open("w+b") as file:
        book = Book(file, META, "Flat", tagged=False)
        book.turn()
        book.mark("Flat", level=0, top=612)
        listing = Listing(book)
        listing.begin_section(Section("Flat"))
        listing.begin_table(REGISTER)
        for row in rows:
            listing.add_row(row)
        bind(book)
    took = process_time() - begin
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", target.read_bytes(), re.DOTALL)
    contents = [content for each in streams if b" Td " in (content := _inflated(each))]
    begin = process_time()
    for content in contents:
        zlib.compress(content, LEVEL)
    return took / (process_time() - begin)


def _flat_row(share: ShareLine) -> list[Texts]:
    """Return a row of plain texts, two of which may wrap."""
    decision = share.decisions[-1]
    texts = (
        share.gift_reference,
        str(share.given_on),
        share.recipient,
        share.giver,
        f"{share.description}, {share.purpose}",
        amount(share.counted_cents),
        amount(share.running_cents or 0),
        f"{words(share.state)}, {decision.decided_by}, {moment(decision.decided_at)}",
    )
    return [[(text, CELL)] for text in texts]


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompress(data)
    except zlib.error:
        return b""


def signing(target: Path) -> float:
    """Return the seconds it takes to sign a file of fifty million bytes."""
    now = datetime.now(UTC)
    key = open_key(make_key("Officer", "Firm", "a password", now=now), "a password", now=now)
    noise = (os.urandom(1_000_000) for _ in range(50))
    with target.open("w+b") as file:
        book = Book(file, META, "Signed", tagged=True)
        attach(book, "noise.bin", "application/octet-stream", "Noise", noise)
        signature = Signature(book, key)
        write_verification(
            book, "A. Verification", pdf="r.pdf", csv="r.csv", signature=signature, signer=key
        )
        bind(book, extra=signature.catalog)
        begin = process_time()
        signature.seal(file)
        return process_time() - begin


CASES: dict[str, Callable[[Sequence[ShareLine], Path], None]] = {
    "tagged, data inside": lambda rows, to: register(rows, to, tagged=True, data=True),
    "untagged": lambda rows, to: register(rows, to, tagged=False, data=False),
}


def run_here(case: str, count: int, *, lazily: bool) -> Run:
    """Write one file in this process."""
    shares: Sequence[ShareLine] = Shares(count) if lazily else list(Shares(count))
    with TemporaryDirectory() as folder:
        target = Path(folder) / "register.pdf"
        rows = [] if case in CASES else list(rows_of(shares))
        # What was made before is not gone through by the collector of garbage again and again.
        gc.collect()
        gc.freeze()
        begin = _processor_time()
        if case in CASES:
            CASES[case](shares, target)
        else:
            PEERS[case][1](rows, target)
        took = _processor_time() - begin
        return Run(took, _peak_mib(), target.stat().st_size)


def _peak_mib() -> float:
    """Return the most memory this process has held; what its parent held does not count."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _processor_time() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    below = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime


def run(case: str, count: int, *, lazily: bool = False) -> Run:
    """Write one file in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.reports", "--run", case, str(count)]
    done = subprocess.run(  # our own module
        [*command, "lazily"] if lazily else command, capture_output=True, check=True, text=True
    )
    return Run(*json.loads(done.stdout.splitlines()[-1]))


def take_turns(cases: Iterable[str], count: int, rounds: int) -> dict[str, Run]:
    """Run the cases in turn and return the medians of each; what is very slow has one turn."""
    runs: dict[str, list[Run]] = {case: [] for case in cases}
    for _ in range(rounds):
        for case, own in runs.items():
            if not own or own[0].seconds < PATIENCE:
                own.append(run(case, count))
    return {
        case: Run(*(median(figures) for figures in zip(*own, strict=True)))
        for case, own in runs.items()
    }


def beside(count: int, peers: Sequence[str], goals: dict[tuple[str, str], float]) -> bool:
    """Print the cases beside the peers; say whether the goals are met."""
    found = take_turns([*CASES, *peers], count, ROUNDS)
    print(f"{count:,} rows{'':24} CPU s  rows/s  peak MiB  bytes/row")
    for case, each in found.items():
        rate, size = count / each.seconds, each.size / count
        print(f"{case:34} {each.seconds:7.2f} {rate:7,.0f} {each.peak_mib:9.0f} {size:10.0f}")
    met = [meets(found, *pair, goal) for pair, goal in goals.items()]
    return all(met)


def meets(found: dict[str, Run], case: str, peer: str, goal: float) -> bool:
    """Print how many times faster a case is than a peer, and whether that was asked for."""
    if peer not in found:
        return True
    times = found[peer].seconds / found[case].seconds
    print(f"{case}: {times:.1f} times {peer} (asked for: {goal:g})")
    return times >= goal


def ten_thousand(count: int = 10_000) -> bool:
    """Compare with every peer that is installed."""
    missing = [name for name, (module, _) in PEERS.items() if find_spec(module) is None]
    for name in missing:
        print(f"{name} is not installed and is skipped.")
    peers = [name for name in PEERS if name not in missing]
    asked = {("tagged, data inside", peer): 1.0 for peer in peers}
    asked |= {("tagged, data inside", "ReportLab LongTable"): 12.0}
    asked |= {("untagged", "ReportLab LongTable"): 25.0}
    return beside(count, peers, asked)


def hundred_thousand() -> bool:
    """Compare with ReportLab tuned, and look at how memory grows."""
    tuned = "ReportLab tuned"
    asked = {("tagged, data inside", tuned): 2.7, ("untagged", tuned): 6.0}
    met = beside(100_000, [tuned], asked)
    return grows("tagged, data inside", 100_000, most_mib=24, most_time=1.1) and met


def grows(case: str, count: int, *, most_mib: float, most_time: float) -> bool:
    """Print what ten thousand rows and many cost in time a row and in memory."""
    small, large = run(case, 10_000, lazily=True), run(case, count, lazily=True)
    memory = large.peak_mib - small.peak_mib
    times = (large.seconds / count) / (small.seconds / 10_000)
    print(f"{case}, 10,000 to {count:,} rows: {memory:+.0f} MiB (asked for: {most_mib:g} at most)")
    print(f"{case}, time a row: {times:.2f} times (asked for: {most_time:g} at most)")
    return memory <= most_mib and times <= most_time


def floor() -> bool:
    """Compare a flat table with zlib, and time a signature."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "file.pdf"
        times = median(flat(20_000, file) for _ in range(ROUNDS))
        seconds = median(signing(file) for _ in range(ROUNDS))
    print(f"A flat table takes {times:.2f} times zlib alone (asked for: 3.5 at most).")
    print(f"Signing 50 MB takes {seconds:.3f} s (asked for: 0.3 at most).")
    return times <= 3.5 and seconds <= 0.3


def volumes(count: int = 80_000) -> bool:
    """Compare one process with two, writing the volumes of a report; seconds on the clock."""
    shares = list(Shares(count))
    report = QuarterReport(META, shares, _totals(shares))
    seconds: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(ROUNDS):
        for workers, taken in seconds.items():
            with TemporaryDirectory() as folder:
                begin = perf_counter()
                written = write_volumes(report, Path(folder), workers=workers)
                taken.append(perf_counter() - begin)
    times = median(seconds[1]) / median(seconds[2])
    print(f"{count:,} shares in {len(written)} volumes: {median(seconds[1]):.1f} s by one process.")
    print(f"Two are {times:.2f} times as fast (asked for: 1.7, where two cores are free).")
    return times >= 1.7


def _totals(shares: Sequence[ShareLine]) -> list[RecipientTotal]:
    """Return the totals of the shares, three of which belong to one recipient."""
    totals = []
    for _, group in groupby(shares, key=lambda share: share.recipient_id):
        own = list(group)
        cents = sum(share.counted_cents for share in own)
        last = own[-1]
        over = cents > LIMIT_CENTS
        totals.append(
            RecipientTotal(
                recipient_id=last.recipient_id,
                recipient=last.recipient,
                employer=last.employer,
                gifts=len(own),
                quarter_cents=cents,
                running_cents=cents,
                limit_cents=LIMIT_CENTS,
                over=over,
            )
        )
    return totals


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for."""
    match arguments:
        case ["--run", case, count, *how]:
            print(json.dumps(run_here(case, int(count), lazily=bool(how))))
            return 0
        case ["100000"]:
            met = hundred_thousand()
        case ["million"]:
            met = grows("untagged", 1_000_000, most_mib=48, most_time=1.1)
        case ["volumes"]:
            met = volumes()
        case ["floor"]:
            met = floor()
        case [count]:
            met = ten_thousand(int(count))
        case _:
            met = ten_thousand()
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
