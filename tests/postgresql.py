"""A private PostgreSQL for the tests: found, started, stopped, killed and thrown away.

PostgreSQL refuses to run as root; where the tests do, the account `postgres` runs it.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import sleep

import psycopg
from psycopg import sql

ACCOUNT = "postgres"
# Only as durable as a test can see: what is written outlives the server, not the machine. The
# server does not write its log in passing, so what nobody waited for is lost when it is killed.
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
port = {port}
max_connections = 120
shared_buffers = 64MB
fsync = off
full_page_writes = off
log_min_messages = fatal
wal_writer_delay = 10s
"""


@cache
def programs() -> Path | None:
    """Return the folder of PostgreSQL's server programs, None where there is none."""
    on_path = shutil.which("pg_ctl")
    found = [Path(on_path).resolve()] if on_path else []
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), reverse=True)
    return found[0].parent if found else None


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass(frozen=True)
class Cluster:
    """One server with a folder of its own."""

    folder: Path
    port: int

    def url(self, database: str) -> str:
        return f"postgresql://{ACCOUNT}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        self._control("start", "-w", "-t", "60", "-l", str(self.folder / "log"))

    def stop(self, mode: str = "fast") -> None:
        self._control("stop", "-w", "-m", mode)

    def kill(self) -> None:
        """End every process of the server at once, as a machine does that loses its power."""
        server = int((self.folder / "postmaster.pid").read_text().split()[0])
        ended = [server, *_children(server)]
        for process in ended:
            os.kill(process, signal.SIGKILL)
        # No server starts beside one that still holds the memory they would share.
        while any(map(_is_running, ended)):
            sleep(0.01)
        (self.folder / "postmaster.pid").unlink()

    def promote(self) -> None:
        self._control("promote", "-w")

    def create(self, database: str, *, template: str = "template1") -> None:
        self._order("CREATE DATABASE {} TEMPLATE {}", database, template)

    def drop(self, database: str) -> None:
        self._order("DROP DATABASE {} WITH (FORCE)", database)

    def wait_for(self, standbys: str) -> None:
        """Let every commit wait for these standbys from now on."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            order = sql.SQL("ALTER SYSTEM SET synchronous_standby_names = {}")
            connection.execute(order.format(sql.Literal(standbys)))
            connection.execute("SELECT pg_reload_conf()")

    def _order(self, order: str, *names: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(order).format(*map(sql.Identifier, names)))

    def _control(self, *arguments: str) -> None:
        run("pg_ctl", "-D", str(self.folder), *arguments)


@contextmanager
def cluster(extra: str = "", *, within: Path | None = None) -> Iterator[Cluster]:
    """Start a new server, in a folder of choice; it and all it holds is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tally3220-pg-", dir=within) as parent:
        if os.geteuid() == 0:
            shutil.chown(parent, ACCOUNT)
        made = Cluster(Path(parent) / "data", free_port())
        options = ("-A", "trust", "-E", "UTF8", "--no-locale", "-U", ACCOUNT, "--no-sync")
        run("initdb", "-D", str(made.folder), *options)
        with (made.folder / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(SETTINGS.format(port=made.port) + extra)
        made.start()
        try:
            yield made
        finally:
            if (made.folder / "postmaster.pid").exists():
                made.stop("immediate")


@contextmanager
def standby(primary: Cluster) -> Iterator[Cluster]:
    """Start a second server that follows the first."""
    made = Cluster(primary.folder.with_name("standby"), free_port())
    source = ("-h", "127.0.0.1", "-p", str(primary.port), "-U", ACCOUNT)
    run("pg_basebackup", "-D", str(made.folder), *source, "-R", "-c", "fast", "--no-sync")
    with (made.folder / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write(f"port = {made.port}\n")
    made.start()
    try:
        yield made
    finally:
        made.stop("immediate")


def run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs under an account it accepts."""
    folder = programs()
    if folder is None:
        raise FileNotFoundError("pg_ctl is not installed")
    account: Sequence[str] = ()
    if os.geteuid() == 0:
        account = ("setpriv", "--reuid", ACCOUNT, "--regid", ACCOUNT, "--init-groups")
    done = subprocess.run(
        [*account, str(folder / program), *arguments],
        cwd="/",
        stdin=subprocess.DEVNULL,
        # Not a pipe: the server would hold it open for ever.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{program} {' '.join(arguments)} ended with {done.returncode}")


def _children(process: int) -> list[int]:
    parents = {
        int(folder.name): facts[1]
        for folder in Path("/proc").glob("[0-9]*")
        if (facts := _facts(int(folder.name)))
    }
    return [child for child, parent in parents.items() if parent == str(process)]


def _is_running(process: int) -> bool:
    return _facts(process)[:1] not in ([], ["Z"])


def _facts(process: int) -> list[str]:
    """Return what the system says of a process: its state, its parent; nothing once it is gone."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return []
    # The second field is a name in brackets, and may hold anything.
    return stat.rpartition(")")[2].split()
