"""How long a what-if takes beside reading the shares it is about, and whether memory stays flat.

Run it with the number of shares: python benchmarks/what_if.py 1000000
"""

import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from compliance_app.app import create_app
from compliance_app.rules.assessment import assess
from compliance_app.rules.facts import Category, Facts, Payer, PriorShare, RecipientClass
from compliance_app.rules.permissions import Role
from compliance_app.rules.policy import parse_policy
from compliance_app.rules.workflow import State
from compliance_app.services.policies import default_policy
from compliance_app.services.recording import verdict_values
from compliance_app.services.what_if import Summary, what_if
from compliance_app.store import schema
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Assessment, Gift, GiftVersion, Person, Recipient, Share
from compliance_app.store.what_if import past_shares

MOMENT = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
FIRST_DAY = date(2025, 1, 1)
PER_PERSON = 11
BATCH = 1_000
MOST_TIMES = 12
# Eleven gifts a year, so that the last of a year has ten before it.
PLANS = {
    "a stricter firm limit": '[[firm_limit]]\nfrom = 2025-01-01\namount = "90.00"\n',
    "a trailing year": '[year]\nbasis = "rolling"\nrolling_method = "trailing_12_months"\n',
    "a year from the first gift": '[year]\nbasis = "rolling"\n',
}
Rows = dict[type[Any], list[dict[str, Any]]]


def fill(shares: int) -> None:
    """Write a register of so many shares, each judged as it would have been."""
    numbers = count(1)
    seeded = random.Random(3220)
    with unit_of_work() as session:
        session.add(
            Person(id=1, email="rep@firm.example", name="Rep", role=Role.AE, created_at=MOMENT)
        )
        session.flush()
        for first in range(1, shares // PER_PERSON + 2, BATCH):
            rows: Rows = {model: [] for model in (Recipient, Gift, GiftVersion, Assessment, Share)}
            for person in range(first, min(first + BATCH, shares // PER_PERSON + 2)):
                rows[Recipient].append(recipient_row(person))
                for _ in range(min(PER_PERSON, shares - (person - 1) * PER_PERSON)):
                    add_gift(rows, person, next(numbers), seeded)
            for model, new in rows.items():
                session.execute(insert(model), new)


def recipient_row(person: int) -> dict[str, Any]:
    """Return one person at a client."""
    return {
        "id": person,
        "name": f"Person {person}",
        "name_key": f"person {person}",
        "email": None,
        "recipient_class": RecipientClass.INSTITUTIONAL_CLIENT_EMPLOYEE,
        "merged_into_id": None,
        "created_by_id": None,
        "created_at": MOMENT,
    }


def add_gift(rows: Rows, person: int, number: int, seeded: random.Random) -> None:
    """Add the rows of one gift to one person."""
    earlier = [
        PriorShare(row["given_on"], row["counted_cents"])
        for row in rows[Share][-PER_PERSON:]
        if row["recipient_id"] == person
    ]
    day = FIRST_DAY + timedelta(days=30 * len(earlier) + seeded.randrange(30))
    cents = seeded.randrange(1_00, 20_00)
    verdict = assess(Facts(day, Category.MERCHANDISE, cost_cents=cents), earlier, default_policy())
    rows[Gift].append(
        {
            "id": number,
            "reference": f"G-{day.year}-{number:07d}",
            "state": State.GIVEN,
            "version_number": 1,
            "giver_id": 1,
            "logged_by_id": 1,
            "already_given": True,
            "route": None,
            "submission_key": None,
            "row_sha256": None,
            "logged_at": MOMENT,
            "submitted_at": MOMENT,
        }
    )
    rows[GiftVersion].append(version_row(number, day, cents))
    rows[Assessment].append(
        {
            "id": number,
            "version_id": number,
            "recipient_id": person,
            "document": "{}",
            "made_at": MOMENT,
            **verdict_values(verdict),
        }
    )
    rows[Share].append(
        {
            "id": number,
            "gift_id": number,
            "version_id": number,
            "recipient_id": person,
            "recipient_name": f"Person {person}",
            "employer_id": None,
            "assessment_id": number,
            "given_on": day,
            "counted_cents": verdict.counted_cents,
            "regime_cents": {},
            "holds_room": True,
        }
    )


def version_row(number: int, day: date, cents: int) -> dict[str, Any]:
    """Return what is claimed of one gift."""
    return {
        "id": number,
        "gift_id": number,
        "number": 1,
        "given_on": day,
        "category": Category.MERCHANDISE,
        "description": "Gift basket",
        "purpose": "Visit",
        "cost_cents": cents,
        "market_value_cents": None,
        "face_value_cents": None,
        "tax_cents": 0,
        "delivery_cents": 0,
        "quantity": 1,
        "payer": Payer.MEMBER,
        "host_present": None,
        "evidence": {},
        "flags": [],
        "reason": "",
        "made_by_id": 1,
        "made_at": MOMENT,
    }


def seconds_of(rows: Iterator[object]) -> tuple[float, int]:
    """Return the processor time it takes to read all rows, and how many there are."""
    began = time.process_time()
    number = sum(1 for _ in rows)
    return time.process_time() - began, number


def bare_rows(session: Session) -> Iterator[object]:
    """Read day and value alone in the same order, as the driver gives them."""
    cursor = session.connection().exec_driver_sql(
        "SELECT recipient_id, given_on, counted_cents FROM share"
        " ORDER BY recipient_id, given_on, id"
    )
    yield from cursor


def measure() -> bool:
    """Print the times and their ratios; say whether each keeps to what was promised."""
    with Session(db.engine) as session:
        session.execute(select(text("1")))
        bare, _ = seconds_of(bare_rows(session))
        reading, shares = seconds_of(past_shares(session, since=None, until=None))
        print(f"{shares:,} shares; bare columns {bare:.1f} s, the shares whole {reading:.1f} s")
        kept = True
        for name, document in PLANS.items():
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            policy = parse_policy(f'title = "What if"\nversion = "2"\n{document}')
            summary = Summary()
            taken, changes = seconds_of(what_if(session, policy, summary))
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
            print(
                f"{name}: {taken:.1f} s, {taken / reading:.1f} times reading, "
                f"{taken / bare:.1f} times the bare columns; {changes:,} would change; "
                f"peak memory grew by {grown} MB"
            )
            kept = kept and taken <= MOST_TIMES * reading
    return kept


def main() -> None:
    """Fill a register in a folder that is thrown away, and measure on it."""
    shares = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'what-if.db'}"
        app = create_app({"DATA_DIR": folder, "DATABASE_URL": address}, console=True)
        with app.app_context():
            schema.upgrade(db.engine)
            fill(shares)
            kept = measure()
            db.engine.dispose()
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
