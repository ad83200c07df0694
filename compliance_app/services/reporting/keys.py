"""The firm's key for reports: opened as the settings say, or made new."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from compliance_app.rules.errors import InputError
from reports.signing import ReportKeyError, Signer

__all__ = ["Signer", "new_key", "open_signer"]

SHORTEST_PASSWORD = 12


def open_signer(config: Mapping[str, Any], *, now: datetime) -> Signer | None:
    """Return what signs reports, None if no key is set; raises InputError if it cannot sign."""
    file = str(config["REPORT_KEY_FILE"])
    if not file:
        return None
    # What reads keys takes long to load, and most commands sign nothing.
    from reports.signing_key import open_key  # noqa: PLC0415

    try:
        return open_key(
            _content(Path(file)),
            str(config["REPORT_KEY_PASSWORD"]),
            now=now,
            timestamp_url=str(config["REPORT_TIMESTAMP_URL"]),
        )
    except ReportKeyError as error:
        raise InputError(problems={"report_key": f"{file}: {error}"}) from error


def new_key(name: str, password: str, *, firm: str, now: datetime) -> tuple[bytes, str]:
    """Return a new key as a PKCS#12 file, and the fingerprint of its certificate."""
    from reports.signing_key import make_key, open_key  # noqa: PLC0415

    if not name.strip():
        raise InputError(problems={"name": "Give the name of whoever signs, with --name."})
    if len(password) < SHORTEST_PASSWORD:
        raise InputError(
            problems={
                "report_key": f"The password of a key has at least {SHORTEST_PASSWORD} characters;"
                " set TALLY3220_REPORT_KEY_PASSWORD or TALLY3220_REPORT_KEY_PASSWORD_FILE."
            }
        )
    made = make_key(name.strip(), firm, password, now=now)
    return made, open_key(made, password, now=now).fingerprint


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise InputError(
            problems={"report_key": f"The key file {file} cannot be read ({why})."}
        ) from error
