"""The engine's answer for one share, and the document that is kept of it for ever."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from compliance_app.rules.money import format_decimal, format_dollars
from compliance_app.rules.reasons import Params, Reason, ReasonCode
from compliance_app.rules.regimes import Operator
from compliance_app.rules.totals import Totals
from compliance_app.rules.valuation import Basis, Valuation
from compliance_app.rules.verdicts import Verdict

_BASIS_WORDS = {
    Basis.COST: "its cost without tax and delivery",
    Basis.HIGHER: "the higher of cost and market value",
    Basis.TICKET: "the higher of cost and face value, as for every ticket",
    Basis.MARKET: "its market value, or its cost where none is given",
    Basis.FAIR_MARKET: "its market value, or its cost where none is given",
}


# What a document says of the sums where nothing is summed, but for the share itself.
_NO_TOTALS = {
    "window_start": None,
    "window_end": None,
    "prior": "0.00",
    "pending": "0.00",
    "left_before": None,
    "left_after": None,
    "excess": "0.00",
}


class Assessment(NamedTuple):
    """The answer for one share under the regime that decides, with what it rests on.

    `regime_cents` holds what the share counts for under each regime, wherever they differ;
    it is stored with the share and comes back in `PriorShare.regime_cents`.
    """

    verdict: Verdict
    regime: str
    authority: str
    operator: Operator
    policy_sha256: str
    valuation: Valuation
    counted_cents: int
    counts: bool = True
    limit_cents: int | None = None
    totals: Totals | None = None  # None where nothing is summed
    near: bool = False
    # Over the firm's own limit only: an exception may be granted up to the rule's.
    is_within_rule: bool = True
    is_reporting_only: bool = False
    claim: Reason | None = None  # the exclusion claimed, or the question to be judged
    notes: tuple[Reason, ...] = ()
    in_scope: bool = True
    record_required: bool = True
    others: tuple["Assessment", ...] = ()
    regime_cents: Mapping[str, int] = MappingProxyType({})

    @property
    def rule_3220_cents(self) -> int:
        """Return what the share counts for toward Rule 3220, also where another law decides."""
        return self.regime_cents.get("FINRA_3220", self.counted_cents)

    @property
    def window_start(self) -> date | None:
        """Return the first day of the year the share is summed in."""
        return self.totals.window.start if self.totals else None

    @property
    def window_end(self) -> date | None:
        """Return the last day of the year the share is summed in."""
        return self.totals.window.end if self.totals else None

    @property
    def prior_cents(self) -> int:
        """Return what the person's other shares come to, up to and with the day."""
        return self.totals.prior_cents if self.totals else 0

    @property
    def pending_cents(self) -> int:
        """Return the part of `prior_cents` that only waits for its day or a decision."""
        return self.totals.pending_cents if self.totals else 0

    @property
    def later_cents(self) -> int:
        """Return what the person's shares of later days in the same window come to."""
        return self.totals.later_cents if self.totals else 0

    @property
    def running_cents(self) -> int:
        """Return the total with this share."""
        return self.totals.running_cents if self.totals else self.counted_cents

    @property
    def left_before_cents(self) -> int | None:
        """Return what could be given on the day without any total being too much."""
        return self.totals.left_before_cents if self.totals else None

    @property
    def left_after_cents(self) -> int | None:
        """Return what could still be given on the day after this share."""
        return self.totals.left_after_cents if self.totals else None

    @property
    def taken_later_cents(self) -> int:
        """Return what gifts on later days take of the limit: with it, total and rest come to it."""
        if self.limit_cents is None or self.left_after_cents is None or self.excess_cents:
            return 0
        return max(self.limit_cents - self.running_cents - self.left_after_cents, 0)

    @property
    def excess_cents(self) -> int:
        """Return by how much the total is over, on the day or on a later one."""
        return self.totals.excess_cents if self.totals else 0

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return the steps of the answer in the order they are read."""
        steps = (
            self._valued(),
            self.claim,
            self._held(),
            self._before(),
            self._summed(),
            *self.notes,
        )
        return tuple(step for step in steps if step is not None)

    def as_document(self) -> dict[str, object]:
        """Return the answer as plain values; the same inputs give the same document."""
        counted = format_decimal(self.counted_cents)
        return {
            "verdict": self.verdict.value,
            "regime": self.regime,
            "authority": self.authority,
            "operator": self.operator.value,
            "policy_sha256": self.policy_sha256,
            "counted": counted,
            "counts": self.counts,
            "in_scope": self.in_scope,
            "record_required": self.record_required,
            "limit": None if self.limit_cents is None else format_decimal(self.limit_cents),
            **(self.totals.as_document() if self.totals else _NO_TOTALS | {"running": counted}),
            "near": self.near,
            "is_within_rule": self.is_within_rule,
            "reasons": [reason.as_document() for reason in self.reasons],
            "others": [other.as_document() for other in self.others],
            "regime_counted": {
                code: format_decimal(cents) for code, cents in sorted(self.regime_cents.items())
            },
        }

    def _valued(self) -> Reason | None:
        unit, cents, basis, quantity, recipients = self.valuation
        if not self.counts or unit is None or cents != self.counted_cents:
            return None
        words = _BASIS_WORDS[basis]
        how = (
            words if quantity == 1 else f"{quantity} items at {format_dollars(unit)} each, {words}"
        )
        if recipients == 1:
            return Reason(ReasonCode.VALUED, (("counted_cents", cents), ("basis", how)), "")
        return Reason.of(
            ReasonCode.DIVIDED,
            "",
            counted_cents=cents,
            whole_cents=unit * quantity,
            recipients=recipients,
            basis=how,
        )

    def _held(self) -> Reason | None:
        if self.verdict is not Verdict.NEEDS_COMPLIANCE_JUDGEMENT or not self.counts:
            return None
        return Reason.of(ReasonCode.HELD, "", counted_cents=self.counted_cents)

    def _before(self) -> Reason | None:
        totals = self.totals
        if totals is None or totals.prior_cents == 0:
            return None
        params: Params = (*totals.window.params, ("prior_cents", totals.prior_cents))
        if not totals.pending_cents:
            return Reason(ReasonCode.PRIOR, params, "")
        waiting = ("pending_cents", totals.pending_cents)
        return Reason(ReasonCode.PRIOR_WAITING, (*params, waiting), "")

    def _summed(self) -> Reason | None:
        totals, limit_cents = self.totals, self.limit_cents
        if totals is None or limit_cents is None:
            return None
        params: Params = (
            *totals.window.params,
            ("running_cents", totals.running_cents),
            ("limit_cents", limit_cents),
        )
        over = totals.running_cents - limit_cents
        if over > 0:
            return Reason(ReasonCode.EXCEEDS, (("over_cents", over), *params), self.authority)
        if self.operator is Operator.GT:
            return Reason(ReasonCode.WITHIN, params, self.authority)
        code = ReasonCode.REACHES if over == 0 else ReasonCode.BELOW
        return Reason(code, params, self.authority)
