"""How fast the trail is checked, beside reading and hashing the same rows and nothing else.

Run: python -m benchmarks.audit_verify [EVENTS]. Goal: 150,000 events a second of one core.
"""

import hashlib
import random
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from time import process_time

from compliance_app.app import create_app
from compliance_app.rules.facts import Category
from compliance_app.rules.permissions import Role
from compliance_app.services import audit, checkpoints, people
from compliance_app.services.claims import Claim
from compliance_app.services.history import record_past
from compliance_app.services.newcomers import add_many
from compliance_app.services.past_gifts import PastGift
from compliance_app.services.people import NewPerson
from compliance_app.services.recipients import NewRecipient
from compliance_app.store import schema
from compliance_app.store.base import db, frozen_reading, unit_of_work

AT = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
ROUNDS = 5
GIFTS_EACH = 40


def fill(gifts: int, newcomers: int) -> None:
    """Write a register of so many people and gifts, each judged as it would have been."""
    with unit_of_work() as session:
        rep = people.add(
            session, NewPerson("rep@firm.example", "Rep", Role.AE), actor_id=None, at=AT
        )
        new = [NewRecipient(f"Person {number}") for number in range(newcomers)]
        added = add_many(session, new, actor_id=None, at=AT).recipients
        ids, rep_id = [one.id for one in added], rep.id
    with unit_of_work() as session:
        record_past(session, _gifts(gifts, ids, rep_id), actor_id=None, at=AT)


def _gifts(events: int, recipient_ids: list[int], rep_id: int) -> Iterator[PastGift]:
    seeded = random.Random(3220)
    for number in range(events):
        claim = Claim(
            given_on=date(2020, 1, 1) + timedelta(days=seeded.randrange(2_000)),
            category=Category.MERCHANDISE,
            description="Gift basket from Fern & Rye",
            recipient_ids=(recipient_ids[number % len(recipient_ids)],),
            purpose="Year-end visit",
            cost_cents=seeded.randrange(1_00, 40_00),
        )
        yield PastGift(claim, rep_id, rep_id)


def check() -> int:
    """Check the whole trail and return how many events it has."""
    with frozen_reading() as session:
        found = audit.verify(session)
    if found.problem:
        raise SystemExit(found.problem)
    return found.events


def hash_alone(bodies: list[bytes]) -> int:
    """Hash each body once: what no check can undercut."""
    for body in bodies:
        hashlib.sha256(body).hexdigest()
    return len(bodies)


def read_alone(file: Path) -> int:
    """Read every column of every event and do nothing with it."""
    with closing(sqlite3.connect(file)) as connection:
        return sum(1 for _ in connection.execute("SELECT * FROM trail_event ORDER BY number"))


def per_second(work: Callable[[], int]) -> float:
    """Return how many a second of one core's time, the median of several rounds."""
    rates = []
    for _ in range(ROUNDS):
        began = process_time()
        done = work()
        rates.append(done / (process_time() - began))
    return median(rates)


def measure(gifts: int, newcomers: int) -> None:
    """Print the rates on a register of its own, and the check's share of the floor."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tally3220.db"
        settings = {"DATA_DIR": folder, "DATABASE_URL": f"sqlite:///{file}"}
        with create_app(settings, console=True).app_context():
            schema.upgrade(db.engine)
            fill(gifts, newcomers)
            with closing(sqlite3.connect(file)) as connection:
                rows = connection.execute("SELECT body FROM trail_event")
                bodies = [body.encode() for (body,) in rows]
            plain = per_second(check)
            with unit_of_work() as session:
                drawn = checkpoints.draw_checkpoint(session, signing_key="", at=AT)
                checkpoints.keep(session, drawn)
            held = per_second(check)
            db.engine.dispose()
        floors = {
            "hash the bodies alone": per_second(lambda: hash_alone(bodies)),
            "read the rows alone": per_second(lambda: read_alone(file)),
        }
    size = sum(map(len, bodies)) // len(bodies)
    print(f"{len(bodies):,} events, bodies of {size:,} bytes on average; events a second:")
    both = 1 / sum(1 / rate for rate in floors.values())
    for what, rate in {**floors, "both, the floor": both}.items():
        print(f"  {what:<24}{rate:>10,.0f}")
    for what, rate in {"check": plain, "check with a checkpoint": held}.items():
        print(f"  {what:<24}{rate:>10,.0f}   {rate / both:.2f} of the floor")


def main(events: int) -> None:
    """Measure a trail of small events, and one of gifts with their whole assessments."""
    measure(gifts=0, newcomers=events)
    measure(gifts=events, newcomers=max(1, events // GIFTS_EACH))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
