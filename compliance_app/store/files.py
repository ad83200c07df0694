"""Files kept in the data folder under the SHA-256 of their bytes, so each proves itself."""

import hashlib
import os
import tempfile
from pathlib import Path

from compliance_app.rules.errors import KeptFileError


def keep(folder: Path, content: bytes) -> str:
    """Write the bytes durably and return their SHA-256; the same bytes are kept once."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = _path(folder, sha256)
    if path.exists() and path.read_bytes() == content:
        return sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
    return sha256


def is_kept(folder: Path, sha256: str) -> bool:
    """Say whether a file of this name is in the folder."""
    return _path(folder, sha256).exists()


def read(folder: Path, sha256: str, *, name: str) -> bytes:
    """Return the bytes; raises KeptFileError, with the file's `name`, where they have changed."""
    path = _path(folder, sha256)
    content = path.read_bytes() if path.exists() else None
    if content is None or hashlib.sha256(content).hexdigest() != sha256:
        raise KeptFileError(name=name)
    return content


def _path(folder: Path, sha256: str) -> Path:
    return folder / "files" / sha256[:2] / sha256
