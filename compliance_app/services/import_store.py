"""The rows of a file, kept outside of memory: a large file takes hardly more of it than a small."""

import os
from array import array
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from tempfile import TemporaryFile
from typing import Any

import orjson

from compliance_app.rules.facts import Category, Payer
from compliance_app.rules.workflow import State
from compliance_app.services.import_rows import GiftRow, ReadRow

_CATEGORIES = {one.value: one for one in Category}
_PAYERS = {one.value: one for one in Payer}
_STATES = {one.value: one for one in State}


class KeptRows:
    """Rows by their number, in a file without a name; in memory is where each begins.

    Beside it stands the hash of its reference, 0 where it has none.
    """

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - gone with the rows
        self._starts = array("Q", [0])
        self._references = array("q")
        self._is_written = True

    def __del__(self) -> None:
        self._file.close()

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self._references)

    def append(self, row: ReadRow) -> None:
        """Keep one more row."""
        line, gift, counted_cents = row
        length = self._file.write(orjson.dumps((line, counted_cents, *gift)))
        self._starts.append(self._starts[-1] + length)
        self._references.append(hash(gift.reference) if gift.reference else 0)
        self._is_written = False

    def __getitem__(self, number: int) -> ReadRow:
        """Return a row as it was read."""
        if not self._is_written:
            self._file.flush()
            self._is_written = True
        start, end = self._starts[number : number + 2]
        return _row(orjson.loads(os.pread(self._file.fileno(), end - start, start)))

    def groups(self) -> Iterator[tuple[int, ...]]:
        """Yield the numbers of rows of one reference together, in the order of the first ones."""
        shared = repeated(self._references) - {0}
        together: dict[str, list[int]] = {}
        for number, key in enumerate(self._references):
            if key in shared:
                together.setdefault(self[number].gift.reference, []).append(number)
        first = {numbers[0]: tuple(numbers) for numbers in together.values()}
        for number, key in enumerate(self._references):
            if key not in shared:
                yield (number,)
            elif number in first:
                yield first[number]


def repeated(keys: Iterable[int]) -> set[int]:
    """Return what is there more than once."""
    return {one for one, other in pairwise(sorted(keys)) if one == other}


def _row(kept: list[Any]) -> ReadRow:
    line, counted_cents, reference, given_on, *parties, category, description = kept[:11]
    *texts_and_sums, payer, host_present, state = kept[11:]
    gift = GiftRow._make(
        (
            reference,
            date.fromisoformat(given_on),
            *parties,
            _CATEGORIES[category],
            description,
            *texts_and_sums,
            _PAYERS[payer],
            host_present,
            _STATES[state],
        )
    )
    return ReadRow(line, gift, counted_cents)
