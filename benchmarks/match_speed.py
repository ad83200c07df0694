"""What a search, and a scan of everybody, costs in a register of many people."""

import resource
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.contacts import Written, people
from benchmarks.match_register import fill, opened
from compliance_app.cli.recipients import looking_through
from compliance_app.clock import now
from compliance_app.rules.matching import Contact
from compliance_app.services import scanning
from compliance_app.store import finding
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.likely import likely
from compliance_app.store.models import Recipient

QUERIES = 1_000
SHOWN = 10


# What is asked and who is meant; how it is asked.
Question = tuple[str, int]
Search = Callable[[Session, str], Iterable[int]]


def typing(count: int, where: str) -> None:
    """Look for misspelled names, and for begun ones, in a register of many people."""
    records = people(count, seed=7)
    stored = [one for one in records if one.noise == "first"]
    number_of = {one.person: number for number, one in enumerate(stored, 1)}
    twins = [one._replace(person=number_of[one.person]) for one in records if one.noise != "first"]
    named = [one for one in twins if _is_misspelled(one.noise)][:QUERIES]
    names = {one.person: stored[one.person - 1].name for one in named}
    whole = [one for one in named if "initial" not in one.noise]
    with _register(where) as (folder, url), opened(folder, url).app_context():
        began = perf_counter()
        if fill(stored):
            print(f"{len(stored):,} people kept in {perf_counter() - began:.0f} s")
        _ask("misspelled, with the firm", [(_at_firm(one), one.person) for one in named])
        _ask("misspelled, the name alone", [(one.name, one.person) for one in named], names)
        _ask("the same without initials", [(one.name, one.person) for one in whole], names)
        for letters in (2, 3, 4, 6):
            _ask(
                f"the first {letters} letters",
                [(one.name.split()[-1][:letters], 0) for one in stored[:QUERIES]],
            )
        _ask("any slip, with the firm", [(_at_firm(one), one.person) for one in twins[:QUERIES]])
        contacts = {
            one.name: Contact.of(one.name, employer=one.employer, email=one.email)
            for one in twins[:QUERIES]
        }
        _ask(
            "any slip, when one is added",
            [(one.name, one.person) for one in twins[:QUERIES]],
            search=lambda session, name: [
                one.person_id for one in likely(session, contacts[name], least=0)[:SHOWN]
            ],
        )
        db.engine.dispose()


def _at_firm(one: Written) -> str:
    return f"{one.name} at {one.employer}"


def _is_misspelled(noise: str) -> bool:
    """Say whether the name is still that of the person, however it is written."""
    return not {"married", "moved", "hyphen"} & set(noise.split("+"))


def _typed(session: Session, text: str) -> Iterable[int]:
    return [one.id for one in finding.search(session, text, count=SHOWN)]


def _ask(
    what: str,
    queries: Sequence[Question],
    names: Mapping[int, str] | None = None,
    *,
    search: Search = _typed,
) -> None:
    """Time each search; with `names` anybody of the very same name is who was looked for."""
    seconds, busy, hits = [], [], 0
    with db.session() as session:
        for text, person in queries:
            began, worked = perf_counter(), process_time()
            found = search(session, text)
            busy.append(process_time() - worked)
            seconds.append(perf_counter() - began)
            hits += person in found or bool(names and _is_named(session, found, names[person]))
    told = f"; {hits / len(queries):.3f} among the first {SHOWN}" if hits else ""
    print(
        f"  {what:28} median {median(seconds) * 1_000:.2f} ms, p99 {_p99(seconds):.2f} ms; of the "
        f"processor {median(busy) * 1_000:.2f} and {_p99(busy):.2f} ms{told}",
        flush=True,
    )


def _is_named(session: Session, ids: Iterable[int], name: str) -> bool:
    same = select(Recipient.id).where(Recipient.id.in_(ids), Recipient.name == name).limit(1)
    return session.scalar(same) is not None


def _p99(seconds: Sequence[float]) -> float:
    return sorted(seconds)[len(seconds) * 99 // 100 - 1] * 1_000


def scan(count: int, where: str) -> None:
    """Scan a register as the command does, in processes of its own, and say what it took."""
    with _register(where) as (folder, url):
        # Each in a process of its own, so that its memory is that of a scan alone.
        for step in (_fill_to_scan, _scan):
            process = get_context("spawn").Process(target=step, args=(folder, url, count))
            process.start()
            process.join()


def _fill_to_scan(folder: Path, url: str, count: int) -> None:
    with opened(folder, url).app_context():
        fill(people(int(count / 1.1), seed=11), as_it_is=True)
        db.engine.dispose()


def _scan(folder: Path, url: str, _: int) -> None:
    with opened(folder, url).app_context():
        began, worked = perf_counter(), process_time()
        with unit_of_work() as work:
            register = scanning.prepare(work)
            least = scanning.least_on(work, now().date())
        read = perf_counter() - began
        with looking_through(register, least) as slices:
            found = len({one.in_order for likely in slices for one in likely})
        took, own = perf_counter() - began, process_time() - worked
        db.engine.dispose()
    copies, number = resource.getrusage(resource.RUSAGE_CHILDREN), len(register.contacts)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{number:,} records in {took:.2f} s ({read:.2f} s of it reading everybody): "
        f"{number / took:,.0f} a second; {own:.2f} s of processor in the command and "
        f"{copies.ru_utime + copies.ru_stime:.2f} s in its copies; {found:,} pairs; "
        f"at most {memory:.0f} MiB, {copies.ru_maxrss / 1024:.0f} MiB in each copy"
    )


@contextmanager
def _register(where: str) -> Iterator[tuple[Path, str]]:
    """Give the folder and the address of a register: one that is kept, or a passing one."""
    if where and "://" not in where:
        Path(where).mkdir(parents=True, exist_ok=True)
        yield Path(where), ""
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder), where
