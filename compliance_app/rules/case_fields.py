"""The fields of a golden case and how each is read; docs/golden-cases.md says what they mean."""

import re
from collections.abc import Mapping
from enum import StrEnum

from compliance_app.rules.facts import (
    Category,
    GiverType,
    Payer,
    RecipientClass,
    Standing,
)
from compliance_app.rules.money import format_decimal
from compliance_app.rules.readers import (
    Reader,
    UnreadableError,
    one_of,
    or_null,
    read_cents,
    read_month_day,
    read_words,
    read_written_day,
    read_yes_or_no,
    whole_number,
)
from compliance_app.rules.regimes import Operator
from compliance_app.rules.settings import Transition
from compliance_app.rules.valuation import Basis, Rounding
from compliance_app.rules.windows import RollingMethod, YearBasis

_ID = re.compile(r"[A-Z]{2}-[0-9]{2,6}", re.ASCII)
_MOST = 1_000_000


class Kind(StrEnum):
    """What a case tests."""

    LIMIT = "limit"
    EXEMPTION = "exemption"
    SCOPE = "scope"
    CONTROL = "control"


class Decision(StrEnum):
    """What a case may expect: a verdict, or that the workflow refuses."""

    WITHIN_LIMIT = "within_limit"
    EXCEEDS_LIMIT = "exceeds_limit"
    EXEMPT_RECORD_ONLY = "exempt_record_only"
    EXEMPT_NO_RECORD_REQUIRED = "exempt_no_record_required"
    NEEDS_COMPLIANCE_JUDGEMENT = "needs_compliance_judgement"
    PROHIBITED = "prohibited"
    CONTROL_VIOLATION = "control_violation"


def _id(value: object) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise UnreadableError('write two capitals, a hyphen and a number, for example "GC-001".')
    return value


def _flags(value: object) -> dict[str, str]:
    if not isinstance(value, list) or not all(isinstance(flag, str) for flag in value):
        raise UnreadableError(
            'write a list of facts, for example ["has_logo", "host_present:true"].'
        )
    named = [flag.partition(":") for flag in value]
    return {name.strip(): said.strip() for name, _, said in named}


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise UnreadableError("write a list: [ ... ].")
    return value


def _amount(value: object) -> str:
    return format_decimal(read_cents(value))


def _day(value: object) -> str:
    return read_written_day(value).isoformat()


def _kept(value: object) -> object:
    return value


def _known_or_raw(kind: type[StrEnum]) -> Reader:
    """Read a member; a word of somebody else's vocabulary fails its own case, not the file."""

    def read(value: object) -> str:
        word = read_words(value)
        return kind(word) if word in set(kind) else word

    return read


_QUANTITY = whole_number(1, _MOST)

WHOLE: Mapping[str, Reader] = {
    "id": _id,
    "kind": one_of(Kind),
    "title": _kept,
    "tags": _kept,
    "policy": _kept,
    "gift": _kept,
    "prior_gifts": _list,
    "expected": _kept,
    "alternative_expected": _kept,
    "authority": _kept,
    "confidence": _kept,
    "note": _kept,
}
POLICY: Mapping[str, Reader] = {
    "aggregation_basis": one_of(YearBasis),
    "fiscal_year_start": or_null(read_month_day),
    "rolling_method": or_null(one_of(RollingMethod)),
    "valuation_basis": one_of(Basis, Basis.FAIR_MARKET, Basis.TICKET),
    "nominal_value_threshold": or_null(read_cents),
    "prorata_rounding": one_of(Rounding),
    "transition": one_of(Transition),
}
GIFT: Mapping[str, Reader] = {
    "date": read_written_day,
    "giver_id": read_words,
    "giver_type": one_of(GiverType),
    "payer": one_of(Payer),
    "recipient_id": read_words,
    "employer_id": or_null(read_words),
    "recipient_category": _known_or_raw(RecipientClass),
    "category": _known_or_raw(Category),
    "cost": or_null(read_cents),
    "total_paid": or_null(read_cents),
    "market_value": or_null(read_cents),
    "face_value": or_null(read_cents),
    "tax": read_cents,
    "delivery": read_cents,
    "quantity": _QUANTITY,
    "recipients_count": _QUANTITY,
    "status": one_of(Standing, Standing.PLANNED),
    "flags": _flags,
}
PRIOR: Mapping[str, Reader] = {
    "date": read_written_day,
    "counted_value": read_cents,
    "giver_id": _kept,
    "member_id": _kept,
    "recipient_id": read_words,
    "employer_id": _kept,
    "status": _kept,
    "counts": read_yes_or_no,
}
EXPECTED: Mapping[str, Reader] = {
    "regime": read_words,
    "in_scope": read_yes_or_no,
    "counts_toward_limit": read_yes_or_no,
    "counted_value": or_null(_amount),
    "limit": or_null(_amount),
    "exceeds_operator": one_of(Operator),
    "period_start": or_null(_day),
    "period_end": or_null(_day),
    "prior_total": or_null(_amount),
    "running_total": or_null(_amount),
    "remaining_before": or_null(_amount),
    "remaining_after": or_null(_amount),
    "excess": or_null(_amount),
    "decision": one_of(Decision),
    "record_required": read_yes_or_no,
}
