"""Checking the PDFs of a package, or one that came alone: who signed, and the data inside."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import IO

from compliance_app.services.reporting.errors import PackageError
from compliance_app.services.reporting.opening import Opened
from reports.reading_back import UnreadableError
from reports.sealing import SealError, check_seal
from reports.signing import FoundSignature, SignatureError

UNSIGNED = (
    "Every byte of {name} is as it was sealed. It is not signed: whoever made and sealed another"
    " would not be found out by this."
)


def is_pdf(path: Path) -> bool:
    """Say whether a file begins as a PDF does."""
    with path.open("rb") as file:
        return file.read(5) == b"%PDF-"


def check_pdfs(package: Opened) -> Iterator[str]:
    """Yield what is found of each signed PDF of a package. Raises PackageError."""
    for name in sorted(package.names):
        if name.endswith(".pdf"):
            with package.open(name) as file:
                signature = _signature(name, file)
            if signature:
                yield _signed(name, signature)


def check_printed(package: Opened) -> Iterator[str]:
    """Compare what each PDF prints and holds inside with the data files. Raises PackageError."""
    for name in sorted(package.names):
        if name.endswith(".pdf"):
            with package.open(name) as file:
                inside = _check_inside(name, file)
            for own, digest in inside.items():
                if own in package.names and package.digest(own) != digest:
                    raise PackageError(f"{name} holds another {own} than the package.")
            if inside:
                yield f"{name} prints the same numbers, and holds the same data inside."


def _check_inside(name: str, file: IO[bytes]) -> dict[str, str]:
    """Return the digests of the data inside a PDF, after its cover was compared with them."""
    # What reads PDFs takes long to load, and few commands do.
    from reports.printed import PrintedReport  # noqa: PLC0415

    try:
        report = PrintedReport(file)
        digests = {own: sha256(data).hexdigest() for own, data in report.inside.items()}
        if not digests:
            return {}
        [document] = [
            json.loads(data) for own, data in report.inside.items() if own.endswith(".json")
        ]
        [digest] = [digests[own] for own in digests if own.endswith(".csv")]
        report.check_cover(document, digest)
    except UnreadableError as error:
        raise PackageError(f"{name}: {error}.") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PackageError(f"{name}: the data inside are damaged.") from error
    return digests


def check_pdf(path: Path) -> list[str]:
    """Return what is found of a PDF that came without its package. Raises PackageError."""
    from reports.signature_check import check_data  # noqa: PLC0415 - see _signature

    with path.open("rb") as file:
        signature = _signature(path.name, file)
        try:
            if signature is None:
                check_seal(file)
            digest = check_data(file)
        except (SealError, SignatureError) as error:
            raise PackageError(f"{path.name}: {error}.") from error
        file.seek(0)
        inside = _check_inside(path.name, file)
    data = [f"The data inside have the content hash it names: {digest}."] if digest else []
    if inside:
        data.append("Its cover prints the numbers that the data inside come to.")
    if signature:
        return [*data, _signed(path.name, signature)]
    return [*data, UNSIGNED.format(name=path.name)]


def _signature(name: str, file: IO[bytes]) -> FoundSignature | None:
    # What reads signatures takes long to load, and few commands do.
    from reports.signature_check import check_signature  # noqa: PLC0415

    try:
        return check_signature(file)
    except SignatureError as error:
        raise PackageError(f"{name}: {error}.") from error


def _signed(name: str, signature: FoundSignature) -> str:
    at = f", time stamp {signature.stamped_at:%Y-%m-%d %H:%M} UTC" if signature.stamped_at else ""
    return (
        f"{name} is as {signature.name} signed it{at}; compare the SHA-256 of the certificate with"
        f" the one the firm gave you: {signature.fingerprint}."
    )
