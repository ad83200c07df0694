"""Who of those that share a key are compared: all of a few, and of many each with who is next.

Somebody who stands in a list under thirty titles has large blocks of their own, so these are not
passed over: whoever is written alike is compared, and in the order of the names one spelling
leads to the next.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, groupby, pairwise
from operator import itemgetter

from compliance_app.rules.matching.contacts import Contact

# The largest block of which each two are compared; beyond that what they share is common.
LARGEST_OF_EACH_TWO = 12
# In a register of no more there are few large blocks, and each of them may be one person.
SMALL_REGISTER = 10_000
# The largest that is looked at; a key that more people have tells nothing.
LARGEST_BLOCK = 60


def pairs_in(block: Sequence[int], contacts: Mapping[int, Contact]) -> Iterable[tuple[int, int]]:
    """Return the pairs of records to be compared; the numbers ascend, and so they do in a pair."""
    if len(block) <= LARGEST_OF_EACH_TWO or len(contacts) <= SMALL_REGISTER:
        return combinations(block, 2)
    return _pairs_of_many(block, contacts)


def _pairs_of_many(
    block: Sequence[int], contacts: Mapping[int, Contact]
) -> Iterator[tuple[int, int]]:
    in_order = sorted(
        ((one.last, one.first, one.employer), number)
        for number in block
        if (one := contacts.get(number)) is not None
    )
    for _, alike in groupby(in_order, key=itemgetter(0)):
        yield from combinations([number for _, number in alike], 2)
    for (name, one_id), (next_name, other_id) in pairwise(in_order):
        if name != next_name:
            yield min(one_id, other_id), max(one_id, other_id)
