"""The trail's part of a package: the events behind it, each proved to be in one checkpoint."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from compliance_app.rules.audit import GENESIS
from compliance_app.rules.checkpoint import Checkpoint
from compliance_app.rules.exported import Kept, lines_over
from compliance_app.rules.merkle import Tree, leaf_hash
from compliance_app.services import audit
from compliance_app.services.checkpoints import TrailDamagedError
from compliance_app.services.reporting.evidence import numbers_behind
from compliance_app.services.signing import sign, verifier_for
from compliance_app.store import checkpoints as checkpoint_store
from compliance_app.store import trail
from compliance_app.store.reports import ReportedShare


@dataclass(frozen=True, slots=True)
class Drawn:
    """The trail up to an event: its tree, and the checkpoint that seals it."""

    tree: Tree
    checkpoint: Checkpoint
    kept: Kept

    @property
    def root(self) -> str:
        """Return the root of the tree."""
        return self.checkpoint.root.hex()


def draw(session: Session, *, until: int, made_at: datetime, signing_key: str) -> Drawn:
    """Seal the trail up to an event; raises TrailDamagedError where it is not whole.

    The checkpoint bears the moment of that event, so the same trail is always sealed alike.
    """
    found = audit.verify(session)
    if found.problem:
        raise TrailDamagedError(problem=found.problem)
    head = GENESIS

    def leaves() -> Iterator[bytes]:
        nonlocal head
        for head in trail.seals(session, until=until):
            yield leaf_hash(head)

    tree = Tree(leaves())
    checkpoint = Checkpoint(tree.size, tree.root(tree.size), head, made_at)
    verifier = verifier_for(signing_key) if signing_key else None
    return Drawn(tree, checkpoint, Kept(sign(checkpoint, signing_key).text, verifier))


def lines_behind(
    session: Session, drawn: Drawn, rows: Iterable[ReportedShare], others: Iterable[int]
) -> Iterator[str]:
    """Yield the lines of the trail about reported gifts, their people, and every policy.

    `others` are the numbers of further events that the report speaks of.
    """
    until = drawn.checkpoint.size
    numbers = numbers_behind(session, rows, until)
    numbers |= {number for number in others if number <= until}
    yield from lines_over(
        drawn.tree,
        drawn.checkpoint.head_sha256,
        trail.events_numbered(session, numbers),
        [*_earlier(session, until), drawn.kept],
        is_whole=False,
    )


def _earlier(session: Session, until: int) -> list[Kept]:
    """Return the checkpoints that were made before the last of the events."""
    rows = checkpoint_store.list_checkpoints(session)
    return [Kept(row.note, row.verifier) for row in rows if row.size < until]
