"""Signing checkpoints with Ed25519, and checking who signed one."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from compliance_app.rules.checkpoint import (
    KEY_BYTES,
    Checkpoint,
    Note,
    key_id,
    public_key_of,
    verifier_of,
)
from compliance_app.rules.errors import InputError


def new_key() -> str:
    """Return a new signing key as one line of text: whoever holds it signs for the firm."""
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def verifier_for(signing_key: str) -> str:
    """Return the public line that checks what the key signs. Raises InputError."""
    return verifier_of(_private(signing_key).public_key().public_bytes_raw())


def sign(checkpoint: Checkpoint, signing_key: str) -> Note:
    """Return the checkpoint as a note, signed where there is a key. Raises InputError."""
    if not signing_key:
        return Note(checkpoint)
    private = _private(signing_key)
    name = key_id(private.public_key().public_bytes_raw())
    return Note(checkpoint, name, private.sign(checkpoint.body.encode()))


def is_signed_by(note: Note, verifier: str) -> bool:
    """Say whether the note was signed by the holder of the key. Raises NoteError."""
    public = public_key_of(verifier)
    if note.key_id != key_id(public):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(
            note.signature, note.checkpoint.body.encode()
        )
    except InvalidSignature:
        return False
    return True


def sign_text(text: str, signing_key: str) -> str:
    """Return the signature of a text, in base64. Raises InputError."""
    return base64.b64encode(_private(signing_key).sign(text.encode())).decode()


def is_text_signed_by(text: str, signature: str, verifier: str) -> bool:
    """Say whether the text was signed by the holder of the key. Raises NoteError."""
    public = Ed25519PublicKey.from_public_bytes(public_key_of(verifier))
    try:
        raw = base64.b64decode(signature, validate=True)
        # Base64 can write the same bytes in several ways; only one of them is ours.
        if base64.b64encode(raw).decode() != signature:
            return False
        public.verify(raw, text.encode())
    except (InvalidSignature, binascii.Error):
        return False
    return True


def _private(signing_key: str) -> Ed25519PrivateKey:
    try:
        raw = base64.b64decode(signing_key.strip(), validate=True)
    except binascii.Error:
        raw = b""
    if len(raw) != KEY_BYTES:
        raise InputError(
            problems={
                "signing_key": "TALLY3220_SIGNING_KEY is not a signing key; make one with: "
                "tally3220 audit keys"
            }
        )
    return Ed25519PrivateKey.from_private_bytes(raw)
