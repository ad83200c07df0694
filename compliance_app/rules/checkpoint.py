"""A checkpoint: what the whole trail was at a moment, in a few lines that can leave the house.

Its text is a C2SP tlog-checkpoint inside a C2SP signed-note, so that tools of others read it too.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from compliance_app.rules.audit import moment

ORIGIN = "tally3220"
# What signed-note calls the algorithm of an Ed25519 key.
ED25519 = b"\x01"
KEY_BYTES = 32
ID_BYTES = 4
BODY = re.compile(
    rf"{ORIGIN}\n(?P<size>0|[1-9][0-9]{{0,17}})\n(?P<root>[A-Za-z0-9+/]{{43}}=)\n"
    r"head (?P<head>[0-9a-f]{64})\nat (?P<at>[0-9T:.+-]{32})\n"
)
SIGNATURE = re.compile(rf"\u2014 {ORIGIN} (?P<signature>[A-Za-z0-9+/=]+)")


class NoteError(Exception):
    """The text is no checkpoint, no signature of one, or no key that checks one."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How many events the trail had, the root of their tree, the last seal, and when."""

    size: int
    root: bytes
    head_sha256: str
    made_at: datetime

    @property
    def body(self) -> str:
        """Return the text that is signed."""
        root = base64.b64encode(self.root).decode()
        lines = (ORIGIN, self.size, root, f"head {self.head_sha256}", f"at {moment(self.made_at)}")
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Note:
    """A checkpoint as it was read, and its signature: the id of its key, and its bytes."""

    checkpoint: Checkpoint
    key_id: bytes = b""
    signature: bytes = b""

    @property
    def text(self) -> str:
        """Return the note as it is kept and handed out."""
        if not self.signature:
            return f"{self.checkpoint.body}\n"
        signature = base64.b64encode(self.key_id + self.signature).decode()
        return f"{self.checkpoint.body}\n\u2014 {ORIGIN} {signature}\n"


def read_note(text: str) -> Note:
    """Return the checkpoint a text holds. Raises NoteError."""
    body, _, signatures = text.replace("\r\n", "\n").partition("\n\n")
    match = BODY.fullmatch(f"{body}\n")
    if match is None:
        raise NoteError("This is not a checkpoint; give the file that audit checkpoint wrote.")
    try:
        at = datetime.fromisoformat(match["at"])
    except ValueError as error:
        raise NoteError(f"The checkpoint's moment {match['at']} is none.") from error
    root = base64.b64decode(match["root"])
    checkpoint = Checkpoint(int(match["size"]), root, match["head"], at)
    lines = signatures.splitlines()
    if not lines:
        return Note(checkpoint)
    signed = SIGNATURE.fullmatch(lines[0])
    if signed is None or len(lines) > 1:
        raise NoteError("The checkpoint's signature is not of the form this program writes.")
    raw = _decoded(signed["signature"])
    return Note(checkpoint, raw[:ID_BYTES], raw[ID_BYTES:])


def key_id(public_key: bytes) -> bytes:
    """Return the short name of a key, as signed-note makes it."""
    return hashlib.sha256(ORIGIN.encode() + b"\n" + ED25519 + public_key).digest()[:ID_BYTES]


def verifier_of(public_key: bytes) -> str:
    """Return the one line by which others check what was signed with this key's other half."""
    data = base64.b64encode(ED25519 + public_key).decode()
    return f"{ORIGIN}+{key_id(public_key).hex()}+{data}"


def public_key_of(verifier: str) -> bytes:
    """Return the public key of a verifier line. Raises NoteError."""
    name, _, rest = verifier.strip().partition("+")
    named, _, data = rest.partition("+")
    raw = _decoded(data)
    key = raw[1:]
    if name != ORIGIN or len(key) != KEY_BYTES or raw[:1] != ED25519 or key_id(key).hex() != named:
        raise NoteError(
            "This is not a public key of a trail; it is one line that begins with "
            f"{ORIGIN}+, as audit keys prints it."
        )
    return key


def _decoded(data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error as error:
        raise NoteError(f"{data[:20]!r} is not written in base64.") from error
