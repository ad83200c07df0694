"""What may be kept as a receipt: what is in a file decides, never what its name says."""

import unicodedata
from typing import NamedTuple

from compliance_app.rules.errors import InputError

LARGEST_RECEIPT = 10 * 1024 * 1024
MOST_RECEIPTS = 10
LONGEST_NAME = 200
MEGABYTE = 1024 * 1024


class Kind(NamedTuple):
    """A kind of file: its media type and the signs that stand at a place near its start."""

    media_type: str
    ending: str
    signs: bytes
    at: int = 0


# The brands of ISO 14496-12 under which phones write HEIC photographs stand at the fourth byte.
KINDS = (
    Kind("application/pdf", "pdf", b"%PDF-"),
    Kind("image/jpeg", "jpg", b"\xff\xd8\xff"),
    Kind("image/png", "png", b"\x89PNG\r\n\x1a\n"),
    Kind("image/webp", "webp", b"WEBPVP8", at=8),
    *(
        Kind("image/heic", "heic", b"ftyp" + brand, at=4)
        for brand in (b"heic", b"heix", b"heim", b"hevc", b"mif1", b"msf1")
    ),
)


class Receipt(NamedTuple):
    """A file that may be kept, but for its bytes."""

    file_name: str
    media_type: str
    size_bytes: int
    sha256: str


def kind_of(content: bytes) -> Kind | None:
    """Return what kind of file the bytes are, None where it is none that is kept."""
    return next(
        (kind for kind in KINDS if content[kind.at : kind.at + len(kind.signs)] == kind.signs), None
    )


def check_size(name: str, size_bytes: int) -> None:
    """Raise InputError where the file is empty or too large."""
    if not size_bytes:
        raise _refusal(f"{plain_name(name)} is empty. Choose the file again.")
    if size_bytes > LARGEST_RECEIPT:
        raise _refusal(
            f"{plain_name(name)} has {size_bytes / MEGABYTE:.1f} MB; a receipt may have "
            f"{LARGEST_RECEIPT // MEGABYTE} MB. Photograph it in a smaller size, or send a PDF."
        )


def checked_kind(name: str, content: bytes) -> Kind:
    """Return the kind of a file's bytes; raises InputError where it is none that is kept."""
    check_size(name, len(content))
    kind = kind_of(content)
    if kind is None:
        raise _refusal(
            f"{plain_name(name)} is no photo or PDF inside, whatever its name says. "
            "Send a JPEG, PNG, WebP or HEIC photo, or a PDF."
        )
    return kind


def plain_name(name: str) -> str:
    """Return the last part of a file's name as one readable line."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(sign for sign in last if sign.isprintable())
    plain = " ".join(unicodedata.normalize("NFC", seen).split())
    return plain[-LONGEST_NAME:] or "The file"


def _refusal(sentence: str) -> InputError:
    return InputError(problems={"receipt": sentence})
