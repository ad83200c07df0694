"""How the trail tells of an assessment: its document once, from which the columns follow."""

from collections.abc import Mapping
from typing import Any

from compliance_app.rules.audit import canonical, ready

# The columns that repeat a sum of the document, which holds them as decimals.
_SUMS = ("counted", "prior", "pending", "running", "limit", "excess")
# Those that are in the document under their own name.
_SAME = ("verdict", "regime", "window_start", "window_end", "policy_sha256")


def assessment_told(row: Mapping[str, Any]) -> dict[str, object]:
    """Return what an event says of an assessment's row, whose values are JSON already."""
    return {
        "id": row["id"],
        "version_id": row["version_id"],
        "recipient_id": row["recipient_id"],
        "made_at": row["made_at"],
        "document": ready(row["document"]),
    }


def assessment_row(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the whole row that an event tells of.

    The first events held the document as text, and every column beside it.
    """
    document = told["document"]
    if isinstance(document, str):
        return dict(told)
    columns = {name: document[name] for name in _SAME}
    columns |= {f"{name}_cents": _cents(document[name]) for name in _SUMS}
    return {**told, **columns, "document": canonical(document)}


def _cents(decimal: str | None) -> int | None:
    return None if decimal is None else int(decimal.replace(".", ""))
