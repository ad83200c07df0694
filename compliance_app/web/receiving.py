"""Receipts on the form: checked and kept when they arrive, so that nothing is sent twice.

A file that is kept travels on the form as a signed note of what it is, whatever else on the form
is still wrong; it belongs to a gift once the gift is logged.
"""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import FileStorage

from compliance_app.rules.errors import InputError
from compliance_app.rules.receipts import MOST_RECEIPTS, Receipt
from compliance_app.services import receipts
from compliance_app.web.guard import actor, someone

# Where a body may be larger than elsewhere, so that what was typed beside a large photo is read.
LARGE = frozenset(
    {"gifts.create", "gifts.update", "gifts.preview", "receipts.create", "drafts.create"}
)
LARGEST_BODY = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """The receipts on a form, each with its signed note, and what was wrong with others."""

    kept: tuple[tuple[Receipt, str], ...] = ()
    problem: str = ""

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """Return the receipts alone."""
        return tuple(receipt for receipt, _ in self.kept)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return the notes alone."""
        return tuple(note for _, note in self.kept)


def install(app: Flask) -> None:
    """Let people who are signed in send large photos where these belong."""
    app.before_request(_make_room)


def received() -> Received:
    """Read the receipts of the request: those kept before, without the dropped, and the new."""
    dropped = request.form.get("receipt_drop")
    found = {note.sha256: note for note in map(_read, request.form.getlist("receipt_kept")) if note}
    found.pop(dropped or "", None)
    problem = ""
    for file in request.files.getlist("receipt"):
        if not file.filename:
            continue
        try:
            kept = receipts.keep(folder(), file.filename, _bytes_of(file))
        except InputError as error:
            problem = problem or str(error)
        else:
            found[kept.sha256] = kept
    if len(found) > MOST_RECEIPTS:
        problem = f"A gift takes {MOST_RECEIPTS} receipts at most. Put several into one PDF."
    return Received(_noted(list(found.values())[:MOST_RECEIPTS]), problem)


def kept_before(notes: Iterable[str]) -> Received:
    """Return the receipts that a form carried when it was put away."""
    return Received(_noted(note for note in map(_read, notes) if note))


def folder() -> Path:
    """Return the folder that keeps files, outside of everything that is served."""
    return Path(current_app.config["DATA_DIR"])


def _make_room() -> None:
    if request.endpoint in LARGE and someone() is not None:
        request.max_content_length = LARGEST_BODY


def _bytes_of(file: FileStorage) -> bytes:
    with closing(file):
        content: bytes = file.read()
    return content


def _noted(kept: Iterable[Receipt]) -> tuple[tuple[Receipt, str], ...]:
    notes = _notes()
    return tuple((one, str(notes.dumps([actor().person_id, *one]))) for one in kept)


def _read(note: str) -> Receipt | None:
    """Return what a note says, None where it is not ours or not this person's."""
    try:
        person_id, *said = _notes().loads(note)
    except BadSignature:
        return None
    return Receipt(*said) if person_id == actor().person_id else None


def _notes() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="receipt")
