"""Checking a package that was handed over, without the register: every byte, and every number."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compliance_app.rules.checkpoint import Checkpoint, NoteError, read_note
from compliance_app.rules.exported import ExportError
from compliance_app.services.reporting import agreement, manifests
from compliance_app.services.reporting.errors import PackageError
from compliance_app.services.reporting.opening import Opened, open_package
from compliance_app.services.reporting.pdf_check import check_pdfs, check_printed
from compliance_app.services.signing import is_signed_by
from compliance_app.services.trail_export import check_file

# What the newest manifest this program reads is numbered.
NEWEST = 2


@dataclass(frozen=True, slots=True)
class PackageCheck:
    """What a checked package is: its period, its files, and who vouches for it.

    `said` are sentences of what was found in order; `manifest_sha256` is what the firm can be
    asked for where nothing is signed.
    """

    period: str
    scope: str
    files: tuple[str, ...]
    trail_events: int
    trail_head: str
    manifest_sha256: str
    signed_by: str | None
    said: list[str] = field(default_factory=list)


def check_package(
    path: Path,
    *,
    verifier: str | None = None,
    manifest_sha256: str | None = None,
    given: Checkpoint | None = None,
) -> PackageCheck:
    """Check every file of a package, a folder or a zip. Raises PackageError.

    `verifier` is the public key that must have signed it, `manifest_sha256` the digest of the
    manifest and `given` a checkpoint, each as the firm gave it out some other way.
    """
    with open_package(path) as package:
        content = _manifest(package, path, manifest_sha256)
        manifest = manifests.open_sealed(content)
        found = _found(manifest, package.digests[manifests.NAME])
        if verifier is not None and found.signed_by != verifier.strip():
            raise PackageError("The package is not signed by this key.")
        _check_files(package, manifest)
        found.said.append("Every file is the one the manifest lists, to the byte.")
        found.said.extend(filter(None, [package.check_shape()]))
        found.said.extend(check_pdfs(package))
        _check_trail(package, manifest, found, given)
        if int(manifest.get("format", 1)) == NEWEST:
            agreement.check(package, manifest, found.said)
            found.said.extend(check_printed(package))
        else:
            found.said.append("It was written in another format, so its numbers were not compared.")
    return found


def is_package(path: Path) -> bool:
    """Say whether the path is a folder or looks like a zip."""
    if path.is_dir():
        return True
    with path.open("rb") as file:
        return file.read(2) == b"PK" or path.suffix.lower() == ".zip"


def _manifest(package: Opened, path: Path, expected: str | None) -> bytes:
    if manifests.NAME not in package.names:
        raise PackageError(
            f"{path} holds no {manifests.NAME}; name the folder or zip of a package."
        )
    content = package.read(manifests.NAME, most=manifests.LARGEST)
    if expected is not None and package.digests[manifests.NAME] != expected.strip().lower():
        raise PackageError(
            f"{manifests.NAME} has not this SHA-256; it is {package.digests[manifests.NAME]}."
        )
    return content


def _found(manifest: dict[str, Any], digest: str) -> PackageCheck:
    try:
        names = tuple(sorted(one["name"] for one in manifest["files"]))
        trail = manifest["trail"]
        return PackageCheck(
            period=str(manifest["period"]),
            scope=str(manifest["scope"]),
            files=names,
            trail_events=int(trail["events"]),
            trail_head=str(trail["head"]),
            manifest_sha256=digest,
            signed_by=manifest["seal"]["key"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PackageError(f"{manifests.NAME} is damaged: it does not list the package.") from error


def _check_files(package: Opened, manifest: dict[str, Any]) -> None:
    listed = {one["name"]: one for one in manifest["files"]}
    for name, one in sorted(listed.items()):
        if name not in package.names:
            raise PackageError(f"{name} is missing from the package.")
        size = package.sizes[name]
        if size != one["bytes"]:
            raise PackageError(
                f"{name} was changed after it was produced: it has {size:,} bytes in place of "
                f"{one['bytes']:,}."
            )
        if package.digest(name) != one["sha256"]:
            raise PackageError(f"{name} was changed after it was produced.")
    strange = sorted(package.names - listed.keys() - {manifests.NAME})
    if strange:
        raise PackageError(f"{strange[0]} does not belong to the package.")


def _check_trail(
    package: Opened, manifest: dict[str, Any], found: PackageCheck, given: Checkpoint | None
) -> None:
    """Check each event's proof, and that they lead to the checkpoint the manifest names."""
    name = next((one for one in found.files if one.endswith(".jsonl")), None)
    trail = manifest["trail"]
    if name is None:
        return
    try:
        with package.lines(name) as lines:
            checked = check_file(lines, given=given)
        note = read_note(str(trail["checkpoint"]))
        is_genuine = trail["key"] is None or is_signed_by(note, str(trail["key"]))
    except (ExportError, NoteError) as error:
        raise PackageError(f"{name}: {error}") from error
    if not is_genuine:
        raise PackageError(f"The checkpoint in {manifests.NAME} is not signed by its key.")
    sealed = note.checkpoint
    named = (trail["events"], trail["head"], trail["root"])
    if named != (sealed.size, sealed.head_sha256, sealed.root.hex()) or (
        checked.size,
        checked.head_sha256,
    ) != (sealed.size, sealed.head_sha256):
        raise PackageError(
            f"{name} leads to another checkpoint than {manifests.NAME} names: they are not of "
            "one package."
        )
    found.said.append(
        f"{name} holds {checked.events:,} events, each proved to be in the trail of "
        f"{checked.size:,}."
    )
