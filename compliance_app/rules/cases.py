"""Worked cases in the golden format: read strictly, run through the engine, compared.

docs/golden-cases.md describes the format, so any firm can run a file of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from compliance_app.rules.assessment import Assessment, Verdict, assess
from compliance_app.rules.case_fields import EXPECTED, GIFT, POLICY, PRIOR, WHOLE, Kind
from compliance_app.rules.facts import Category, Facts, FactsError, PriorShare, RecipientClass
from compliance_app.rules.json_lines import Located, read_array
from compliance_app.rules.money import format_decimal
from compliance_app.rules.problems import DocumentError, Problem
from compliance_app.rules.readers import Reader, UnreadableError
from compliance_app.rules.regimes import Operator
from compliance_app.rules.settings import Policy
from compliance_app.rules.windows import CALENDAR_YEAR, Year

__all__ = ["Case", "CaseError", "Difference", "Kind", "outcome", "parse_cases", "run_case"]


class CaseError(DocumentError):
    """A file of cases that cannot be run."""


class Case(NamedTuple):
    """One case: what is given, and what the engine must answer.

    Cases of kind "control" are about the workflow, so the engine is not asked. `unknown`
    names kinds of gift or recipient the engine has no rule for.
    """

    id: str
    line: int
    kind: Kind
    facts: Facts
    prior: tuple[PriorShare, ...]
    policy: Policy
    expected: Mapping[str, object]
    unknown: tuple["Difference", ...] = ()


class Difference(NamedTuple):
    """A field in which the engine answers otherwise than a case expects."""

    field: str
    expected: object
    actual: object


def parse_cases(text: str) -> tuple[Case, ...]:
    """Read a file of cases, or say everything that is wrong with it."""
    cases: list[Case] = []
    problems: list[Problem] = []
    seen: dict[str, Located] = {}
    for located in read_array(text, CaseError):
        reading = _Reading(located)
        case = reading.case()
        if case is not None and case.id in seen:
            line = seen[case.id].line_of(["id"])
            reading.complain(["id"], f"{case.id} stands on line {line} already; number it anew.")
        elif case is not None:
            seen[case.id] = located
            cases.append(case)
        problems.extend(reading.problems)
    if problems:
        raise CaseError(problems)
    return tuple(cases)


def run_case(case: Case) -> tuple[Difference, ...]:
    """Return the fields in which the engine differs from a case, in the case's order."""
    if case.unknown:
        return case.unknown
    actual = outcome(case)
    return tuple(
        Difference(field, wanted, actual[field])
        for field, wanted in case.expected.items()
        if actual[field] != wanted
    )


def outcome(case: Case) -> dict[str, object]:
    """Return the engine's answer under the regime the case asks for, in the case's words."""
    try:
        decisive = assess(case.facts, case.prior, case.policy)
    except FactsError as error:
        raise CaseError([Problem(case.line, f"{case.id} gift.flags", str(error))]) from error
    wanted = case.expected["regime"]
    results = (decisive, *decisive.others)
    return _as_expected(next((one for one in results if one.regime == wanted), decisive))


def _as_expected(result: Assessment) -> dict[str, object]:
    judged = result.verdict is Verdict.NEEDS_COMPLIANCE_JUDGEMENT
    summed = result.verdict in {Verdict.WITHIN_LIMIT, Verdict.EXCEEDS_LIMIT}

    def money(cents: int | None, *, shown: bool = summed) -> str | None:
        return format_decimal(cents) if shown and cents is not None else None

    def day(value: date | None) -> str | None:
        return value.isoformat() if summed and value is not None else None

    return {
        "regime": result.regime,
        "in_scope": result.in_scope,
        "counts_toward_limit": result.counts,
        "counted_value": money(result.counted_cents, shown=not judged),
        "limit": money(result.limit_cents),
        "exceeds_operator": (result.operator if summed else Operator.GT).value,
        "period_start": day(result.window_start),
        "period_end": day(result.window_end),
        # A case asks for the whole window, on whichever day of it the other gifts were given.
        "prior_total": money(result.prior_cents + result.later_cents),
        "running_total": money(result.running_cents + result.later_cents),
        "remaining_before": money(result.left_before_cents),
        "remaining_after": money(result.left_after_cents),
        "excess": money(result.excess_cents),
        "decision": result.verdict.value,
        "record_required": result.record_required,
    }


