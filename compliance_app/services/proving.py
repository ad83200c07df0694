"""The proof of one subject's events, made of a bounded part of the trail.

What is proved is checked: the subject's own events, the last event of the trail, and that the
kept roots are those that the newest checkpoint was made of. Whoever wants the whole trail checked
asks for that (services/audit.py).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from compliance_app.rules.audit import RawEvent, seal
from compliance_app.rules.checkpoint import Checkpoint
from compliance_app.rules.errors import NotFoundError
from compliance_app.rules.exported import Kept, lines_over
from compliance_app.services.audit import as_signed
from compliance_app.services.checkpoints import TrailDamagedError
from compliance_app.services.signing import sign, verifier_for
from compliance_app.store import audit as store
from compliance_app.store import checkpoints as checkpoint_store
from compliance_app.store.gifts import row_document
from compliance_app.store.models import TrailCheckpoint, TrailEvent
from compliance_app.store.nodes import KeptTree


def lines_about(session: Session, subject: str, *, signing_key: str, at: datetime) -> Iterator[str]:
    """Yield the lines of an export of one subject's events, proved in the trail as it is now.

    Raises NotFoundError for a subject that no event is about, TrailDamagedError where what the
    proof rests on is not whole.
    """
    head = store.head(session)
    size, end = head.number, head.sha256
    events = [store.as_sealed(row) for row in store.events_of(session, subject)]
    if not events:
        raise NotFoundError(what=f"event about {subject}")
    last = session.get(TrailEvent, size)
    if last is None or last.sha256 != end:
        raise TrailDamagedError(problem=f"The trail does not end with event {size} as written.")
    for event in (*events, store.as_sealed(last)):
        _check(event)
    try:
        yield from _proved(session, KeptTree(session, size), end, events, signing_key, at)
    except (ValueError, TypeError, IndexError) as error:
        problem = "A seal of the trail was changed or removed; the check of the trail names it."
        raise TrailDamagedError(problem=problem) from error


def _proved(
    session: Session,
    tree: KeptTree,
    end: str,
    events: Iterable[RawEvent],
    signing_key: str,
    at: datetime,
) -> Iterator[str]:
    earlier = checkpoint_store.list_checkpoints(session)
    _check_roots(tree, earlier[-1] if earlier else None)
    drawn = _drawn(session, tree, end, signing_key=signing_key, at=at)
    kept = [Kept(row.note, row.verifier) for row in earlier if row.size < tree.size]
    yield from lines_over(tree, end, events, [*kept, drawn], is_whole=False)


def _check(event: RawEvent) -> None:
    if seal(event) != event.sha256:
        problem = f"Event {event.number} was changed after it was written."
        raise TrailDamagedError(problem=problem)


def _check_roots(tree: KeptTree, row: TrailCheckpoint | None) -> None:
    """Hold the kept roots to what they were when the newest checkpoint was made."""
    if row is None:
        return
    checkpoint = as_signed(row_document(row))
    if checkpoint is None:
        problem = f"The checkpoint of {row.size} events was changed after it was made."
        raise TrailDamagedError(problem=problem)
    if checkpoint.size > tree.size or tree.root(checkpoint.size) != checkpoint.root:
        problem = f"The trail is not the one that the checkpoint of {row.size} events was made of."
        raise TrailDamagedError(problem=problem)


def _drawn(session: Session, tree: KeptTree, end: str, *, signing_key: str, at: datetime) -> Kept:
    """Return the checkpoint of the trail as it is now; if it has not grown, the one it had."""
    verifier = verifier_for(signing_key) if signing_key else None
    last = checkpoint_store.latest(session)
    if last is not None and (last.size, last.verifier) == (tree.size, verifier):
        return Kept(last.note, last.verifier)
    checkpoint = Checkpoint(tree.size, tree.root(tree.size), end, at.astimezone(UTC))
    return Kept(sign(checkpoint, signing_key).text, verifier)
