"""What an assessment was given, kept beside its answer: the facts and the shares before it.

With them and the policy's hash, anybody can judge the share again and get the same bytes.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from compliance_app.rules.assessment import Assessment
from compliance_app.rules.audit import canonical
from compliance_app.rules.facts import (
    Category,
    Facts,
    GiverType,
    Payer,
    PriorShare,
    RecipientClass,
    Standing,
)

# How a fact is read back; those without a row are kept as they are.
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "given_on": date.fromisoformat,
    "category": Category,
    "payer": Payer,
    "giver_type": GiverType,
    "standing": Standing,
    "recipient_classes": lambda classes: tuple(RecipientClass(one) for one in classes),
}


def kept_document(assessment: Assessment, facts: Facts, prior: Sequence[PriorShare]) -> str:
    """Return the canonical text of an assessment with its inputs, as it is kept for ever."""
    kept_facts = facts._asdict()
    kept_facts["given_on"] = facts.given_on.isoformat()
    kept_facts["evidence"] = dict(facts.evidence)
    inputs = {"facts": kept_facts, "prior": [_kept_share(share) for share in prior]}
    return canonical({**assessment.as_document(), "inputs": inputs})


def facts_of(inputs: Mapping[str, Any]) -> Facts:
    """Read the facts back."""
    return Facts(
        **{name: _READERS.get(name, _as_it_is)(value) for name, value in inputs["facts"].items()}
    )


def prior_of(inputs: Mapping[str, Any]) -> list[PriorShare]:
    """Read the shares before it back, in the order they were given."""
    return [
        PriorShare(
            given_on=date.fromisoformat(share["given_on"]),
            counted_cents=share["counted_cents"],
            reference=share["reference"],
            pending=share.get("pending", False),
            regime_cents=share.get("regime_cents", {}),
        )
        for share in inputs["prior"]
    ]


def _kept_share(share: PriorShare) -> dict[str, object]:
    """Return one earlier share; what holds for few of them is only said of those."""
    kept: dict[str, object] = {
        "given_on": share.given_on.isoformat(),
        "counted_cents": share.counted_cents,
        "reference": share.reference,
    }
    if share.pending:
        kept["pending"] = True
    if share.regime_cents:
        kept["regime_cents"] = dict(share.regime_cents)
    return kept


def _as_it_is(value: Any) -> Any:  # noqa: ANN401 - JSON holds what it holds
    return value
