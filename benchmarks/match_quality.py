"""How right the pairs are that are found, beside other programs; and those of a real file."""

import csv
from collections import defaultdict
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from time import process_time

from benchmarks.match_data import Data, Scored, at_threshold, best_of, febrl, generated, pairs_of
from benchmarks.match_peers import rapidfuzz_of_all, recordlinkage_untrained, splink_untrained
from compliance_app.rules.matching import (
    LARGEST_BLOCK,
    Contact,
    Rarity,
    compare,
    comparing_keys,
    pairs_in,
    points_of,
    score_of,
)
from compliance_app.rules.settings import Policy

MOST_COMPARED_WITH_ALL = 10_000


def quality() -> None:
    """Compare precision and recall of every contender on every data set."""
    for data in [*generated(), *febrl()]:
        print(f"\n{data.name}: {len(data.person):,} records, {pairs_of(data.person):,} true pairs")
        for name, contender in CONTENDERS.items():
            if isinstance(contender, str):
                print(f"  {name:22} left out: {contender} is not installed")
                continue
            if contender is rapidfuzz_of_all and len(data.person) > MOST_COMPARED_WITH_ALL:
                print(f"  {name:22} left out: it compares each record with every other")
                continue
            began = process_time()
            scored = contender(data)
            best = best_of(data, scored)
            print(f"  {name:22} best {best}, {process_time() - began:.1f} s of processor")
        at_policy = [row for row in _ours(data) if score_of(row[0]) >= _LEAST]
        print(f"  {'ours as the policy is':22} {at_threshold(data, at_policy)}")


_LEAST = Policy().duplicate_suspected_from


def _ours(data: Data) -> Scored:
    blocks: dict[int, list[int]] = defaultdict(list)
    for number, contact in enumerate(data.contacts):
        for key in comparing_keys(contact):
            blocks[key].append(number)
    rarity, contacts = Rarity.among(data.contacts), dict(enumerate(data.contacts))
    pairs: set[tuple[int, int]] = set()
    for block in blocks.values():
        if 1 < len(block) <= LARGEST_BLOCK:
            pairs.update(pairs_in(block, contacts))
    return [(points_of(contacts[i], contacts[j], rarity), i, j) for i, j in pairs]


Contender = Callable[[Data], Scored]


def _or_left_out(contender: Contender, *packages: str) -> Contender | str:
    missing = [name for name in packages if find_spec(name) is None]
    return ", ".join(missing) if missing else contender


CONTENDERS: dict[str, Contender | str] = {
    "ours": _ours,
    "splink": _or_left_out(splink_untrained, "splink", "pandas"),
    "recordlinkage": _or_left_out(recordlinkage_untrained, "recordlinkage", "pandas"),
    "rapidfuzz, all pairs": _or_left_out(rapidfuzz_of_all, "numpy"),
}


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
