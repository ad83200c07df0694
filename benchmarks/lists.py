"""How many lists a server answers, beside a bare page of Flask on the same server.

Run: python -m benchmarks.lists [GIFTS]. What counts is the processor time of the server, which
other work on the machine does not change. Goals: a page with a list at least a tenth of the bare
page's requests a second, a list as JSON at least 14 in 100.
"""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from flask import Flask
from waitress import serve

from benchmarks.reads import Reader, Served, ask, connect, served
from benchmarks.registers import fill

ROUNDS, REQUESTS = 5, 60
# A bare page takes so little that many are needed: the system counts hundredths of a second.
BARE_REQUESTS = 600
PAGES = ("my gifts", "all gifts", "recipients", "approvals", "trail")
READS = ("api: gifts", "api: recipients")
LEAST_PAGE, LEAST_READ = 0.10, 0.14
BARE = "--bare"


def serve_bare(port: int) -> None:
    """Serve one page that says nothing."""
    app = Flask("bare")
    app.add_url_rule("/", view_func=lambda: "<!doctype html><title>Bare</title><p>Nothing.")
    app.add_url_rule("/healthz", view_func=lambda: "ok", endpoint="healthz")
    serve(app, host="127.0.0.1", port=port, threads=8)


@contextmanager
def bare() -> Iterator[Served]:
    """Serve the bare page in a process of its own."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    program = [sys.executable, "-m", "benchmarks.lists", BARE, str(port)]
    with subprocess.Popen(program) as server:
        try:
            nobody = Reader("nobody", {})
            yield Served(connect(port), {"bare page": ("/", nobody)}, server.pid)
        finally:
            server.terminate()


def cpu_ms(one: Served, name: str, requests: int = REQUESTS) -> float:
    """Return the processor time that the server takes for one request."""
    before = _ticks(one.pid)
    for _ in range(requests):
        ask(one, name)
    ticks = _ticks(one.pid) - before
    return ticks * 1000 / os.sysconf("SC_CLK_TCK") / requests


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def main(gifts: int) -> None:
    """Ask each list and the bare page in turn, several times."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        url = f"sqlite:///{Path(folder) / 'register.db'}"
        fill(url, folder, gifts)
        register, empty = stack.enter_context(served(url, folder)), stack.enter_context(bare())
        names = (*PAGES, *READS)
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
        for name in names:
            ask(register, name)
        for _ in range(ROUNDS):
            for name in names:
                found[name].append(
                    (cpu_ms(empty, "bare page", BARE_REQUESTS), cpu_ms(register, name))
                )
        kept = True
        for name, pairs in found.items():
            share = median(floor / page for floor, page in pairs)
            goal = LEAST_READ if name in READS else LEAST_PAGE
            kept = kept and share >= goal
            floor_ms, page_ms = (median(values) for values in zip(*pairs, strict=True))
            print(
                f"{name:18} {page_ms:6.2f} ms of processor, the bare page {floor_ms:.2f} ms: "
                f"{share:4.0%} of its requests a second (goal {goal:.0%})"
            )
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    if BARE in sys.argv:
        serve_bare(int(sys.argv[-1]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
