"""How fast contacts of a customer system come in, as ratios to reading the same file alone.

Run `python -m benchmarks.crm_import [ROWS] [postgresql://user@host/empty]`; without an address it
makes a register of its own and removes it. A server's processor time is not in that of the steps.
"""

import csv
import io
import random
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from compliance_app.services import crm_imports, crm_undo
from compliance_app.services.crm_imports import Choice
from compliance_app.store import schema
from compliance_app.store.base import Mode, database_url, prepare

ROWS = 20_000
AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
HEAD = ("Record ID", "First Name", "Last Name", "Email", "Job Title", "Company Name")
FIRST = ("Ann", "Bob", "Carla", "Dev", "Eve", "Finn", "Gita", "Hal", "Ida", "Jon")


def contacts(rows: int) -> bytes:
    """Return a file of contacts at a firm for every 30 of them; a few share name and firm."""
    rng = random.Random(7)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEAD)
    for number in range(rows):
        first, last, firm = rng.choice(FIRST), f"Name{rng.randrange(5_000)}", number % (rows // 30)
        mail = f"{first}.{last}.{number}@firm{firm}.example".lower()
        writer.writerow((10_000 + number, first, last, mail, "Analyst", f"Firm {firm} Inc"))
    return text.getvalue().encode()


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """Return the processor seconds an act takes, and those on the clock."""
    began, began_cpu = time.perf_counter(), time.process_time()
    act()
    return time.process_time() - began_cpu, time.perf_counter() - began


def main() -> None:
    """Print what each step costs against reading the file."""
    rows = next((int(one) for one in sys.argv[1:] if one.isdecimal()), ROWS)
    url = next((one for one in sys.argv[1:] if not one.isdecimal()), None)
    content = contacts(rows)
    floor, _ = timed(lambda: list(csv.reader(io.StringIO(content.decode()))))
    with TemporaryDirectory() as folder:
        engine = create_engine(database_url(url or f"sqlite:///{Path(folder) / 'register.db'}"))
        prepare(engine)
        schema.upgrade(engine)

        def work(act: Callable[[Session], object]) -> None:
            with engine.connect().execution_options(mode=Mode.WRITING) as connection:
                session = Session(connection, expire_on_commit=False)
                act(session)
                session.commit()

        def bring(session: Session) -> None:
            crm_imports.import_file(
                session, content, "contacts.csv", Choice(), partial=True, actor_id=None, at=AT
            )

        def compare(session: Session) -> None:
            crm_imports.compare(session, content, Choice(), today=AT.date())

        steps = {
            "dry run into an empty register": lambda: work(compare),
            "import": lambda: work(bring),
            "dry run of the same file": lambda: work(compare),
            "undo": lambda: work(lambda session: crm_undo.undo(session, 1, actor_id=None, at=AT)),
        }
        print(f"{rows:,} contacts, reading the file alone: {rows / floor:,.0f} rows/s")
        for name, step in steps.items():
            cpu, seconds = timed(step)
            print(
                f"{name}: {rows / cpu:,.0f} rows/s of processor time, {cpu / floor:,.0f} times "
                f"reading; {rows / seconds:,.0f} rows/s on the clock"
            )
        engine.dispose()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"largest memory: {peak:,.0f} MiB")


if __name__ == "__main__":
    main()
