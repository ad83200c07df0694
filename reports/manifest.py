"""The manifest of a package: what is in it, how to check it, and what it was read from."""

import json
from collections.abc import Mapping
from datetime import UTC
from hashlib import sha256

from reports.source import QuarterReport


def build_manifest(report: QuarterReport, files: Mapping[str, bytes]) -> bytes:
    """Return the manifest of files made from a report, as JSON with sorted keys."""
    meta = report.meta
    manifest = {
        "files": [
            {"bytes": len(data), "name": name, "sha256": sha256(data).hexdigest()}
            for name, data in sorted(files.items())
        ],
        "firm": meta.firm,
        "first_day": meta.first_day.isoformat(),
        "last_day": meta.last_day.isoformat(),
        "made_at": meta.made_at.astimezone(UTC).isoformat(timespec="seconds"),
        "period": meta.period,
        "policy": {"label": meta.policy_label, "sha256": meta.policy_sha256},
        "recipients": len(report.totals),
        "rule": meta.rule,
        "scope": meta.scope,
        "shares": len(report.shares),
        "software": meta.software,
        "trail": {"events": meta.trail_events, "head": meta.trail_head},
    }
    return f"{json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True)}\n".encode()
