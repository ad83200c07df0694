"""How long each page and each read of the interface takes, in a small and in a large register.

Run: python -m benchmarks.reads [GIFTS] [postgresql://user@host] [--keep FOLDER]. It makes the
databases it needs; with a folder, they stay there (or on the server) and serve the next run.
Both registers are served by real servers and asked in turn. Goal: with a million gifts nothing
takes more than 1.5 times its time with a thousand, and 95 of 100 first bytes come within 60 ms.
"""

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple
from urllib.parse import quote, urlencode

from sqlalchemy import create_engine, select, text

from benchmarks.registers import AT, fill
from compliance_app.app import create_app
from compliance_app.rules.permissions import Role
from compliance_app.rules.workflow import State
from compliance_app.services import tokens
from compliance_app.services.demo_firm import PASSWORD
from compliance_app.store import people as people_store
from compliance_app.store.base import database_url, db, unit_of_work
from compliance_app.store.models import Gift, Person, Share, TrailEvent

SMALL = 1_000
ROUNDS = 25
SECRET = "a secret for measuring only"  # noqa: S105 - of no real register
MOST_GROWTH, MOST_MS = 1.5, 60


class Reader(NamedTuple):
    """Somebody who reads: by a cookie, or a program by a token."""

    name: str
    headers: dict[str, str]


class Served(NamedTuple):
    """One register that is being served, and the addresses to ask there."""

    connection: HTTPConnection
    addresses: dict[str, tuple[str, Reader]]
    pid: int


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def program_of(name: str) -> str:
    """Return the path of a console program of this environment."""
    return str(Path(sys.executable).with_name(name))


def waitress(port: int) -> list[str]:
    """Return the command that serves the register as `tally3220 serve` does."""
    return [program_of("tally3220"), "serve", "--port", str(port)]


@contextmanager
def served(
    url: str, folder: str, command: Callable[[int], list[str]] = waitress
) -> Iterator[Served]:
    """Serve a register with a shipped server, and sign in."""
    port = free_port()
    environment = os.environ | {
        "TALLY3220_DATABASE_URL": url,
        "TALLY3220_DATA_DIR": folder,
        "TALLY3220_SECRET_KEY": SECRET,
    }
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command(port), env=environment, stdout=quiet, stderr=quiet) as server:
        try:
            yield Served(connect(port), _addresses(url, folder, port), server.pid)
        finally:
            server.terminate()


def connect(port: int) -> HTTPConnection:
    """Return a connection to a server that has just been started, once it answers."""
    for _ in range(100):
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return connection
    raise SystemExit("The server does not answer.")


