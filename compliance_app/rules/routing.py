"""Who decides on a gift: nobody where the policy clears it, else by what it is and to whom."""

from collections.abc import Iterable, Sequence

from compliance_app.rules.facts import Facts
from compliance_app.rules.flags import Flag
from compliance_app.rules.reasons import ReasonCode
from compliance_app.rules.results import Assessment
from compliance_app.rules.settings import Policy, Route, RoutingRow
from compliance_app.rules.verdicts import Verdict

__all__ = ["Route", "route"]

# Nothing was conferred, or nothing was given: there is only a record to keep.
_RECORD_ONLY = frozenset({ReasonCode.REFUSED, ReasonCode.CANCELLED, ReasonCode.INBOUND})


def route(
    assessments: Sequence[Assessment], flags: Sequence[Flag], facts: Facts, policy: Policy
) -> Route:
    """Say who decides on a gift, over all its shares."""
    if all(_is_record_only(assessment) for assessment in assessments):
        return Route.CLEARED
    if flags or any(not _is_plain(assessment) for assessment in assessments):
        return Route.COMPLIANCE
    value = sum(assessment.counted_cents for assessment in assessments)
    fitting = [row for row in policy.routing if _fits(row, value, facts)]
    if value <= policy.auto_clear_ceiling_cents and not any(map(_is_special, fitting)):
        return Route.CLEARED
    return _together(row.to for row in fitting)


def _is_record_only(assessment: Assessment) -> bool:
    return assessment.claim is not None and assessment.claim.code in _RECORD_ONLY


def _is_plain(assessment: Assessment) -> bool:
    """Say whether the share is a plain gift within the limit, with nothing to judge."""
    return assessment.verdict is Verdict.WITHIN_LIMIT or _is_record_only(assessment)


def _fits(row: RoutingRow, value_cents: int, facts: Facts) -> bool:
    return (
        value_cents >= row.at_least_cents
        and row.category in {"", facts.category}
        and (not row.recipient_class or row.recipient_class in facts.recipient_classes)
        and (not row.employer_flag or facts.evidence.get("employer_flag") == row.employer_flag)
    )


def _is_special(row: RoutingRow) -> bool:
    """Say whether a row names what a gift is or to whom: then even small ones are looked at."""
    return bool(row.category or row.recipient_class or row.employer_flag)


def _together(targets: Iterable[Route]) -> Route:
    wanted = set(targets)
    if len(wanted) == 1:
        return wanted.pop()
    # With no row that fits, nobody has said who decides: the safe choice.
    return Route.SUPERVISOR_AND_COMPLIANCE if wanted else Route.COMPLIANCE
