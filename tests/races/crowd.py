"""A crowd that acts on one register at the same time: processes, and threads in each of them.

What comes back is what was acknowledged, how long each act took, and whatever broke.
"""

import logging
import os
import random
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from compliance_app.rules.employers import EmployerClass
from compliance_app.rules.errors import OwnDecisionError, RuleError
from compliance_app.rules.workflow import State
from compliance_app.services import approvals, employers, employments, gifts, imports, merging
from compliance_app.services.audit import record_refusal
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Gift
from tests.conftest import CAST, EMAILS, NOON, make_app
from tests.factories import make_claim

LOG = logging.getLogger(__name__)
FIRST_DAY = date(2026, 11, 23)
# How much more is done on demand than in every run of the tests.
SCALE = int(os.environ.get("TALLY3220_TESTS_SCALE", "1"))
PROCESSES = 2
THREADS = 3


@dataclass(frozen=True)
class Job:
    """What one process of the crowd has to do."""

    url: str
    folder: Path
    seed: int
    recipients: tuple[int, ...]
    acts: int
    kinds: tuple[str, ...]


@dataclass
class Outcome:
    """What happened to one process of the crowd, or to all of it."""

    submitted: list[str] = field(default_factory=list)
    imported: int = 0
    done: int = 0
    refused: int = 0
    broken: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        self.submitted += other.submitted
        self.imported += other.imported
        self.done += other.done
        self.refused += other.refused
        self.broken += other.broken
        self.seconds += other.seconds

    @property
    def told(self) -> str:
        """Return how long its acts took."""
        times = ", ".join(f"{self.slowest(percent) * 1000:.0f}" for percent in (50, 99, 100))
        return f"{len(self.seconds)} acts: median, 99th percentile, slowest {times} ms"

    def slowest(self, percent: int) -> float:
        """Return the time that so many of a hundred acts did not exceed."""
        return sorted(self.seconds)[(len(self.seconds) - 1) * percent // 100]


def let_loose(
    pool: ProcessPoolExecutor,
    url: str,
    folder: Path,
    *,
    recipients: Iterable[int],
    kinds: Iterable[str],
    acts: int,
) -> Outcome:
    """Let the whole crowd act, each thread `acts` times, and return what happened."""
    jobs = [
        Job(url, folder, seed, tuple(recipients), acts * SCALE, tuple(kinds))
        for seed in range(PROCESSES)
    ]
    everything = Outcome()
    for outcome in pool.map(act_in_process, jobs):
        everything.add(outcome)
    LOG.info(everything.told)
    return everything


def act_in_process(job: Job) -> Outcome:
    """Act with several threads on an application of this process's own."""
    app = make_app(job.folder, job.url)
    with ThreadPoolExecutor(THREADS) as threads:
        outcomes = list(threads.map(lambda number: _act(app, job, number), range(THREADS)))
    everything = Outcome()
    for outcome in outcomes:
        everything.add(outcome)
    with app.app_context():
        db.engine.dispose()
    return everything


def take_turns(job: Job) -> list[int]:
    """Write as often as possible for a while, and return how often each thread could."""
    app = make_app(job.folder, job.url)
    with ThreadPoolExecutor(THREADS) as threads:
        counts = list(threads.map(lambda _: _write_for(app, job.acts / 1000), range(THREADS)))
    with app.app_context():
        db.engine.dispose()
    return counts


def _write_for(app: Flask, seconds: float) -> int:
    count = 0
    end = perf_counter() + seconds
    with app.app_context():
        while perf_counter() < end:
            with unit_of_work() as session:
                error = OwnDecisionError(reference="G-1", part="gave")
                record_refusal(session, error, actor_id=CAST.rep, at=NOON, attempted="/fairness")
            count += 1
    return count


def _act(app: Flask, job: Job, number: int) -> Outcome:
    chance = random.Random(job.seed * 1000 + number)  # noqa: S311 - seeded, not cryptography
    outcome = Outcome()
    with app.app_context():
        for turn in range(job.acts):
            kind = chance.choice(job.kinds)
            began = perf_counter()
            try:
                with unit_of_work() as session:
                    made = ACTS[kind](session, job, chance, f"{job.seed}-{number}-{turn}")
            except RuleError:
                outcome.refused += 1
            except Exception as error:  # noqa: BLE001 - the test asks for every kind of failure
                outcome.broken.append(f"{kind}: {error!r}")
            else:
                outcome.done += 1
                outcome.imported += 1 if kind == "import" else 0
                outcome.submitted += [made] if made else []
            outcome.seconds.append(perf_counter() - began)
    return outcome


def _submit(session: Session, job: Job, chance: random.Random, label: str) -> str:
    giver = chance.choice((CAST.rep, CAST.other_rep))
    gift = gifts.submit(
        session,
        make_claim(
            chance.choice((20_00, 60_00, 90_00, 150_00)),
            given_on=_day(chance),
            to=tuple(chance.sample(job.recipients, min(chance.randint(1, 3), len(job.recipients)))),
        ),
        giver_id=giver,
        actor_id=giver,
        at=NOON,
        submission_key=label,
    )
    return gift.reference


def _approve(session: Session, job: Job, chance: random.Random, label: str) -> None:
    gift = _one_that_is(session, chance, State.SUBMITTED)
    approvals.approve(
        session, gift.reference, actor_id=chance.choice((CAST.supervisor, CAST.officer)), at=NOON
    )


def _amend(session: Session, job: Job, chance: random.Random, label: str) -> None:
    gift = _one_that_is(session, chance, State.SUBMITTED, State.APPROVED)
    claim = make_claim(
        chance.choice((30_00, 110_00, 200_00)),
        given_on=_day(chance),
        to=(chance.choice(job.recipients),),
    )
    gifts.amend(
        session, gift.reference, claim, reason="Another gift", actor_id=gift.giver_id, at=NOON
    )


def _withdraw(session: Session, job: Job, chance: random.Random, label: str) -> None:
    gift = _one_that_is(session, chance, State.SUBMITTED)
    gifts.withdraw(session, gift.reference, actor_id=gift.giver_id, at=NOON)


def _cancel(session: Session, job: Job, chance: random.Random, label: str) -> None:
    gift = _one_that_is(session, chance, State.APPROVED)
    gifts.cancel(session, gift.reference, actor_id=gift.giver_id, at=NOON)


def _import(session: Session, job: Job, chance: random.Random, label: str) -> None:
    """Bring in a gift that was given, and one that is planned, to somebody known and a stranger."""
    day = _day(chance).isoformat()
    rows = [
        (f"P{label}", "2026-11-02", "Ravi Shankaran", "ravi@harbor.example", "5.00", "given"),
        (f"N{label}", day, "Morgan Ellery", "morgan@northgate.example", "15.00", "submitted"),
        (f"S{label}", "2026-11-03", f"Stranger {label}", f"s{label}@x.example", "9.00", "given"),
    ]
    header = "reference,given_on,recipient_name,recipient_email,cost,state"
    lines = [
        f"{header},giver_email,category,description",
        *(f"{','.join(row)},{EMAILS['rep']},merchandise,A pen" for row in rows),
    ]
    content = "\n".join(lines).encode()
    imports.import_gifts(session, content, imports.Options(), actor_id=None, at=NOON)


def _merge(session: Session, job: Job, chance: random.Random, label: str) -> None:
    one, other = chance.sample(job.recipients, 2)
    merging.merge(session, one, other, reason="Raced", actor_id=CAST.officer, at=NOON)


def _unmerge(session: Session, job: Job, chance: random.Random, label: str) -> None:
    one = chance.choice(job.recipients)
    merging.unmerge(session, one, reason="Raced", actor_id=CAST.officer, at=NOON)


def _classify(session: Session, job: Job, chance: random.Random, label: str) -> None:
    kind = chance.choice((EmployerClass.FEDERAL_AGENCY, EmployerClass.INSTITUTION))
    employers.classify(session, 1, kind, since=None, actor_id=CAST.officer, at=NOON)


def _move(session: Session, job: Job, chance: random.Random, label: str) -> None:
    firm = chance.choice(("Northgate Pension Trust", "Harbor Capital"))
    who, since = chance.choice(job.recipients), _day(chance)
    employments.change_employer(session, who, firm, "", since=since, actor_id=CAST.rep, at=NOON)


def _one_that_is(session: Session, chance: random.Random, *states: State) -> Gift:
    """Return some gift as it was seen without a lock, as somebody with a stale page does."""
    found = session.scalars(
        select(Gift).where(Gift.state.in_(states)).order_by(Gift.id.desc()).limit(5)
    ).all()
    if not found:
        raise NothingToDoError
    return chance.choice(found)


def _day(chance: random.Random) -> date:
    return FIRST_DAY + timedelta(days=chance.randrange(30))


class NothingToDoError(RuleError):
    """There is no gift in such a state just now."""

    code = "nothing-to-do"


ACTS: dict[str, Callable[[Session, Job, random.Random, str], str | None]] = {
    "submit": _submit,
    "approve": _approve,
    "amend": _amend,
    "withdraw": _withdraw,
    "cancel": _cancel,
    "import": _import,
    "merge": _merge,
    "unmerge": _unmerge,
    "classify": _classify,
    "move": _move,
}
