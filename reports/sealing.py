"""The seal of a report that is not signed: a hash over every byte of it but its own digits.

It stands as the second identifier of the file, which the format has for a digest of what is in
it. Whoever changes a file on purpose can seal it anew, which a signature does not allow.
"""

import re
from hashlib import sha256
from typing import IO, Final

from reports.stream import SEAL_DIGITS

_CHUNK: Final = 1 << 20
_END: Final = re.compile(rb"startxref\n(\d{1,12})\n%%EOF\n\Z")
_SEAL: Final = re.compile(rb"/ID\[<[0-9a-f]{32}><([0-9a-f]{64})>\]")
# The end of a file, and the entries of its last object, are no longer than this.
_LONGEST_END: Final = 64
_LONGEST_ENTRIES: Final = 1_024


class SealError(Exception):
    """The PDF is not as it was written; the text says so of "it"."""


def digest_around(file: IO[bytes], begin: int, after: int) -> bytes:
    """Return the SHA-256 of a file but for the bytes from `begin` until `after`."""
    end = file.seek(0, 2)
    digest = sha256()
    for start, stop in ((0, begin), (after, end)):
        file.seek(start)
        for at in range(start, stop, _CHUNK):
            digest.update(file.read(min(_CHUNK, stop - at)))
    return digest.digest()


def put_seal(file: IO[bytes], place: int) -> None:
    """Put the seal into a finished file."""
    digest = digest_around(file, place, place + SEAL_DIGITS)
    file.seek(place)
    file.write(digest.hex().encode())
    file.seek(0, 2)


def check_seal(file: IO[bytes]) -> None:
    """Raise SealError unless every byte is as it was when the file was sealed."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_END))
    end = _END.search(file.read())
    if end is None:
        raise SealError("its end is damaged or missing, or it is no report of this program")
    file.seek(int(end[1]))
    seal = _SEAL.search(file.read(_LONGEST_ENTRIES))
    if seal is None:
        raise SealError(
            "it has neither a signature nor a seal, or the place of them was changed, or it is no"
            " report of this program"
        )
    begin, after = (int(end[1]) + at for at in seal.span(1))
    if digest_around(file, begin, after).hex().encode() != seal[1]:
        raise SealError("it was changed after it was written")
