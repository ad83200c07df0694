"""How many lists a server answers, beside a bare page of Flask on the same server.

Run: python -m benchmarks.lists [GIFTS] [--keep FOLDER] [--server waitress|gunicorn]. Each list and
the bare page are asked in turn, by a few connections that stay open, as fast as they are
answered. Goals: a page with a list at least a tenth of the bare page's requests a second, a list as
JSON at least 14 in 100. Beside them stands the processor time of the server, which other
work on the machine does not change.
"""

import argparse
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from flask import Flask

from benchmarks.reads import (
    Reader,
    Served,
    connect,
    free_port,
    processor_ms,
    program_of,
    served,
    waitress,
)
from benchmarks.registers import fill
from compliance_app import gunicorn as shipped

ROUNDS, SECONDS, CONNECTIONS = 5, 0.6, 4
PAGES = ("my gifts", "all gifts", "recipients", "approvals", "trail")
READS = ("api: gifts", "api: recipients")
LEAST_PAGE, LEAST_READ = 0.10, 0.14
CHUNK = 65_536


class Rate(NamedTuple):
    """What one round came to: requests a second, and the server's processor time for each."""

    a_second: float
    processor_ms: float


def bare_app() -> Flask:
    """Return one page that says nothing."""
    app = Flask("bare")
    app.add_url_rule("/", view_func=lambda: "<!doctype html><title>Bare</title><p>Nothing.")
    app.add_url_rule("/healthz", view_func=lambda: "ok", endpoint="healthz")
    return app


def gunicorn(port: int) -> list[str]:
    """Return the command that serves the register for many users."""
    settings = ["-c", "python:compliance_app.gunicorn", "--bind", f"127.0.0.1:{port}"]
    return [program_of("gunicorn"), *settings]


def bare_waitress(port: int) -> list[str]:
    """Return the command that serves the bare page as `tally3220 serve` serves."""
    listen = ["--listen", f"127.0.0.1:{port}", "--threads", "8"]
    return [program_of("waitress-serve"), *listen, "--call", "benchmarks.lists:bare_app"]


def bare_gunicorn(port: int) -> list[str]:
    """Return the command that serves the bare page with as many processes and threads."""
    many = ["--workers", str(shipped.workers), "--threads", str(shipped.threads)]
    settings = ["--worker-class", shipped.worker_class, "--bind", f"127.0.0.1:{port}", *many]
    return [program_of("gunicorn"), *settings, "benchmarks.lists:bare_app()"]


SERVERS: dict[str, tuple[Callable[[int], list[str]], Callable[[int], list[str]]]] = {
    "waitress": (waitress, bare_waitress),
    "gunicorn": (gunicorn, bare_gunicorn),
}


@contextmanager
def bare(command: Callable[[int], list[str]]) -> Iterator[Served]:
    """Serve the bare page in a process of its own."""
    port, quiet = free_port(), subprocess.DEVNULL
    with subprocess.Popen(command(port), stdout=quiet, stderr=quiet) as server:
        try:
            nobody = Reader("nobody", {})
            yield Served(connect(port), {"bare page": ("/", nobody)}, server.pid)
        finally:
            server.terminate()


def rate(one: Served, name: str) -> Rate:
    """Ask for the same page by several connections, for a while."""
    address, reader = one.addresses[name]
    lines = [f"GET {address} HTTP/1.1", f"Host: 127.0.0.1:{one.connection.port}"]
    lines += [f"{key}: {value}" for key, value in reader.headers.items()]
    request = "\r\n".join([*lines, "", ""]).encode()
    before, began = processor_ms(one.pid), time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as clients:
        asked = [clients.submit(_ask_on, one, request, began) for _ in range(CONNECTIONS)]
        answers = sum(client.result() for client in asked)
    spent = time.perf_counter() - began
    return Rate(answers / spent, (processor_ms(one.pid) - before) / answers)


def _ask_on(one: Served, request: bytes, began: float) -> int:
    """Ask on one connection until the time is over; return how many answers came."""
    answers = 0
    with socket.create_connection(("127.0.0.1", one.connection.port)) as connection:
        while time.perf_counter() - began < SECONDS:
            connection.sendall(request)
            _read_answer(connection)
            answers += 1
    return answers


def _read_answer(connection: socket.socket) -> None:
    head, body = b"", b""
    while b"\r\n\r\n" not in head:
        some = connection.recv(CHUNK)
        if not some:
            raise SystemExit("The server closed a connection that asks to be kept.")
        head += some
    head, _, body = head.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise SystemExit(head.decode())
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    left = length - len(body)
    while left > 0:
        left -= len(connection.recv(CHUNK))


def measure(kind: str, url: str, folder: str) -> bool:
    """Ask each list and the bare page in turn, several times; say whether all keep the goals."""
    command, bare_command = SERVERS[kind]
    names = (*PAGES, *READS)
    with ExitStack() as stack:
        register = stack.enter_context(served(url, folder, command))
        empty = stack.enter_context(bare(bare_command))
        for name in names:
            rate(register, name)
        rounds = [
            {name: (rate(empty, "bare page"), rate(register, name)) for name in names}
            for _ in range(ROUNDS)
        ]
    print(f"{kind}: requests a second, and milliseconds of processor time for each")
    kept = True
    for name in names:
        pairs = [one[name] for one in rounds]
        share = median(page.a_second / floor.a_second for floor, page in pairs)
        by_processor = median(floor.processor_ms / page.processor_ms for floor, page in pairs)
        goal = LEAST_READ if name in READS else LEAST_PAGE
        kept = kept and share >= goal
        floors, pages = zip(*pairs, strict=True)
        print(
            f"{name:18} {_middle(pages, 0):6.0f} of {_middle(floors, 0):6.0f}: "
            f"{share:5.1%} (goal {goal:.0%});   {_middle(pages, 1):6.2f} ms, "
            f"bare {_middle(floors, 1):.2f} ms: {by_processor:5.1%}",
            flush=True,
        )
    return kept


def _middle(rates: Iterable[Rate], place: int) -> float:
    return median(one[place] for one in rates)


def main(gifts: int, kept_in: str | None, servers: list[str]) -> None:
    """Measure each server."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = kept_in or temporary
        url = f"sqlite:///{Path(folder) / f'reads_{gifts}'}.db"
        fill(url, folder, gifts)
        kept = [measure(kind, url, folder) for kind in servers]
    sys.exit(0 if all(kept) else 1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gifts", nargs="?", type=int, default=10_000)
    parser.add_argument("--keep", metavar="FOLDER")
    parser.add_argument("--server", choices=SERVERS, action="append")
    given = parser.parse_args()
    main(given.gifts, given.keep, given.server or list(SERVERS))
