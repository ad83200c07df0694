"""Checking the trail, and recording attempts that the rules refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

from compliance_app.rules.audit import GENESIS, Damage, Event, moment, seal_of
from compliance_app.rules.checkpoint import Checkpoint, NoteError, read_note
from compliance_app.rules.errors import RuleError
from compliance_app.rules.merkle import Tree, leaf_hash
from compliance_app.services.damage import Fault, name_fault
from compliance_app.services.signing import is_signed_by
from compliance_app.store import audit as store
from compliance_app.store import checkpoints as checkpoint_store
from compliance_app.store import guards, trail
from compliance_app.store.base import Base
from compliance_app.store.bulk import table_of
from compliance_app.store.models import TrailCheckpoint
from compliance_app.store.stored import any_text, misfits, sentence_of


@dataclass(frozen=True, slots=True)
class TrailCheck:
    """What a check of the whole trail found; `problem` is None where all is well.

    `event` is the first that is wrong, `checkpoints` how many checkpoints the trail was held to.
    """

    events: int
    head_sha256: str
    problem: str | None
    kind: Damage | None = None
    event: int | None = None
    checkpoints: int = 0


@dataclass(slots=True)
class Walk:
    """The trail as far as it fits: how many events, the last seal, the leaves of their tree."""

    number: int = 0
    seal: str = GENESIS
    leaves: list[bytes] = field(default_factory=list)


def verify(session: Session, *, given: Sequence[Checkpoint] = ()) -> TrailCheck:
    """Check every event and checkpoint, and then what guards them; name the first fault.

    `given` are checkpoints that were kept elsewhere: they show what the database cannot show of
    itself, that its whole trail was written anew.
    """
    found = check_events(session, given=given)
    problem = found.problem or next(guards.faults(session.connection()), None)
    if problem == found.problem:
        return found
    return replace(found, problem=problem, kind=Damage.CHANGED)


def check_events(session: Session, *, given: Sequence[Checkpoint] = ()) -> TrailCheck:
    """Check every event's seal and link, and the whole against checkpoints; name the first fault.

    A trail that is whole stays so when it is no longer guarded.
    """
    missing = trail.missing_part(session)
    if missing:
        return TrailCheck(0, GENESIS, missing, Damage.REMOVED)
    walk = Walk()
    try:
        with any_text(session):
            fault, checkpoints = _first_fault(session, walk, given)
    except OperationalError:
        raise
    except DatabaseError as error:
        fault, checkpoints = _unreadable(walk, error), 0
    if fault is None:
        return TrailCheck(walk.number, walk.seal, None, checkpoints=checkpoints)
    return TrailCheck(walk.number, walk.seal, fault.sentence, fault.kind, fault.event)


def _first_fault(
    session: Session, walk: Walk, given: Sequence[Checkpoint]
) -> tuple[Fault | None, int]:
    """Return what is wrong first, and to how many checkpoints the trail was held."""
    fault = _at_the_end(session)
    if fault is not None:
        return fault, 0
    kept = checkpoint_store.as_stored(session)
    with trail.read_once(session):
        fault = _walk(session, walk, with_leaves=bool(kept or given))
    fault = fault or _after_the_end(session, walk) or _misfit(session, TrailCheckpoint)
    fault = fault or _against(kept, given, walk) or _wrong_end(session, walk)
    return fault, len(kept) + len(given)


def _at_the_end(session: Session) -> Fault | None:
    """Name what is wrong with the row that says where the trail ends, without which none is."""
    row = "The row that says where the trail ends was"
    if not store.has_head(session):
        return Fault(Damage.REMOVED, None, f"{row} removed.")
    if not isinstance(store.head(session).number, int):
        return Fault(Damage.CHANGED, None, f"{row} changed: it holds no number.")
    return None


def _misfit(session: Session, model: type[Base]) -> Fault | None:
    """Name the first value that is of another kind than its column is for."""
    for one in misfits(session, [table_of(model)]):
        return Fault(Damage.CHANGED, None, sentence_of(one))
    return None


def _walk(session: Session, walk: Walk, *, with_leaves: bool) -> Fault | None:
    """Follow the trail to the end that is known; stop at the first event that does not fit."""
    end, previous = store.head(session).number, GENESIS
    # The hot loop of every check: a million events come this way.
    for number, row in enumerate(trail.sealed_rows(session), start=1):
        written_as, at, actor, event, subject, body, link, kept = row
        if number > end:
            break
        raw = body if isinstance(body, bytes) else trail.text_of(body).encode()
        body_sha256 = sha256(raw).hexdigest()
        try:
            sealed = seal_of(number, at, actor, event, subject, body_sha256, previous)
        except TypeError:
            # SQLite stored something else than a text, of which no seal was ever made.
            sealed = ""
        if sealed != kept or link != previous or written_as != number:
            return name_fault(session, trail.read_again(session, row), number, previous)
        previous = sealed
        walk.number, walk.seal = number, sealed
        if with_leaves:
            walk.leaves.append(leaf_hash(sealed))
    return None


def _after_the_end(session: Session, walk: Walk) -> Fault | None:
    """Name events that are missing at the end, or were put behind it."""
    head = store.head(session)
    if walk.number < head.number:
        sentence = f"The trail ends at event {walk.number}, but {head.number} were written."
        return Fault(Damage.CUT_OFF, walk.number + 1, sentence)
    last = trail.last_number(session)
    # Others may have written since: then the known end has moved too.
    if last > store.head_now(session):
        sentence = f"Event {head.number + 1} was inserted: only {head.number} were written."
        return Fault(Damage.INSERTED, head.number + 1, sentence)
    return None


def _against(
    kept: Iterable[Mapping[str, Any]], given: Iterable[Checkpoint], walk: Walk
) -> Fault | None:
    """Hold the trail to what it was when each checkpoint was made, the smallest first."""
    known = list(given)
    for row in kept:
        checkpoint = as_signed(row)
        if checkpoint is None:
            sentence = f"The checkpoint of {row['size']} events was changed after it was made."
            return Fault(Damage.CHANGED, row["size"], sentence)
        known.append(checkpoint)
    tree, same = Tree(walk.leaves), 0
    for one in sorted(known, key=lambda checkpoint: checkpoint.size):
        made = f"the checkpoint of {one.made_at:%Y-%m-%d %H:%M} UTC"
        if one.size > walk.number:
            sentence = f"The trail ends at event {walk.number}, but {made} covers {one.size}."
            return Fault(Damage.CUT_OFF, walk.number + 1, sentence)
        if tree.root(one.size) != one.root:
            sentence = (
                f"The trail was rewritten between event {same + 1} and event {one.size}: "
                f"it is not the one that {made} was made of."
            )
            return Fault(Damage.CHANGED, same + 1, sentence)
        same = one.size
    return None


def as_signed(row: Mapping[str, Any]) -> Checkpoint | None:
    """Return what a kept checkpoint says, None where its row is not as it was made."""
    verifier = row["verifier"]
    try:
        note = read_note(row["note"])
        is_true = not note.signature if verifier is None else is_signed_by(note, verifier)
    except NoteError:
        return None
    made = note.checkpoint
    told = {
        "size": made.size,
        "made_at": moment(made.made_at),
        "note": note.text,
        "verifier": verifier and verifier.strip(),
    }
    return made if is_true and row.items() >= told.items() else None


def _unreadable(walk: Walk, error: DatabaseError) -> Fault:
    """Name the event at which the file that holds the trail turned out to be damaged."""
    number = walk.number + 1
    sentence = f"Event {number} cannot be read: the database is damaged ({error.orig})."
    return Fault(Damage.CHANGED, number, sentence)


def _wrong_end(session: Session, walk: Walk) -> Fault | None:
    """Name a last event that is whole, but is not the one that was written last."""
    head = store.head(session)
    if head.sha256 == walk.seal:
        return None
    sentence = f"Event {walk.number}, the last, was changed after it was written."
    return Fault(Damage.CHANGED, walk.number, sentence)


def record_refusal(
    session: Session, error: RuleError, *, actor_id: int | None, at: datetime, attempted: str
) -> None:
    """Record that somebody tried what the rules refuse; `attempted` is the request's path."""
    store.append(
        session,
        Event.ATTEMPT_REFUSED,
        actor_id=actor_id,
        at=at,
        subject=f"attempt:{error.code}",
        body={"attempted": attempted, "code": error.code, "sentence": str(error)},
    )
