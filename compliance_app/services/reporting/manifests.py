"""Sealing a manifest, so that a change of the manifest itself is found too.

A manifest cannot list its own hash. It carries the hash of all else it says, and where the firm
has a signing key that hash is signed. Its text is the only one that says the same, so that no
byte of it, not even a space, can be changed unseen.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from compliance_app.rules.audit import canonical
from compliance_app.rules.checkpoint import NoteError
from compliance_app.services.reporting.errors import PackageError
from compliance_app.services.signing import is_text_signed_by, sign_text, verifier_for
from reports.manifest import write

NAME: Final = "manifest.json"
LARGEST: Final = 5_000_000


def seal(manifest: Mapping[str, Any], *, signing_key: str) -> bytes:
    """Return the text of a manifest with its seal, signed where there is a key."""
    digest = _digest(manifest)
    sealed = {"key": None, "sha256": digest, "signature": None}
    if signing_key:
        sealed |= {
            "key": verifier_for(signing_key),
            "signature": sign_text(_signed_text(digest), signing_key),
        }
    return write({**manifest, "seal": sealed})


def open_sealed(content: bytes) -> dict[str, Any]:
    """Return what a manifest says, with its seal; raises PackageError where it was changed."""
    try:
        manifest = json.loads(content)
        sealed = manifest["seal"]
        digest, key, signature = sealed["sha256"], sealed["key"], sealed["signature"]
        rest = {name: value for name, value in manifest.items() if name != "seal"}
        is_as_written = write(manifest) == content and len(sealed) == len(("sha", "key", "sig"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PackageError(f"{NAME} is damaged: it does not list the package.") from error
    if not is_as_written or _digest(rest) != digest:
        raise PackageError(f"{NAME} was changed after it was produced.")
    if key is not None or signature is not None:
        _check_signature(digest, key, signature)
    return dict(manifest)


def _check_signature(digest: str, key: object, signature: object) -> None:
    try:
        is_genuine = is_text_signed_by(_signed_text(digest), str(signature), str(key))
    except NoteError as error:
        raise PackageError(f"{NAME} names a key that is none.") from error
    if not is_genuine:
        raise PackageError(f"{NAME} is not signed by the key it names: it was changed.")


def _digest(manifest: Mapping[str, Any]) -> str:
    return sha256(canonical(manifest).encode()).hexdigest()


def _signed_text(digest: str) -> str:
    """Return what is signed; the first line keeps it apart from a checkpoint."""
    return f"tally3220 package\n{digest}\n"
