"""The roots over 256 and over 65,536 seals of the trail: a proof reads these, not the whole trail.

They follow from the seals, are put down when the last of their events is written, and `audit
replay` makes them anew. Where one is missing, what is below it is read.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from compliance_app.rules.merkle import Prover, fold, leaf_hash
from compliance_app.store.models import TrailEvent, TrailNode
from compliance_app.store.plain import plain_table

# Each height that is kept, and the one below it that it is made of.
HEIGHTS = {16: 8, 8: 0}


def keep(session: Session, last: int, seals: Sequence[str]) -> None:
    """Put down the roots that are complete once these seals stand after event `last`."""
    end = last + len(seals)
    for height, below in sorted(HEIGHTS.items()):
        width = 1 << height
        done = range(last // width, end // width)
        if not done:
            return
        roots = {place: _root(session, height, below, place, last, seals) for place in done}
        rows = [
            {"height": height, "place": place, "sha256": root.hex()}
            for place, root in roots.items()
            if root is not None
        ]
        plain_table(TrailNode).insert(session, rows)


def _root(
    session: Session, height: int, below: int, place: int, last: int, seals: Sequence[str]
) -> bytes | None:
    """Return one root; none where somebody damaged the trail, which must go on none the less."""
    many = 1 << (height - below)
    try:
        if below:
            hashes = [bytes.fromhex(one) for one in _kept(session, below, place * many, many)]
        else:
            start, end = place << height, (place + 1) << height
            # What was just written need not be read.
            written = _seals(session, start, last) if start < last else []
            new = seals[max(start - last, 0) : end - last]
            hashes = [leaf_hash(seal) for seal in (*written, *new)]
    except (ValueError, TypeError, DatabaseError):
        return None
    return fold(hashes) if len(hashes) == many else None


class KeptTree(Prover):
    """The tree over the first `size` events, of which a proof reads a bounded number of rows."""

    def __init__(self, session: Session, size: int) -> None:
        self.size = size
        self._session = session
        self._known: dict[tuple[int, int], bytes] = {}

    def complete(self, height: int, place: int) -> bytes:
        """Return the root of a complete subtree, out of the highest roots that are kept."""
        if (height, place) not in self._known:
            self._known[height, place] = self._made(height, place)
        return self._known[height, place]

    def _made(self, height: int, place: int) -> bytes:
        for kept in HEIGHTS:
            if height >= kept:
                many = 1 << (height - kept)
                found = _kept(self._session, kept, place * many, many)
                if len(found) == many:
                    return fold([bytes.fromhex(one) for one in found])
        if height > min(HEIGHTS):
            return fold([self.complete(height - 1, place * 2 + side) for side in (0, 1)])
        leaves = _seals(self._session, place << height, (place + 1) << height)
        return fold([leaf_hash(seal) for seal in leaves])


def differences(session: Session, size: int) -> Iterator[tuple[int, int]]:
    """Yield the height and place of every kept root that does not follow from a whole trail."""
    wanted = {height: size >> height for height in HEIGHTS}
    made: dict[int, list[bytes]] = {8: [], 16: []}
    for place in range(wanted[8]):
        leaves = _seals(session, place << 8, (place + 1) << 8)
        made[8].append(fold([leaf_hash(seal) for seal in leaves]))
    made[16] = [fold(made[8][at << 8 : (at + 1) << 8]) for at in range(wanted[16])]
    statement = select(TrailNode.place, TrailNode.sha256).order_by(TrailNode.place)
    for height, right in sorted(made.items()):
        rows = session.execute(statement.where(TrailNode.height == height))
        kept = {row.place: row.sha256 for row in rows}
        true = {place: one.hex() for place, one in enumerate(right)}
        unlike = {
            place for place in kept.keys() | true.keys() if kept.get(place) != true.get(place)
        }
        yield from ((height, place) for place in sorted(unlike))


def _kept(session: Session, height: int, first: int, many: int) -> Sequence[str]:
    return session.scalars(
        select(TrailNode.sha256)
        .where(TrailNode.height == height, TrailNode.place >= first, TrailNode.place < first + many)
        .order_by(TrailNode.place)
    ).all()


def _seals(session: Session, start: int, end: int) -> Sequence[str]:
    """Return the seals after event `start` up to event `end`."""
    return session.scalars(
        select(TrailEvent.sha256)
        .where(TrailEvent.number > start, TrailEvent.number <= end)
        .order_by(TrailEvent.number)
    ).all()
