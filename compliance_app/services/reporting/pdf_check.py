"""Checking the PDFs of a package, or one that came alone: who signed, and the data inside."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from compliance_app.services.reporting.errors import PackageError
from compliance_app.services.reporting.opening import Opened
from reports.signing import FoundSignature, SignatureError


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


def check_pdf(path: Path) -> list[str]:
    """Return what is found of a PDF that came without its package. Raises PackageError."""
    from reports.signature_check import check_data  # noqa: PLC0415 - see _signature

    with path.open("rb") as file:
        signature = _signature(path.name, file)
        try:
            digest = check_data(file)
        except SignatureError as error:
            raise PackageError(f"{path.name}: {error}.") from error
    data = [f"The data inside have the content hash it names: {digest}."] if digest else []
    if signature:
        return [*data, _signed(path.name, signature)]
    return [*data, f"{path.name} is not signed: a change of its pages would not be found out."]


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
