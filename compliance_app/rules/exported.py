"""The trail as one file of JSON lines that is checked with nothing else at hand.

The first line says how far the trail had come and the root of its tree. Then come the events:
all of them in order, or an excerpt, each with the proof that it is in the tree. Then the
checkpoints, each with the proof that the trail grew out of it.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from compliance_app.rules.audit import GENESIS, RawEvent, canonical, seal
from compliance_app.rules.checkpoint import Checkpoint, Note, NoteError, read_note
from compliance_app.rules.merkle import Prover, Tree, is_consistent, is_included, leaf_hash

FORMAT = "tally3220-trail"
VERSION = 1
HEX = re.compile(r"(?:[0-9a-f]{2})*")


class ExportError(Exception):
    """The file is not what was exported; the sentence says where and why."""


class Kept(NamedTuple):
    """A checkpoint's note with the public key it is signed with, where it is signed."""

    note: str
    verifier: str | None


@dataclass(slots=True)
class Export:
    """What the first line says, and what has been read since."""

    size: int
    root: bytes
    head_sha256: str
    is_whole: bool
    events: int = 0
    last_sha256: str = GENESIS
    leaves: list[bytes] = field(default_factory=list)
    checkpoints: list[tuple[Checkpoint, str | None]] = field(default_factory=list)


def export_lines(
    read: Callable[[], Iterable[RawEvent]],
    kept: Sequence[Kept],
    *,
    only: Collection[int] | None = None,
) -> Iterator[str]:
    """Yield the lines of an export of what `read` reads: the whole, or `only` these numbers."""
    leaves, head = [], GENESIS
    for event in read():
        leaves.append(leaf_hash(event.sha256))
        head = event.sha256
    tree = Tree(leaves)
    # What was written since the first reading is not in the tree.
    events = (
        event
        for event in read()
        if event.number <= tree.size and (only is None or event.number in only)
    )
    yield from lines_over(tree, head, events, kept, is_whole=only is None)


def lines_over(
    tree: Prover, head: str, events: Iterable[RawEvent], kept: Iterable[Kept], *, is_whole: bool
) -> Iterator[str]:
    """Yield the lines of an export of events that are in a tree whose last seal is `head`."""
    size, root = tree.size, tree.root(tree.size)
    first = {"events": size, "format": FORMAT, "head": head, "root": root.hex()}
    yield canonical({**first, "version": VERSION, "whole": is_whole})
    for event in events:
        line = {**event._asdict(), "kind": "event"}
        if not is_whole:
            line["proof"] = _hexes(tree.inclusion(event.number - 1, size))
        yield canonical(line)
    for one in kept:
        old = read_note(one.note).checkpoint.size
        proof = _hexes(tree.consistency(old, size)) if old else []
        yield canonical({**one._asdict(), "kind": "checkpoint", "proof": proof})


def check_export(lines: Iterable[str], is_signed_by: Callable[[Note, str], bool]) -> Export:
    """Check every line of an export and return what it holds. Raises ExportError."""
    found: Export | None = None
    for number, line in enumerate(lines, start=1):
        entry = _entry(number, line)
        if found is None:
            found = _first(entry)
        elif entry.get("kind") == "event":
            _take_event(found, entry)
        elif entry.get("kind") == "checkpoint":
            _take_checkpoint(found, entry, is_signed_by)
        else:
            raise ExportError(f"Line {number} is neither an event nor a checkpoint.")
    if found is None:
        raise ExportError("The file is empty.")
    _check_end(found)
    return found


def _entry(number: int, line: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ExportError(f"Line {number} is not JSON: the file is damaged.") from error
    if not isinstance(entry, dict):
        raise ExportError(f"Line {number} is not a line of an export.")
    return entry


def _first(entry: dict[str, Any]) -> Export:
    match entry:
        case {
            "format": str(form),
            "version": int(version),
            "events": int(size),
            "root": str(root),
            "head": str(head),
            "whole": bool(is_whole),
        } if (form, version) == (FORMAT, VERSION):
            return Export(size, _bytes(root), head, is_whole)
    raise ExportError("The file is not an exported trail: its first line does not say so.")


def _take_event(found: Export, entry: dict[str, Any]) -> None:
    try:
        event = RawEvent(**{name: entry[name] for name in RawEvent._fields})
        event = event._replace(number=int(event.number))
        own_seal = seal(event)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ExportError(f"The event after {found.events} is not complete.") from error
    if own_seal != event.sha256:
        raise ExportError(f"Event {event.number} was changed after it was written.")
    leaf = leaf_hash(event.sha256)
    if found.is_whole:
        _check_order(found, event)
        found.leaves.append(leaf)
    elif not is_included(leaf, event.number - 1, found.size, _proof(entry), found.root):
        raise ExportError(f"Event {event.number} is not proved to be in the trail.")
    found.events += 1
    found.last_sha256 = event.sha256


def _check_order(found: Export, event: RawEvent) -> None:
    number = found.events + 1
    if event.number > number:
        raise ExportError(f"Event {number} is missing: event {event.number} is in its place.")
    if event.number < number:
        raise ExportError(f"Event {event.number} comes again where event {number} should be.")
    if event.previous != found.last_sha256:
        raise ExportError(f"Event {number} does not follow the event before it.")


def _take_checkpoint(
    found: Export, entry: dict[str, Any], is_signed_by: Callable[[Note, str], bool]
) -> None:
    verifier = entry.get("verifier")
    try:
        note = read_note(str(entry.get("note")))
        is_genuine = verifier is None or is_signed_by(note, str(verifier))
    except NoteError as error:
        raise ExportError(f"A checkpoint cannot be read. {error}") from error
    one = note.checkpoint
    if not is_genuine:
        raise ExportError(f"The checkpoint of {one.size} events is not signed by its key.")
    proof = _proof(entry)
    if one.size and not is_consistent(one.size, found.size, one.root, found.root, proof):
        raise ExportError(f"The trail did not grow out of the checkpoint of {one.size} events.")
    found.checkpoints.append((one, verifier))


def _check_end(found: Export) -> None:
    if not found.is_whole:
        if all(one.size != found.size for one, _ in found.checkpoints):
            raise ExportError("No checkpoint vouches for the tree the events are proved to be in.")
        return
    if found.events != found.size:
        raise ExportError(f"The file ends at event {found.events}, but {found.size} were written.")
    if found.last_sha256 != found.head_sha256 or Tree(found.leaves).root(found.size) != found.root:
        raise ExportError("The first line does not belong to these events.")


def _proof(entry: dict[str, Any]) -> list[bytes]:
    proof = entry.get("proof")
    if not isinstance(proof, list):
        raise ExportError("A proof is missing.")
    return [_bytes(one) for one in proof]


def _bytes(text: object) -> bytes:
    """Return a hash that is written as it was exported: in small letters, without spaces."""
    if not HEX.fullmatch(str(text)):
        raise ExportError(f"{str(text)[:20]!r} is not a hash.")
    return bytes.fromhex(str(text))


def _hexes(hashes: Iterable[bytes]) -> list[str]:
    return [one.hex() for one in hashes]
