"""The trail as one file for an outsider, and checking such a file without the register."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from sqlalchemy.orm import Session

from compliance_app.rules.checkpoint import Checkpoint
from compliance_app.rules.errors import NotFoundError
from compliance_app.rules.exported import Export, ExportError, Kept, check_export, export_lines
from compliance_app.rules.merkle import Tree
from compliance_app.services.signing import is_signed_by
from compliance_app.store import audit, trail
from compliance_app.store import checkpoints as checkpoint_store
from compliance_app.store.models import TrailCheckpoint

# An event with a version of a long gift has some kilobytes.
LONGEST_LINE = 20_000_000


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What a checked file proves: its events, up to which one, and who vouches since when."""

    events: int
    size: int
    head_sha256: str
    is_whole: bool
    signed_by: str | None
    vouched_at: datetime | None


def lines_of(
    session: Session, drawn: TrailCheckpoint, *, subject: str | None = None
) -> Iterator[str]:
    """Yield the lines of an export: the whole trail, or the events of one subject.

    `drawn` is the checkpoint of the trail as it is now. Raises NotFoundError for a subject that
    no event is about.
    """
    only = None
    if subject is not None:
        only = {event.number for event in audit.events_of(session, subject)}
        if not only:
            raise NotFoundError(what=f"event about {subject}")
    earlier = checkpoint_store.list_checkpoints(session)
    kept = [Kept(row.note, row.verifier) for row in earlier if row.size < drawn.size]
    yield from export_lines(
        lambda: trail.raw_events(session, until=drawn.size),
        [*kept, Kept(drawn.note, drawn.verifier)],
        only=only,
    )


def check_file(
    lines: Iterable[str], *, verifier: str | None = None, given: Checkpoint | None = None
) -> FileCheck:
    """Check an exported trail with nothing else at hand. Raises ExportError.

    `verifier` is the public key that must have signed the newest checkpoint, `given` a
    checkpoint that was kept elsewhere and must be of the same trail.
    """
    found = check_export(lines, is_signed_by)
    signer, vouched_at = None, None
    if found.checkpoints:
        newest, signer = max(found.checkpoints, key=lambda one: one[0].size)
        vouched_at = newest.made_at
    if verifier is not None and signer != verifier.strip():
        raise ExportError("The newest checkpoint of the file is not signed by this key.")
    if given is not None:
        _check_given(found, given)
    return FileCheck(
        events=found.events,
        size=found.size,
        head_sha256=found.head_sha256,
        is_whole=found.is_whole,
        signed_by=signer,
        vouched_at=vouched_at,
    )


def bounded_lines(file: IO[str]) -> Iterator[str]:
    """Yield the lines of a file nobody vouches for. Raises ExportError at one without an end."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise ExportError(
                f"Line {number} has more than {LONGEST_LINE:,} characters: the file is no export."
            )
        yield line


def _check_given(found: Export, given: Checkpoint) -> None:
    """Raise ExportError unless the checkpoint is of the trail in the file, or one it grew to."""
    if given.size > found.size:
        raise ExportError(
            f"The file ends at event {found.size}, but the checkpoint covers {given.size}."
        )
    known = {one.size: one.root for one, _ in found.checkpoints}
    root = Tree(found.leaves).root(given.size) if found.is_whole else known.get(given.size)
    if root is None:
        raise ExportError("An excerpt holds no proof for this checkpoint; export the whole trail.")
    if root != given.root:
        raise ExportError(
            f"The first {given.size} events are not those that the checkpoint was made of: "
            "the trail was rewritten."
        )
