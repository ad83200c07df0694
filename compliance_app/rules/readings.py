"""Where another reading of the rule would decide otherwise: said, and never silently chosen."""

from collections.abc import Iterator

from compliance_app.rules.exclusions import ask
from compliance_app.rules.facts import Facts, RecipientClass
from compliance_app.rules.matter import Matter
from compliance_app.rules.reasons import Reason, ReasonCode, say_day
from compliance_app.rules.regimes import LIMIT_RAISED_ON
from compliance_app.rules.settings import Transition
from compliance_app.rules.totals import Totals, counted_under, is_over
from compliance_app.rules.valuation import Basis, net_cost, share_of, unit_value

_VALUATION = "Rule 3220, supplementary material on valuation"


def find_value_question(matter: Matter) -> Reason | None:
    """Return why the value itself must be judged, if it must."""
    if matter.valuation.unit_cents is None:
        return ask(ReasonCode.VALUE_UNKNOWN)
    if matter.valuation.basis is Basis.COST and _is_passed_on(matter):
        return ask(ReasonCode.PASSED_ON)
    return None


def find_fee_question(matter: Matter, totals: Totals) -> Reason | None:
    """Return the question whether a fee counts, if it decides the result."""
    facts, valuation = matter.facts, matter.valuation
    fee, cost = facts.cents("fee_not_tax_or_delivery"), net_cost(facts)
    if fee is None or cost is None or not totals.is_over:
        return None
    unit = unit_value(facts._replace(cost_cents=max(cost - fee, 0)), valuation.basis) or 0
    if _is_over_at(_share(unit, matter), matter, totals):
        return None
    return ask(ReasonCode.FEE, fee_cents=fee)


def highest_value(matter: Matter) -> int:
    """Return what the share counts for at the highest of cost, market and face value."""
    facts = matter.facts
    known = (net_cost(facts), facts.market_value_cents, facts.face_value_cents)
    return _share(max((value for value in known if value is not None), default=0), matter)


def find_readings(matter: Matter, totals: Totals) -> Iterator[Reason]:
    """Yield where another reading decides otherwise, and what else a reader should know."""
    facts = matter.facts
    if matter.regime.basis is None and (
        facts.market_value_cents is not None or facts.face_value_cents is not None
    ):
        yield from _other_values(matter, totals)
    if matter.regime.is_3220:
        counts = matter.policy.transition is Transition.COUNT
        # Fewer gifts never bring a total over the limit, so only what is over is looked at.
        if (totals.is_over or not counts) and _spans_change(totals, facts):
            yield from _transition(matter, totals, counts=counts)
        if RecipientClass.REGISTERED_FUND_ADVISORY_PERSONNEL in facts.recipient_classes:
            yield Reason.of(ReasonCode.FUND_PERSONNEL, "ICA 17(e)(1); SEC IM Guidance 2015-01")
        if "currency" in facts.evidence:
            yield _currency(facts)


def _other_values(matter: Matter, totals: Totals) -> Iterator[Reason]:
    highest = highest_value(matter)
    if not totals.is_over and _is_over_at(highest, matter, totals):
        yield Reason.of(ReasonCode.OTHER_VALUE_EXCEEDS, _VALUATION, other_cents=highest)
    cost = net_cost(matter.facts)
    if matter.valuation.basis is not Basis.HIGHER or cost is None or not totals.is_over:
        return
    at_cost = _share(cost, matter)
    if not _is_over_at(at_cost, matter, totals):
        yield Reason.of(ReasonCode.OTHER_VALUE_WITHIN, _VALUATION, other_cents=at_cost)


def _spans_change(totals: Totals, facts: Facts) -> bool:
    """Say whether the window holds days of the old limit and the gift a day of the new."""
    return totals.window.start < LIMIT_RAISED_ON <= facts.given_on


def _transition(matter: Matter, totals: Totals, *, counts: bool) -> Iterator[Reason]:
    limit_cents, operator = matter.limit.cents or 0, matter.regime.operator
    before = sum(
        counted_under(share, matter.regime)
        for share in matter.prior
        if totals.window.start <= share.given_on < LIMIT_RAISED_ON
    )
    running = totals.running_cents
    other = running - before if counts else running + before
    if is_over(other, limit_cents, operator) is not is_over(running, limit_cents, operator):
        does = "count them" if counts else "leave them out"
        yield Reason.of(ReasonCode.TRANSITION, "Regulatory Notice 26-05", does=does)


def _currency(facts: Facts) -> Reason:
    day = facts.day("rate_date")
    return Reason.of(
        ReasonCode.CURRENCY,
        "",
        currency=facts.evidence["currency"],
        rate=facts.evidence.get("rate", "a rate that was not recorded"),
        rate_day=say_day(day) if day else "a day that was not recorded",
    )


def _is_passed_on(matter: Matter) -> bool:
    cost, facts = matter.valuation.cents, matter.facts
    if cost > 0 and not (facts.evidence and facts.shows("regifted")):
        return False
    return highest_value(matter) > cost


def _is_over_at(cents: int, matter: Matter, totals: Totals) -> bool:
    """Say whether any total would be too much if the share counted for `cents`."""
    running, limit_cents = totals.prior_cents + cents, matter.limit.cents or 0
    return cents > totals.left_before_cents or is_over(running, limit_cents, matter.regime.operator)


def _share(unit_cents: int, matter: Matter) -> int:
    valuation, rounding = matter.valuation, matter.policy.prorata_rounding
    return share_of(unit_cents, valuation.quantity, valuation.recipients, rounding)
