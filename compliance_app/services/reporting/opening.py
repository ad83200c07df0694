"""Opening a package, a folder or a zip, without trusting it.

Nothing is unpacked to disk, and whatever is read into memory has a limit.
"""

import hashlib
import io
import struct
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import IO

from compliance_app.services.packing import ZIP_DATE, pieces, zip_parts
from compliance_app.services.reporting.errors import PackageError
from compliance_app.services.trail_export import bounded_lines

MOST_FILES = 2_000
# What the reader of zips raises where one was changed.
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, struct.error)


class Opened(ABC):
    """The files of a package by name; each is read from its start, in pieces."""

    def __init__(self, sizes: dict[str, int]) -> None:
        self.sizes = sizes
        self.names = frozenset(sizes)
        self.digests: dict[str, str] = {}

    @abstractmethod
    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """Give a file to be read from its start."""

    @abstractmethod
    def check_shape(self) -> str:
        """Say how far what holds the files was checked; raises PackageError where it changed."""

    def read(self, name: str, *, most: int) -> bytes:
        """Return a whole file; raises PackageError where it is larger than `most`."""
        if self.sizes[name] > most:
            raise PackageError(
                f"{name} has {self.sizes[name]:,} bytes; {most:,} is the most that is read."
            )
        with self.open(name) as file:
            content = file.read(most + 1)
        self.digests[name] = hashlib.sha256(content).hexdigest()
        return content

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a file."""
        if name not in self.digests:
            found = hashlib.sha256()
            for piece in self.pieces(name):
                found.update(piece)
            self.digests[name] = found.hexdigest()
        return self.digests[name]

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield a file piece by piece."""
        with self.open(name) as file:
            yield from pieces(file)

    @contextmanager
    def lines(self, name: str) -> Iterator[Iterator[str]]:
        """Give the lines of a file of text."""
        with self.open(name) as file:
            text = io.TextIOWrapper(file, encoding="utf-8", errors="replace")
            yield bounded_lines(text)
            text.detach()


class _Folder(Opened):
    """A package as a folder."""

    def __init__(self, path: Path) -> None:
        sizes: dict[str, int] = {}
        for file in sorted(path.iterdir()):
            if file.is_symlink() or not file.is_file():
                raise PackageError(f"{file.name} is no plain file, so it does not belong to it.")
            sizes[file.name] = file.stat().st_size
            if len(sizes) > MOST_FILES:
                raise PackageError(f"{path} holds more files than a package has; name its folder.")
        super().__init__(sizes)
        self._path = path

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Give a file to be read from its start."""
        with (self._path / name).open("rb") as file:
            yield file

    def check_shape(self) -> str:
        """Say that a folder is nothing but its files."""
        return ""


class _Zip(Opened):
    """A package as a zip, of ours or packed by another program."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        entries = [one for one in archive.infolist() if not one.is_dir()]
        if len(entries) > MOST_FILES:
            raise PackageError(f"{path} holds more files than a package has.")
        self._folder = _common_folder([one.filename for one in entries])
        by_name = {one.filename.removeprefix(self._folder): one for one in entries}
        if len(by_name) < len(entries):
            raise PackageError(f"{path} holds a file of the same name twice.")
        super().__init__({name: one.file_size for name, one in by_name.items()})
        self._path, self._archive, self._entries = path, archive, by_name

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Give a file to be read from its start."""
        try:
            with self._archive.open(self._entries[name]) as file:
                yield file
        except DAMAGE as error:
            raise PackageError(f"{name} was changed after it was packed ({error}).") from error
        except (NotImplementedError, RuntimeError) as error:
            raise PackageError(f"{name} is packed in a way that is not read ({error}).") from error

    def check_shape(self) -> str:
        """Compare every byte around the files of a zip of ours; raises PackageError."""
        if not any(
            one.compress_type == zipfile.ZIP_STORED and one.date_time == ZIP_DATE
            for one in self._entries.values()
        ):
            return (
                "The zip was packed by another program; what it wrote around them is not checked."
            )
        ours = zip_parts((name, partial(self.pieces, name)) for name in self._entries)
        with self._path.open("rb") as file:
            same = all(file.read(len(part)) == part for part in ours) and not file.read(1)
        if not same:
            raise PackageError(
                f"{self._path.name} was changed after it was packed: not in a file it holds, but "
                "in what stands around them."
            )
        return "Nothing around the files in the zip was changed."


@contextmanager
def open_package(path: Path) -> Iterator[Opened]:
    """Give the files of a package, a folder or a zip. Raises PackageError."""
    if path.is_dir():
        yield _Folder(path)
        return
    try:
        archive = zipfile.ZipFile(path)
    except (*DAMAGE, NotImplementedError) as error:
        raise PackageError(f"{path} is damaged: {error}.") from error
    with archive:
        yield _Zip(path, archive)


def _common_folder(names: list[str]) -> str:
    """Return the one folder that all files lie in, as some programs pack them."""
    tops = {name.partition("/")[0] for name in names if "/" in name}
    is_one = len(tops) == 1 and all("/" in name for name in names)
    return f"{tops.pop()}/" if is_one else ""
