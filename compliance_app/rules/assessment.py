"""The one place that says whether a share is within the limit: pure, total and explained.

`assess` evaluates every regime that applies; the strictest decides and is named.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from compliance_app.rules.exclusions import EXCLUSIONS, find_exclusion, find_standing
from compliance_app.rules.facts import Facts, PriorShare
from compliance_app.rules.matter import Matter
from compliance_app.rules.readings import (
    find_fee_question,
    find_readings,
    find_value_question,
    highest_value,
)
from compliance_app.rules.reasons import Reason, ReasonCode
from compliance_app.rules.regimes import Regime, limit_on, regimes_for
from compliance_app.rules.results import Assessment
from compliance_app.rules.settings import Policy, limit_for
from compliance_app.rules.totals import LaterPoint, Share, Totals, total_up
from compliance_app.rules.valuation import value_share
from compliance_app.rules.verdicts import STRICTNESS, Verdict

FIRM_AUTHORITY = "the firm's policy"

__all__ = ["Assessment", "Verdict", "assess"]


def assess(facts: Facts, prior: Sequence[PriorShare], policy: Policy) -> Assessment:
    """Judge one share against the shares the same person already has."""
    regimes = regimes_for(facts)
    if len(regimes) == 1:
        return _judge(regimes[0], facts, prior, policy)
    results = [_judge(regime, facts, prior, policy) for regime in regimes]
    counted = {
        regime.code: result.counted_cents for regime, result in zip(regimes, results, strict=True)
    }
    results.sort(key=_strictness, reverse=True)  # stable: of equals, the first regime
    decisive, *others = results
    return decisive._replace(
        notes=(*decisive.notes, *_reports_due(others)),
        others=tuple(others),
        regime_cents=counted if len(set(counted.values())) > 1 else {},
    )


def _judge(regime: Regime, facts: Facts, prior: Sequence[PriorShare], policy: Policy) -> Assessment:
    """Judge a share under one regime."""
    matter = Matter(
        regime,
        facts,
        prior,
        policy,
        value_share(facts, regime.basis or policy.valuation_basis, policy.prorata_rounding),
        limit_for(regime, facts.given_on, policy),
    )
    claim = find_standing(facts)
    if claim is not None and claim.code in EXCLUSIONS:
        return _exempt(matter, claim)
    bar = _find_bar(matter)
    if bar is not None:
        return _prohibit(matter, bar)
    if claim is None and regime.has_exclusions:
        claim = find_exclusion(matter)
        if claim is not None and claim.code in EXCLUSIONS:
            return _exempt(matter, claim)
    if matter.limit.cents is None:
        return _question_without_figure(matter)
    return _count(matter, claim or _find_question(matter), matter.limit.cents)


def _find_bar(matter: Matter) -> Reason | None:
    """Return why the gift may not be given at all, whatever it is worth."""
    regime, category = matter.regime, matter.facts.category
    if category in regime.barred_categories:
        words = category.value.replace("_", " ")
        return Reason.of(ReasonCode.BARRED_CATEGORY, regime.authority, category=words)
    if regime.barred_by and _answer(matter):
        return Reason.of(ReasonCode.BARRED, regime.authority, barred_by=regime.barred_by)
    return None


def _answer(matter: Matter) -> bool | None:
    """Return whether the fact that bars a gift holds; None where an answer is owed."""
    if matter.regime.barred_by in matter.facts.evidence:
        return matter.facts.shows(matter.regime.barred_by)
    return matter.policy.employs_lobbyist if matter.regime.must_answer else False


def _find_question(matter: Matter) -> Reason | None:
    """Return what a person must judge before the sum can decide."""
    regime = matter.regime
    if regime.must_answer and _answer(matter) is None:
        return Reason.of(ReasonCode.UNANSWERED, regime.authority)
    return find_value_question(matter)


def _prohibit(matter: Matter, bar: Reason) -> Assessment:
    return Assessment(
        Verdict.PROHIBITED,
        matter.regime.code,
        matter.regime.authority,
        matter.regime.operator,
        matter.policy.sha256,
        matter.valuation,
        matter.valuation.cents,
        is_within_rule=False,
        claim=bar,
    )


def _question_without_figure(matter: Matter) -> Assessment:
    question = Reason.of(ReasonCode.NO_FIGURE, matter.regime.authority)
    return _prohibit(matter, question)._replace(verdict=Verdict.NEEDS_COMPLIANCE_JUDGEMENT)


def _exempt(matter: Matter, claim: Reason) -> Assessment:
    exclusion = EXCLUSIONS[claim.code]
    return Assessment(
        exclusion.verdict,
        exclusion.regime or matter.regime.code,
        exclusion.authority,
        matter.regime.operator,
        matter.policy.sha256,
        matter.valuation,
        0,
        counts=False,
        in_scope=exclusion.in_scope,
        record_required=exclusion.record_required,
        claim=claim,
    )


def _count(matter: Matter, claim: Reason | None, limit_cents: int) -> Assessment:
    """Add the share to its window and compare with the limit."""
    regime, facts, prior, policy, valuation, limit = matter
    cents = valuation.cents
    if claim is not None and claim.code is ReasonCode.PASSED_ON:
        cents = highest_value(matter)
    if cents < regime.ignores_below_cents:
        cents = 0
    totals = total_up(regime, Share(facts.given_on, cents, limit_cents), prior, policy)
    if claim is None and facts.evidence:
        claim = find_fee_question(matter, totals)
    if claim is not None:
        verdict = Verdict.NEEDS_COMPLIANCE_JUDGEMENT
    else:
        verdict = Verdict.EXCEEDS_LIMIT if totals.is_over else Verdict.WITHIN_LIMIT
    return Assessment(
        verdict,
        regime.code,
        regime.authority if limit in regime.limits else FIRM_AUTHORITY,
        regime.operator,
        policy.sha256,
        valuation,
        cents,
        cents > 0 or valuation.cents == 0,
        limit_cents,
        totals,
        verdict is Verdict.WITHIN_LIMIT
        and totals.running_cents * 100 >= limit_cents * policy.warning_percent,
        not totals.is_over or _is_within_rule(matter, cents),
        regime.reporting_only,
        claim,
        tuple(_notes(matter, totals)),
    )


def _is_within_rule(matter: Matter, cents: int) -> bool:
    """Say whether a share over the firm's own limit is still within the rule's."""
    if matter.limit in matter.regime.limits:
        return False
    rule = limit_on(matter.facts.given_on, matter.regime.limits)
    share = Share(matter.facts.given_on, cents, rule.cents or 0)
    unlimited = replace(matter.policy, firm_limits=())
    return not total_up(matter.regime, share, matter.prior, unlimited).is_over


def _notes(matter: Matter, totals: Totals) -> Iterator[Reason]:
    """Yield what else a reader should know of the sum."""
    limit, regime = matter.limit, matter.regime
    if totals.later is not None:
        yield _later(totals.later, regime)
    if totals.is_earlier_year:
        start, end = totals.window
        yield Reason.of(ReasonCode.EARLIER_YEAR, "", start_on=str(start), end_on=str(end))
    cents = limit.cents or 0
    if limit not in regime.limits:
        rule = limit_on(matter.facts.given_on, regime.limits).cents or 0
        yield Reason.of(ReasonCode.FIRM_LIMIT, "", limit_cents=cents, rule_cents=rule)
    if not limit.checked:
        yield Reason.of(ReasonCode.UNCHECKED, "", limit_cents=cents, source=limit.source)
    if matter.valuation.cents < regime.ignores_below_cents:
        floor = regime.ignores_below_cents
        yield Reason.of(ReasonCode.TOO_SMALL, regime.authority, floor_cents=floor)
    yield from find_readings(matter, totals)


def _later(point: LaterPoint, regime: Regime) -> Reason:
    return Reason.of(
        ReasonCode.LATER_GIFT,
        regime.authority,
        reference=f"({point.reference}) " if point.reference else "",
        given_on=point.given_on.isoformat(),
        running_cents=point.running_cents,
        limit_cents=point.limit_cents,
    )


def _strictness(result: Assessment) -> tuple[bool, int, int, int]:
    """Return what makes one regime's answer stricter than another's."""
    left = result.left_after_cents
    return (
        not result.is_reporting_only,
        STRICTNESS[result.verdict],
        result.excess_cents,
        -left if left is not None else 0,
    )


def _reports_due(results: Sequence[Assessment]) -> Iterator[Reason]:
    """Yield the reports a gift makes due, for laws that ask for one and forbid nothing."""
    for result in results:
        if result.is_reporting_only and result.verdict is Verdict.EXCEEDS_LIMIT:
            yield Reason.of(
                ReasonCode.REPORTABLE,
                result.authority,
                start_on=str(result.window_start),
                end_on=str(result.window_end),
                running_cents=result.running_cents,
                limit_cents=result.limit_cents or 0,
            )
