"""Why a share was judged as it was: its inputs, the steps of its sum, and the same answer again."""

import json
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from compliance_app.rules import assessment as engine
from compliance_app.rules.facts import Facts, PriorShare
from compliance_app.rules.policy import Policy
from compliance_app.rules.regimes import regime_named
from compliance_app.rules.totals import considered, counted_under
from compliance_app.services.inputs import facts_of, kept_document, prior_of
from compliance_app.services.policies import find_policy
from compliance_app.services.recording import verdict_values
from compliance_app.store.models import Assessment


class Repeat(StrEnum):
    """What judging again found."""

    SAME = "same"
    DIFFERS = "differs"
    POLICY_UNKNOWN = "policy_unknown"

    @property
    def sentence(self) -> str:
        """Say it in plain words."""
        return _SENTENCES[self]


_SENTENCES = {
    Repeat.SAME: "Judged again now from these inputs under the same policy version, the share "
    "gets the same assessment, byte for byte.",
    Repeat.DIFFERS: "Judged again now from these inputs, the share gets another assessment than "
    "the one kept: the record or the program was changed. Check the trail with "
    "“tally3220 audit verify”.",
    Repeat.POLICY_UNKNOWN: "The policy document with this hash is not in the register, so the "
    "share cannot be judged again. Restore the register from a backup that holds it.",
}


class Step(NamedTuple):
    """One earlier gift in the sum, and the total with it."""

    reference: str
    given_on: date
    cents: int
    pending: bool
    total_cents: int


class Explanation(NamedTuple):
    """What a kept assessment rests on; `policy` is None where its document is gone."""

    facts: Facts
    policy: Policy | None
    steps: tuple[Step, ...]
    repeat: Repeat


def explain(session: Session, assessment: Assessment) -> Explanation:
    """Return what a kept assessment was given, how its sum came about, and whether it repeats."""
    facts, prior = _inputs_of(assessment)
    policy = find_policy(session, assessment.policy_sha256)
    steps = _steps(assessment, facts, prior, policy) if policy is not None else ()
    return Explanation(facts, policy, steps, _repeat(assessment, facts, prior, policy))


def check(session: Session, assessment: Assessment) -> Repeat:
    """Judge a share again from its kept inputs and compare with the kept document."""
    facts, prior = _inputs_of(assessment)
    policy = find_policy(session, assessment.policy_sha256)
    return _repeat(assessment, facts, prior, policy)


def _inputs_of(assessment: Assessment) -> tuple[Facts, list[PriorShare]]:
    inputs: dict[str, Any] = json.loads(assessment.document)["inputs"]
    return facts_of(inputs), prior_of(inputs)


def _repeat(
    assessment: Assessment, facts: Facts, prior: Sequence[PriorShare], policy: Policy | None
) -> Repeat:
    if policy is None:
        return Repeat.POLICY_UNKNOWN
    again = engine.assess(facts, prior, policy)
    same = kept_document(again, facts, prior) == assessment.document and all(
        getattr(assessment, column) == value for column, value in verdict_values(again).items()
    )
    return Repeat.SAME if same else Repeat.DIFFERS


def _steps(
    assessment: Assessment, facts: Facts, prior: Sequence[PriorShare], policy: Policy
) -> tuple[Step, ...]:
    """Return the earlier gifts of the window one by one, up to and with the day."""
    start, regime = assessment.window_start, regime_named(assessment.regime)
    if start is None or regime is None:
        return ()
    total, steps = 0, []
    shares = considered(regime, facts.given_on, prior, policy)
    for share in sorted(shares, key=lambda one: one.given_on):
        cents = counted_under(share, regime)
        if cents and start <= share.given_on <= facts.given_on:
            total += cents
            step = Step(share.reference, share.given_on, cents, share.pending, total)
            steps.append(step)
    return tuple(steps)
