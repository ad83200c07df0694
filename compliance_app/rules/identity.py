"""Who is one person with whom: merges as a forest, and what may become of a suspected pair.

Each record points to the one it was merged into by a person; the record at the end of the way
goes on for all of them. Undoing one step leaves all the others as they were decided.
"""

from collections.abc import Mapping
from enum import StrEnum


class PairState(StrEnum):
    """What somebody thinks of two records that may be one person."""

    SUSPECTED = "suspected"
    LATER = "later"
    NOT_SAME = "not_same"
    MERGED = "merged"

    @property
    def words(self) -> str:
        """Return the state as people say it."""
        return {
            PairState.SUSPECTED: "to be looked at",
            PairState.LATER: "put off",
            PairState.NOT_SAME: "not the same",
            PairState.MERGED: "merged",
        }[self]


# Of these a gift is flagged, and they stand on the review list.
OPEN = frozenset({PairState.SUSPECTED, PairState.LATER})


def goes_on(record_id: int, merged_into: Mapping[int, int]) -> int:
    """Return the record that goes on for this one, at the end of its way."""
    while record_id in merged_into:
        record_id = merged_into[record_id]
    return record_id
