"""Several files as one zip; the same files make the same bytes on every machine.

They are stored as they are: what compression makes differs between machines, and compressed data
has bits that say nothing, so that a change of them could never be found.
"""

import struct
from binascii import crc32
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, NamedTuple

PIECE = 1 << 20
# A zip holds a date for each file; with a fixed one, the same files make the same package.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
# January 1, 1980, as a zip writes it.
_DATE = 0x21
_VERSION, _UTF8, _STORED = 20, 0x800, 0
_PLAIN_FILE = 0o100644 << 16
_UNIX = 3 << 8
# Beyond this a zip needs extensions that not every program reads.
LARGEST = 0xFFFF_FFFF


class ZipTooLargeError(OSError):
    """The files are more than one zip can hold."""

    def __str__(self) -> str:
        """Say what to do in its place."""
        return "The package is larger than one zip can hold; take its files one by one"


class _Entry(NamedTuple):
    name: bytes
    crc: int
    size: int
    offset: int


def pack_files(files: Iterable[tuple[str, Path]], target: IO[bytes]) -> None:
    """Write files of any size, by name, as one zip."""
    for part in zip_parts((name, _reader(path)) for name, path in files):
        target.write(part)


def zip_parts(files: Iterable[tuple[str, Callable[[], Iterator[bytes]]]]) -> Iterator[bytes]:
    """Yield the bytes of the zip of these files, each read twice, piece by piece."""
    entries: list[_Entry] = []
    offset = 0
    for name, read in files:
        crc = size = 0
        for piece in read():
            crc, size = crc32(piece, crc), size + len(piece)
        entry = _Entry(name.encode(), crc, size, offset)
        yield _local(entry)
        yield from read()
        entries.append(entry)
        offset += len(_local(entry)) + size
        if offset > LARGEST:
            raise ZipTooLargeError
    yield from _directory(entries, offset)


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the rest of a file piece by piece."""
    while piece := file.read(PIECE):
        yield piece


def _reader(path: Path) -> Callable[[], Iterator[bytes]]:
    def read() -> Iterator[bytes]:
        with path.open("rb") as file:
            yield from pieces(file)

    return read


def _local(entry: _Entry) -> bytes:
    return b"PK\x03\x04" + struct.pack("<H", _VERSION) + _common(entry) + entry.name


def _common(entry: _Entry) -> bytes:
    """Return what stands before a file and in the directory alike."""
    return struct.pack(
        "<HHHHIIIHH",
        _UTF8,
        _STORED,
        0,
        _DATE,
        entry.crc,
        entry.size,
        entry.size,
        len(entry.name),
        0,
    )


def _directory(entries: Iterable[_Entry], offset: int) -> Iterator[bytes]:
    """Yield what ends a zip: where each file begins."""
    count = size = 0
    for entry in entries:
        line = (
            b"PK\x01\x02"
            + struct.pack("<HH", _UNIX | _VERSION, _VERSION)
            + _common(entry)
            + struct.pack("<HHHII", 0, 0, 0, _PLAIN_FILE, entry.offset)
            + entry.name
        )
        yield line
        count, size = count + 1, size + len(line)
    yield b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, size, offset, 0)
