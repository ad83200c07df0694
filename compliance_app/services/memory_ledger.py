"""The shares a judgement looks at, read once and held in memory, by person and day."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypeVar

from compliance_app.rules.facts import PriorShare
from compliance_app.rules.workflow import PENDING, State
from compliance_app.store.ledgers import KnownShare

# What one share looks like to the flags of another.
Neighbor = tuple[str, int, int, date, int, State]

T = TypeVar("T")


class MemoryLedger:
    """The shares of the people who are judged, each list in the order of its days."""

    def __init__(self, shares: Iterable[KnownShare] = ()) -> None:
        self._prior: dict[int, list[PriorShare]] = defaultdict(list)
        self._near: dict[int, list[Neighbor]] = defaultdict(list)
        for share in shares:
            self.add(share)

    def add(self, share: KnownShare) -> None:
        """Take in one more share."""
        near = (
            share.reference,
            share.giver_id,
            share.recipient_id,
            share.given_on,
            share.counted_cents,
            share.state,
        )
        _put(self._near[share.recipient_id], near, key=_day_of)
        if share.holds_room:
            prior = PriorShare(
                given_on=share.given_on,
                counted_cents=share.counted_cents,
                reference=share.reference,
                pending=share.state in PENDING,
                regime_cents=share.regime_cents,
            )
            _put(self._prior[share.recipient_id], prior, key=_given_on)

    def prior_shares(self, recipient_id: int, *, since: date | None) -> Sequence[PriorShare]:
        """Return the shares that hold room in the person's limit, from `since` on."""
        shares = self._prior[recipient_id]
        return shares if since is None else shares[bisect_left(shares, since, key=_given_on) :]

    def neighbors_of(self, recipient_id: int, *, since: date, until: date) -> Sequence[Neighbor]:
        """Return the person's shares near a day, whatever became of them."""
        near = self._near[recipient_id]
        return near[bisect_left(near, since, key=_day_of) : bisect_right(near, until, key=_day_of)]


def _put(items: list[T], item: T, *, key: Callable[[T], date]) -> None:
    """Put an item at its day, after others of that day; most come in order."""
    if not items or key(items[-1]) <= key(item):
        items.append(item)
    else:
        insort(items, item, key=key)


def _day_of(near: Neighbor) -> date:
    _reference, _giver, _recipient, given_on, _cents, _state = near
    return given_on


def _given_on(share: PriorShare) -> date:
    return share.given_on
