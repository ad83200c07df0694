"""The Merkle tree over the trail's seals, hashed as RFC 9162 says, and what it proves.

An inclusion proof shows that an event is in the tree of a checkpoint; a consistency proof shows
that a later tree only grew out of an earlier one.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH = 32
# RFC 9162, 2.1.1: a leaf can never be taken for a node.
LEAF, NODE = b"\x00", b"\x01"


def leaf_hash(seal_hex: str) -> bytes:
    """Return the leaf of an event's seal."""
    return sha256(LEAF + bytes.fromhex(seal_hex)).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over complete subtrees of one height, as many as a power of two."""
    while len(hashes) > 1:
        hashes = [_node(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


class Prover(ABC):
    """What can be proved of a tree whose complete subtrees are known, for every size it had."""

    size: int

    @abstractmethod
    def complete(self, height: int, place: int) -> bytes:
        """Return the root of the complete subtree of this height that is number `place`."""

    def root(self, size: int) -> bytes:
        """Return the root of the tree of the first `size` leaves."""
        return self._over(0, size)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Return the proof that leaf `index` is in the tree of the first `size` leaves."""
        proof: list[bytes] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + _left(end - start)
            if index < middle:
                proof.append(self._over(middle, end))
                end = middle
            else:
                proof.append(self._over(start, middle))
                start = middle
        return proof[::-1]

    def consistency(self, old: int, size: int) -> list[bytes]:
        """Return the proof that the tree of `size` leaves grew out of the one of `old`."""
        proof: list[bytes] = []
        start, end, is_whole_old = 0, size, True
        while old != end:
            middle = start + _left(end - start)
            if old <= middle:
                proof.append(self._over(middle, end))
                end = middle
            else:
                proof.append(self._over(start, middle))
                start, is_whole_old = middle, False
        if not is_whole_old:
            proof.append(self._over(start, end))
        return proof[::-1]

    def _over(self, start: int, end: int) -> bytes:
        """Return the root over the leaves [start, end), which begins where the tree splits."""
        count = end - start
        if count == 0:
            return sha256().digest()
        if count & (count - 1) == 0:
            return self.complete(count.bit_length() - 1, start // count)
        middle = start + _left(count)
        return _node(self._over(start, middle), self._over(middle, end))


class Tree(Prover):
    """The tree over the leaves in order, all of it in memory."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        # Each level is the hashes of the complete subtrees of its height, end to end.
        level = b"".join(leaves)
        self.size = len(level) // HASH
        self._levels = [level]
        while len(level) >= 2 * HASH:
            pairs = range(0, len(level) - 2 * HASH + 1, 2 * HASH)
            level = b"".join(sha256(NODE + level[at : at + 2 * HASH]).digest() for at in pairs)
            self._levels.append(level)

    def complete(self, height: int, place: int) -> bytes:
        """Return the root of a complete subtree."""
        return self._levels[height][place * HASH : (place + 1) * HASH]


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether the proof shows that the leaf is number `index` of the tree with this root."""
    if not 0 <= index < size:
        return False
    last, found = size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            found = _node(sibling, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = _node(found, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(
    old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Say whether the proof shows that the tree of `size` leaves grew out of the one of `old`."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not proof and old_root == root
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    index, last = old - 1, size - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    found_old = found = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            found_old, found = _node(sibling, found_old), _node(sibling, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = _node(found, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and (found_old, found) == (old_root, root)


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(NODE + left + right).digest()


def _left(count: int) -> int:
    """Return the largest power of two below the count: where RFC 9162 splits a tree."""
    return 1 << ((count - 1).bit_length() - 1)
