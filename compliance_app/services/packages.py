"""Checking a package that was handed over against its manifest, without the register."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

MANIFEST = "manifest.json"


class PackageError(Exception):
    """The package is not what its manifest says; the sentence says which file and why."""


@dataclass(frozen=True, slots=True)
class PackageCheck:
    """What a checked package is: its period, its files, and how far the trail had come."""

    period: str
    files: tuple[str, ...]
    trail_events: int
    trail_head: str


def check_package(path: Path) -> PackageCheck:
    """Check every file of a package, a folder or a zip. Raises PackageError."""
    files = _zipped(path) if path.is_file() else _lying_in(path)
    if MANIFEST not in files:
        raise PackageError(f"{path} holds no {MANIFEST}; name the folder or zip of a package.")
    try:
        manifest = json.loads(files[MANIFEST])
        listed = {one["name"]: one["sha256"] for one in manifest["files"]}
        trail = manifest["trail"]
        found = PackageCheck(
            manifest["period"], tuple(sorted(listed)), trail["events"], trail["head"]
        )
    except (ValueError, KeyError, TypeError) as error:
        raise PackageError(f"{MANIFEST} is damaged: it does not list the package.") from error
    _compare(files, listed)
    return found


def is_package(path: Path) -> bool:
    """Say whether the path is a folder or a zip."""
    return path.is_dir() or zipfile.is_zipfile(path)


def _compare(files: Mapping[str, bytes], listed: Mapping[str, str]) -> None:
    for name, expected in sorted(listed.items()):
        if name not in files:
            raise PackageError(f"{name} is missing from the package.")
        if sha256(files[name]).hexdigest() != expected:
            raise PackageError(f"{name} was changed after it was produced.")
    strange = sorted(files.keys() - listed.keys() - {MANIFEST})
    if strange:
        raise PackageError(f"{strange[0]} does not belong to the package.")


def _lying_in(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}


def _zipped(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except zipfile.BadZipFile as error:
        raise PackageError(f"{path} is damaged: {error}.") from error