def _addresses(url: str, folder: str, port: int) -> dict[str, tuple[str, Reader]]:
    """Return every page and read by its name: its address here, and who asks."""
    settings = {"DATA_DIR": folder, "DATABASE_URL": url, "SECRET_KEY": SECRET}
    with create_app(settings).app_context():
        with unit_of_work() as session:
            people = {
                one.role: one for one in people_store.list_people(session) if one.password_hash
            }
            officer, rep = people[Role.COMPLIANCE], people[Role.AE]
            token = tokens.make(session, officer, "Benchmark", actor_id=officer.id, at=AT)
            mine = session.scalars(
                select(Gift).where(Gift.giver_id == rep.id).order_by(Gift.id).limit(1)
            ).one()
            waits = session.scalars(
                select(Gift.reference).where(Gift.state == State.SUBMITTED).limit(1)
            ).one()
            share = session.scalars(select(Share).where(Share.gift_id == mine.id).limit(1)).one()
            middle = session.scalars(
                select(Gift.id).order_by(Gift.id).offset(SMALL // 2).limit(1)
            ).one()
            event = session.scalars(
                select(TrailEvent.number).where(TrailEvent.subject == f"gift:{mine.id}").limit(1)
            ).one()
            name = share.recipient_name.split()[0]
            employer, reference = share.employer_id, mine.reference
        db.engine.dispose()
    by_role = {role: _signed_in(port, person) for role, person in people.items()}
    reader = by_role[Role.COMPLIANCE]
    program = Reader("program", {"Authorization": f"Bearer {token}"})
    day = (AT - timedelta(days=200)).date().isoformat()
    pages = {
        "home, officer": ("/", reader),
        "home, rep": ("/", by_role[Role.AE]),
        "year": ("/year", reader),
        "year, supervisor": ("/year", by_role[Role.SUPERVISOR]),
        "search": (f"/search?q={quote(name)}", reader),
        "search, all": ("/search", reader),
        "search, a kind": ("/search?kind=gift_card&state=given", reader),
        "year, own": ("/year", by_role[Role.AE]),
        "my gifts": ("/gifts", by_role[Role.AE]),
        "log a gift": ("/gifts/new", by_role[Role.AE]),
        "log a gift, to somebody": (
            f"/gifts/new?recipient={share.recipient_id}",
            by_role[Role.AE],
        ),
        "all gifts": ("/gifts/all", reader),
        "all gifts, further": (f"/gifts/all?before={middle}", reader),
        "all gifts, supervisor": ("/gifts/all", by_role[Role.SUPERVISOR]),
        "a gift": (f"/gifts/{reference}", reader),
        "the proof of a gift": (f"/gifts/{reference}/proof", reader),
        "approvals": ("/approvals", reader),
        "approvals, flagged": ("/approvals?show=flagged", reader),
        "approvals, supervisor": ("/approvals", by_role[Role.SUPERVISOR]),
        "a gift to decide": (f"/approvals/{waits}", reader),
        "recipients": ("/recipients", reader),
        "recipients, found": (f"/recipients?q={quote(name)}", reader),
        "recipients, typed": (f"/recipients/search?q={quote(name)}", reader),
        "a recipient": (f"/recipients/{share.recipient_id}", reader),
        "employers": ("/employers", reader),
        "an employer": (f"/employers/{employer}", reader),
        "trail": ("/audit", reader),
        "an event": (f"/audit/{event}", reader),
        "as of a day": (f"/audit/as-of?day={day}", reader),
        "policies": ("/policies", reader),
        "people": ("/people", by_role[Role.ADMIN]),
        "reports": ("/reports", reader),
        "account": ("/account", reader),
    }
    api = {
        "gifts": "gifts",
        "gifts by state": "gifts?state=breach",
        "gifts that wait": "gifts?state=submitted",
        "gifts by giver": f"gifts?giver={quote(people[Role.AE].email)}",
        "gifts to somebody": f"gifts?recipient={share.recipient_id}",
        "gifts since a day": f"gifts?since={day}&until={day}",
        "gifts until long ago": "gifts?until=2000-01-01",
        "a gift": f"gifts/{reference}",
        "recipients": f"recipients?q={quote(name)}",
        "a recipient": f"recipients/{share.recipient_id}",
    }
    return pages | {f"api: {name}": (f"/api/v1/{path}", program) for name, path in api.items()}


def _signed_in(port: int, person: Person) -> Reader:
    connection = connect(port)
    connection.request("GET", "/sign-in")
    answer = connection.getresponse()
    cookie, page = _cookie(answer.headers.get_all("Set-Cookie") or []), answer.read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if token is None:
        raise SystemExit("The page to sign in has no token.")
    form = {"email": person.email, "password": PASSWORD, "csrf_token": token[1]}
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/sign-in", urlencode(form), headers)
    answer = connection.getresponse()
    answer.read()
    made = _cookie(answer.headers.get_all("Set-Cookie") or [])
    if not made:
        raise SystemExit(f"{person.email} cannot sign in ({answer.status}).")
    return Reader(person.role.value, {"Cookie": made})


def _cookie(set_cookies: list[str]) -> str:
    return "; ".join(one.partition(";")[0] for one in set_cookies)


def ask(one: Served, name: str) -> tuple[float, float]:
    """Ask once; return the milliseconds until the first byte and until the last."""
    address, reader = one.addresses[name]
    began = time.perf_counter()
    one.connection.request("GET", address, headers=reader.headers)
    answer = one.connection.getresponse()
    first = time.perf_counter() - began
    answer.read()
    whole = time.perf_counter() - began
    if answer.status != 200:
        raise SystemExit(f"{name}: {address} answered {answer.status}.")
    return first * 1000, whole * 1000


def processor_ms(pid: int) -> float:
    """Return the processor time of a server so far: all threads of the process and its children.

    Other work on the machine does not change it. A database server's own is not in it.
    """
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    own = sum(int(task.read_text(encoding="ascii").split()[0]) for task in tasks) / 1e6
    children = Path(f"/proc/{pid}/task").glob("*/children")
    ids = [int(one) for few in children for one in few.read_text(encoding="ascii").split()]
    return own + sum(map(processor_ms, ids))


class Taken(NamedTuple):
    """What one read takes in one register, in milliseconds."""

    whole: float
    processor: float
    first_bytes: list[float]


def measure(registers: tuple[Served, Served], name: str) -> tuple[Taken, Taken]:
    """Ask both registers in turn, several times; the first time does not count."""
    times: list[list[tuple[float, float]]] = [[], []]
    spent: list[list[float]] = [[], []]
    for turn in range(ROUNDS + 1):
        for place, register in enumerate(registers):
            before = processor_ms(register.pid)
            taken = ask(register, name)
            if turn:
                times[place].append(taken)
                spent[place].append(processor_ms(register.pid) - before)
    small, large = (
        Taken(median(whole for _, whole in here), median(mine), [first for first, _ in here])
        for here, mine in zip(times, spent, strict=True)
    )
    return small, large


def compare(small: Served, large: Served) -> bool:
    """Print each read side by side; say whether all keep the goals."""
    print(f"{'':28}{'small':>9}{'large':>9}{'growth':>8}{'processor':>20}{'first byte, p95':>18}")
    kept = True
    for name in small.addresses:
        here, there = measure((small, large), name)
        p95 = quantiles(there.first_bytes, n=20)[-1]
        fits = there.whole / here.whole <= MOST_GROWTH and p95 <= MOST_MS
        kept = kept and fits
        growth = f"{there.whole / here.whole:>7.2f}x"
        processor = f"{here.processor:>7.1f}{there.processor:>7.1f}"
        processor += f"{there.processor / here.processor:>5.2f}x"
        print(
            f"{name:28}{here.whole:>6.1f} ms{there.whole:>6.1f} ms{growth}{processor}"
            f"{p95:>15.1f} ms{'' if fits else '   over'}",
            flush=True,
        )
    return kept


def registers(gifts: int, server: str | None, folder: str, *, keep: bool) -> tuple[str, str]:
    """Make a small and a large register, or take those that were kept; return their addresses."""
    sizes = {f"reads_{number}": number for number in (SMALL, gifts)}
    urls = []
    for name, number in sizes.items():
        if server is None:
            url = f"sqlite:///{Path(folder) / name}.db"
        else:
            engine = create_engine(f"{database_url(server)}/postgres", isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                if not keep:
                    connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                is_there = text("SELECT 1 FROM pg_database WHERE datname = :name")
                if not connection.scalar(is_there, {"name": name}):
                    connection.execute(text(f"CREATE DATABASE {name}"))
            engine.dispose()
            url = f"{server}/{name}"
        began = time.perf_counter()
        fill(url, folder, number)
        print(f"{number:,} gifts ready after {time.perf_counter() - began:.0f} s", flush=True)
        urls.append(url)
    return urls[0], urls[1]


def main(gifts: int, server: str | None, kept_in: str | None) -> None:
    """Make both registers, serve them, and ask everything of both in turn."""
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        folder = kept_in or temporary
        made = registers(gifts, server, folder, keep=kept_in is not None)
        small, large = (stack.enter_context(served(url, folder)) for url in made)
        if not compare(small, large):
            sys.exit(1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gifts", nargs="?", type=int, default=1_000_000)
    parser.add_argument("server", nargs="?", help="postgresql://user@host")
    parser.add_argument("--keep", metavar="FOLDER")
    given = parser.parse_args()
    main(given.gifts, given.server and given.server.rstrip("/"), given.keep)
