"""The shares a judgement looks at, read once and held in memory, by person and day."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from operator import attrgetter
from typing import TypeVar

from compliance_app.rules.facts import PriorShare
from compliance_app.rules.flags import Neighbor
from compliance_app.rules.workflow import PENDING, State
from compliance_app.store.ledgers import KnownShare

TURNED_DOWN = frozenset({State.DECLINED, State.REFUSED})

T = TypeVar("T", PriorShare, Neighbor)
_DAY = attrgetter("given_on")


class MemoryLedger:
    """The shares of the people who are judged, each list in the order of its days."""

    def __init__(self, shares: Iterable[KnownShare] = ()) -> None:
        self._since = date.min
        self._prior: dict[int, list[PriorShare]] = defaultdict(list)
        self._near: dict[int, list[Neighbor]] = defaultdict(list)
        for share in shares:
            self.add(share)

    def add(self, share: KnownShare) -> None:
        """Take in one more share."""
        person_id, given_on, reference, giver_id, cents, state, holds_room, by_regime = share
        declined = state in TURNED_DOWN
        near = Neighbor(reference, giver_id, person_id, given_on, cents, declined)
        self._put(self._near[person_id], near)
        if holds_room:
            prior = PriorShare(given_on, cents, reference, state in PENDING, by_regime)
            self._put(self._prior[person_id], prior)

    def forget_before(self, day: date) -> None:
        """Let go of the shares before a day, each when its person's next one comes."""
        self._since = day

    def prior_shares(self, recipient_id: int, *, since: date | None) -> Sequence[PriorShare]:
        """Return the shares that hold room in the person's limit, from `since` on."""
        shares = self._prior[recipient_id]
        return shares if since is None else shares[bisect_left(shares, since, key=_DAY) :]

    def neighbors_of(self, recipient_id: int, *, since: date, until: date) -> Sequence[Neighbor]:
        """Return the person's shares near a day, whatever became of them."""
        near = self._near[recipient_id]
        # Most come in the order of their days: then all that is near stands at the end.
        if not near or near[-1].given_on < since:
            return ()
        return near[bisect_left(near, since, key=_DAY) : bisect_right(near, until, key=_DAY)]

    def _put(self, items: list[T], item: T) -> None:
        """Put an item at its day, after others of that day; most come in order."""
        if items and items[0].given_on < self._since:
            del items[: bisect_left(items, self._since, key=_DAY)]
        if not items or items[-1].given_on <= item.given_on:
            items.append(item)
        else:
            insort(items, item, key=_DAY)
