"""The manifest of a package: what is in it, how to check it, and what it was read from."""

import json
from collections.abc import Iterable
from datetime import UTC
from typing import Any, Final, NamedTuple

from reports.source import QuarterReport

# Raised when what the files hold, or how they hang together, changes.
FORMAT: Final = 2


class FileFacts(NamedTuple):
    """One file of a package; `rows` counts what is listed in it, None where nothing is."""

    name: str
    bytes: int
    sha256: str
    rows: int | None


def describe(report: QuarterReport, files: Iterable[FileFacts]) -> dict[str, Any]:
    """Return the manifest of files made from a report, before it is sealed."""
    meta = report.meta
    sealed = meta.checkpoint
    return {
        "files": [one._asdict() for one in sorted(files)],
        "firm": meta.firm,
        "first_day": meta.first_day.isoformat(),
        "format": FORMAT,
        "has_ended": meta.has_ended,
        "kind": meta.kind.value,
        "last_day": meta.last_day.isoformat(),
        "made_at": meta.made_at.astimezone(UTC).isoformat(timespec="seconds"),
        "period": meta.period,
        "policies": [
            {"effective_on": one.effective_on.isoformat(), "label": one.label, "sha256": one.sha256}
            for one in report.evidence.policies
        ],
        "policy": {"label": meta.policy_label, "sha256": meta.policy_sha256},
        "recipients": len(report.totals),
        "rule": meta.rule,
        "scope": meta.scope,
        "shares": len(report.shares),
        "software": meta.software,
        "trail": {
            "checkpoint": sealed.note if sealed else None,
            "events": meta.trail_events,
            "head": meta.trail_head,
            "key": sealed.verifier if sealed else None,
            "root": sealed.root if sealed else None,
        },
    }


def write(manifest: dict[str, Any]) -> bytes:
    """Return the one text of a manifest: JSON with sorted keys, a line for each fact."""
    return f"{json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True)}\n".encode()
