"""The tree is that of RFC 9162, and its proofs hold for the truth and for nothing else."""

from hashlib import sha256

import pytest

from compliance_app.rules.merkle import Tree, is_consistent, is_included, leaf_hash

# The leaves and roots that certificate transparency logs are tested with.
INPUTS = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
LEAVES = tuple(leaf_hash(one) for one in INPUTS)
SIZES = range(1, 9)


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_the_reference(size: int) -> None:
    assert Tree(LEAVES).root(size).hex() == ROOTS[size]


def test_the_proof_of_the_third_of_seven_is_the_one_of_rfc_9162() -> None:
    # 2.1.5: with leaves d0 to d6, the proof for d3 is c, g, l.
    tree = Tree(LEAVES[:7])
    left = sha256(b"\x01" + LEAVES[0] + LEAVES[1]).digest()
    right = sha256(b"\x01" + sha256(b"\x01" + LEAVES[4] + LEAVES[5]).digest() + LEAVES[6]).digest()
    assert tree.inclusion(3, 7) == [LEAVES[2], left, right]


def test_every_leaf_is_proved_in_every_tree_that_holds_it() -> None:
    tree = Tree(LEAVES)
    assert all(
        is_included(LEAVES[index], index, size, tree.inclusion(index, size), tree.root(size))
        for size in SIZES
        for index in range(size)
    )


def test_another_leaf_place_or_root_is_not_proved() -> None:
    tree = Tree(LEAVES)
    proof, root = tree.inclusion(4, 7), tree.root(7)
    assert not is_included(LEAVES[5], 4, 7, proof, root)
    assert not is_included(LEAVES[4], 5, 7, proof, root)
    assert not is_included(LEAVES[4], 4, 7, proof, tree.root(8))
    assert not is_included(LEAVES[4], 4, 7, proof[:-1], root)
    assert not is_included(LEAVES[4], 4, 7, [*proof, LEAVES[0]], root)
    assert not is_included(LEAVES[4], 7, 7, proof, root)


def test_every_tree_grew_out_of_every_smaller_one() -> None:
    tree = Tree(LEAVES)
    assert all(
        is_consistent(old, size, tree.root(old), tree.root(size), tree.consistency(old, size))
        for size in SIZES
        for old in range(1, size + 1)
    )


@pytest.mark.parametrize(("old", "size"), [(3, 7), (4, 8), (6, 8), (1, 2)])
def test_a_rewritten_tree_did_not_grow_out_of_the_old_one(old: int, size: int) -> None:
    tree = Tree(LEAVES)
    forged = Tree([LEAVES[7], *LEAVES[1:]])
    proof = forged.consistency(old, size)
    assert not is_consistent(old, size, tree.root(old), forged.root(size), proof)
    assert not is_consistent(old, size, forged.root(old), tree.root(size), proof)
    assert not is_consistent(size, old, forged.root(size), forged.root(old), proof)
