"""Making checkpoints of the trail, so that they can leave the house before anybody tampers."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from sqlalchemy.orm import Session

from compliance_app.rules.checkpoint import Checkpoint, Note, NoteError, read_note
from compliance_app.rules.errors import InputError, RuleError
from compliance_app.rules.merkle import Tree, leaf_hash
from compliance_app.services import audit
from compliance_app.services.signing import is_signed_by, sign, verifier_for
from compliance_app.store import checkpoints as store
from compliance_app.store import trail
from compliance_app.store.models import TrailCheckpoint


@dataclass(eq=False)
class TrailDamagedError(RuleError):
    """Nothing is signed, exported or rebuilt from a trail that is not whole."""

    problem: str
    code: ClassVar[str] = "trail-damaged"

    def __str__(self) -> str:
        return f"{self.problem} Nothing is made from a trail that is not whole."


def draw_checkpoint(session: Session, *, signing_key: str, at: datetime) -> TrailCheckpoint:
    """Return what the whole trail is now, signed where there is a key; nothing is written.

    A trail that has not grown since has the checkpoint it had. Raises TrailDamagedError.
    """
    found = audit.check_events(session)
    if found.problem:
        raise TrailDamagedError(problem=found.problem)
    verifier = verifier_for(signing_key) if signing_key else None
    last = store.latest(session)
    if last is not None and (last.size, last.verifier) == (found.events, verifier):
        return last
    tree = Tree(leaf_hash(event.sha256) for event in trail.raw_events(session))
    made_at = at.astimezone(UTC)
    checkpoint = Checkpoint(found.events, tree.root(found.events), found.head_sha256, made_at)
    note = sign(checkpoint, signing_key)
    return TrailCheckpoint(size=found.events, made_at=made_at, note=note.text, verifier=verifier)


def keep(session: Session, checkpoint: TrailCheckpoint) -> None:
    """Keep a checkpoint that is not kept yet; drawing it is too long to hold the right to write."""
    if checkpoint.id is None:
        session.add(checkpoint)
        session.flush()


def read_given(text: str, *, verifier: str | None) -> Note:
    """Return a checkpoint that was kept elsewhere. Raises InputError where it is not genuine.

    It must be signed by the holder of the key, where a key is named.
    """
    try:
        note = read_note(text)
        is_genuine = verifier is None or is_signed_by(note, verifier)
    except NoteError as error:
        raise InputError(problems={"checkpoint": str(error)}) from error
    if not is_genuine:
        raise InputError(
            problems={
                "checkpoint": "The checkpoint is not signed by this key; give the key it was "
                "signed with, or a checkpoint that nobody changed."
            }
        )
    return note
