from hashlib import sha256

from flask import Flask

from compliance_app.rules.audit import Event
from compliance_app.rules.merkle import Tree, leaf_hash
from compliance_app.services.replay import replay
from compliance_app.store import audit, nodes, trail
from compliance_app.store.base import frozen_reading, unit_of_work
from tests.conftest import CAST, NOON
from tests.tamper import tamper


def append(number: int) -> None:
    acts = [audit.Act(Event.ATTEMPT_REFUSED, "attempt:x", {"number": one}) for one in range(number)]
    with unit_of_work() as session:
        audit.append_all(session, acts, actor_id=CAST.rep, at=NOON)


def test_kept_roots_prove_what_the_whole_tree_proves(app: Flask) -> None:
    for number in (200, 90, 300):
        append(number)
    with frozen_reading() as session:
        end = audit.head_now(session)
        whole, kept = (
            Tree(leaf_hash(seal) for seal in trail.seals(session, until=end)),
            nodes.KeptTree(session, end),
        )
        assert end > 2 * 256
        for size in (1, 255, 256, 257, 512, 513, end):
            assert kept.root(size) == whole.root(size)
            assert kept.consistency(size, end) == whole.consistency(size, end)
        for index in (0, 255, 256, end - 1):
            assert kept.inclusion(index, end) == whole.inclusion(index, end)
        assert replay(session).differences == []


def test_roots_over_many_thousand_seals_are_made_of_those_below(app: Flask) -> None:
    seals = [sha256(b"%d" % number).hexdigest() for number in range(65_536)]
    with unit_of_work() as session:
        nodes.keep(session, 0, seals)
        tree = nodes.KeptTree(session, 65_536)
        assert tree.root(65_536) == Tree(map(leaf_hash, seals)).root(65_536)
        assert tree.complete(8, 255) == Tree(map(leaf_hash, seals[-256:])).root(256)


def test_a_changed_root_is_named_and_a_missing_one_is_made_anew(app: Flask) -> None:
    append(300)
    with frozen_reading() as session:
        right = nodes.KeptTree(session, 256).root(256)
    tamper("UPDATE trail_node SET sha256 = '00' WHERE height = 8 AND place = 0")
    with frozen_reading() as session:
        assert replay(session).differences == [
            "Trail node 0 of height 8 does not follow from the trail."
        ]
    tamper("DELETE FROM trail_node")
    with frozen_reading() as session:
        assert nodes.KeptTree(session, 256).root(256) == right


def test_a_damaged_seal_does_not_stop_the_trail(app: Flask) -> None:
    append(200)
    tamper("UPDATE trail_event SET sha256 = 'nonsense' WHERE number = 50")
    append(100)
    with frozen_reading() as session:
        assert audit.head_now(session) > 300
