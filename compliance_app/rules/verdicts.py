"""The verdicts of the engine, and which of two is the stricter."""

from enum import StrEnum


class Verdict(StrEnum):
    """What the engine says of a share."""

    WITHIN_LIMIT = "within_limit"
    EXCEEDS_LIMIT = "exceeds_limit"
    EXEMPT_RECORD_ONLY = "exempt_record_only"
    EXEMPT_NO_RECORD_REQUIRED = "exempt_no_record_required"
    NEEDS_COMPLIANCE_JUDGEMENT = "needs_compliance_judgement"
    PROHIBITED = "prohibited"


STRICTNESS = {
    Verdict.EXEMPT_NO_RECORD_REQUIRED: 0,
    Verdict.EXEMPT_RECORD_ONLY: 1,
    Verdict.WITHIN_LIMIT: 2,
    Verdict.NEEDS_COMPLIANCE_JUDGEMENT: 3,
    Verdict.EXCEEDS_LIMIT: 4,
    Verdict.PROHIBITED: 5,
}
EXEMPT = frozenset({Verdict.EXEMPT_RECORD_ONLY, Verdict.EXEMPT_NO_RECORD_REQUIRED})