class _Reading:
    """One case read field by field; every problem is collected."""

    def __init__(self, located: Located) -> None:
        self.located = located
        self.problems: list[Problem] = []

    def complain(self, path: Sequence[str | int], message: str) -> None:
        """Keep a problem with the place it is about."""
        key = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
        self.problems.append(Problem(self.located.line_of(path), key.lstrip("."), message))

    def case(self) -> Case | None:
        """Return the case; None where something is wrong with it."""
        whole = self._read([], self.located.value, WHOLE)
        for key in whole.keys() - WHOLE.keys():
            self.complain([key], "this key is not part of a case; remove it.")
        policy = self._read(["policy"], whole.get("policy", {}), POLICY)
        gift = self._read(["gift"], whole.get("gift", {}), GIFT)
        expected = self._read(["expected"], whole.get("expected", {}), EXPECTED)
        prior = [
            self._read(["prior_gifts", index], row, PRIOR)
            for index, row in enumerate(whole.get("prior_gifts", ()))
        ]
        if self.problems:
            return None
        return Case(
            whole["id"],
            self.located.line,
            whole["kind"],
            _facts(gift),
            tuple(
                PriorShare(row["date"], row["counted_value"])
                for row in prior
                if row["counts"] and row["recipient_id"] == gift["recipient_id"]
            ),
            _policy(policy),
            {field: expected[field] for field in EXPECTED},
            tuple(_unknown_words(gift)),
        )

    def _read(
        self, path: list[str | int], value: object, fields: Mapping[str, Reader]
    ) -> dict[str, Any]:
        """Read the known fields of an object; others are kept as they are."""
        if not isinstance(value, dict):
            self.complain(path, "write an object: { ... }.")
            return {}
        found = dict(value)
        for field, read in fields.items():
            if field not in value:
                self.complain([*path, field], "this field is missing; add it.")
                continue
            try:
                found[field] = read(value[field])
            except UnreadableError as error:
                self.complain([*path, field], str(error))
                found.pop(field)
        return found


def _unknown_words(gift: Mapping[str, Any]) -> Iterator[Difference]:
    """Yield the kinds of gift or recipient that are none of the engine's."""
    for field, kind in (("category", Category), ("recipient_category", RecipientClass)):
        if not isinstance(gift[field], kind):
            known = "one of " + ", ".join(member.value for member in kind)
            yield Difference(f"gift.{field}", known, gift[field])


def _facts(gift: Mapping[str, Any]) -> Facts:
    return Facts(
        given_on=gift["date"],
        category=gift["category"],
        payer=gift["payer"],
        cost_cents=gift["cost"],
        total_paid_cents=gift["total_paid"],
        market_value_cents=gift["market_value"],
        face_value_cents=gift["face_value"],
        tax_cents=gift["tax"],
        delivery_cents=gift["delivery"],
        quantity=gift["quantity"],
        recipients_count=gift["recipients_count"],
        giver_type=gift["giver_type"],
        recipient_classes=(gift["recipient_category"],),
        standing=gift["status"],
        evidence=gift["flags"],
    )


def _policy(policy: Mapping[str, Any]) -> Policy:
    return Policy(
        year=Year(
            policy["aggregation_basis"],
            policy["fiscal_year_start"] or CALENDAR_YEAR.fiscal_start,
            policy["rolling_method"] or CALENDAR_YEAR.method,
        ),
        valuation_basis=policy["valuation_basis"],
        prorata_rounding=policy["prorata_rounding"],
        transition=policy["transition"],
        nominal_value_threshold_cents=policy["nominal_value_threshold"],
    )
