"""Files kept in the data folder under the SHA-256 of their bytes, so each proves itself."""

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path

from compliance_app.rules.errors import KeptFileError

PIECE = 1 << 20
SHA256 = re.compile("[0-9a-f]{64}")


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


def keep_file(folder: Path, source: Path, sha256: str) -> bool:
    """Keep a file of any size under the SHA-256 it has; False where it was kept before."""
    path = _path(folder, sha256)
    if path.exists() and digest_of(path) == sha256:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file, source.open("rb") as content:
            shutil.copyfileobj(content, file, PIECE)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    return True


def drop(folder: Path, sha256: str) -> None:
    """Take away a file that no record names yet."""
    _path(folder, sha256).unlink(missing_ok=True)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def find(folder: Path, sha256: str, *, name: str) -> Path:
    """Return where the bytes lie; raises KeptFileError, with the file's `name`, like `read`."""
    path = _path(folder, sha256)
    if not path.exists() or digest_of(path) != sha256:
        raise KeptFileError(name=name)
    return path


def is_sha256(text: str) -> bool:
    """Say whether a text may name a kept file."""
    return SHA256.fullmatch(text) is not None


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
