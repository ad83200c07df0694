"""What a reviewer should look at: pure signs over a gift and its neighbors, never a verdict."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from compliance_app.rules.employers import CLASSES, EmployerClass
from compliance_app.rules.employments import Departure
from compliance_app.rules.facts import Category, Facts, Standing
from compliance_app.rules.reasons import Params, ReasonCode, fill
from compliance_app.rules.results import Assessment
from compliance_app.rules.settings import Policy
from compliance_app.rules.valuation import net_cost
from compliance_app.rules.verdicts import Verdict

_CLOSE_PERCENT = 95
_MOST_NAMED = 3
_SEATS = frozenset({Category.TICKET, Category.ENTERTAINMENT})
_LIKE_MONEY = frozenset({Category.CASH, Category.GIFT_CARD})
# The fact under which a gift keeps how a recipient was named who has another name here.
NAMED_OTHERWISE = "named_otherwise"


class FlagCode(StrEnum):
    """Everything that can be flagged."""

    LATE_ENTRY = "late_entry"
    SPLITTING = "splitting"
    SEVERAL_GIVERS = "several_givers"
    JUST_UNDER = "just_under"
    NAMES_ADDED = "names_added_after_refusal"
    BELOW_INVOICE = "below_invoice"
    TICKET_WITHOUT_HOST = "ticket_without_host"
    CASH_EQUIVALENT = "cash_equivalent"
    OPEN_NEGOTIATION = "open_negotiation"
    POSSIBLE_DUPLICATE = "possible_duplicate"
    NAMED_OTHERWISE = "named_otherwise"
    LEFT_EMPLOYER = "left_employer"
    DEPARTED = "departed"
    EMPLOYER_RULES_VARY = "employer_rules_vary"
    REPORT_DUE = "report_due"
    VALUE_MATTERS = "value_matters"


_SENTENCES: Mapping[FlagCode, str] = {
    FlagCode.LATE_ENTRY: (
        "The gift was given on {given_on} and logged {days} days later; the firm asks for it "
        "within {allowed} days."
    ),
    FlagCode.SPLITTING: (
        "The same giver gave this person another gift within {days} days ({references}); "
        "together they come to {together_cents}."
    ),
    FlagCode.SEVERAL_GIVERS: (
        "{givers} people of the firm gave to this person within {days} days ({references})."
    ),
    FlagCode.JUST_UNDER: "The value of {counted_cents} is just under {threshold_cents}, {what}.",
    FlagCode.NAMES_ADDED: (
        "Recipients were added after an earlier form of this gift was turned down."
    ),
    FlagCode.BELOW_INVOICE: (
        "The cost entered, {cost_cents}, is less than the invoice shows, {invoice_cents}."
    ),
    FlagCode.TICKET_WITHOUT_HOST: (
        "Nobody from the firm is named as host, so the seat counts as a gift."
    ),
    FlagCode.CASH_EQUIVALENT: "Cash and gift cards can be spent like money.",
    FlagCode.OPEN_NEGOTIATION: (
        "Business with the recipient's employer is being negotiated at this time."
    ),
    FlagCode.POSSIBLE_DUPLICATE: "The recipient may be the same person as {other}.",
    FlagCode.NAMED_OTHERWISE: "The gift was entered for {named}.",
    FlagCode.LEFT_EMPLOYER: (
        "The recipient left the employer on {ended_on}, before the day of the gift."
    ),
    FlagCode.DEPARTED: "The recipient {departure} on {departed_on}, before the day of the gift.",
    FlagCode.EMPLOYER_RULES_VARY: (
        "What people of this employer may take varies ({employer_class}); check its own rules."
    ),
    FlagCode.REPORT_DUE: "The total for this union official must be reported on Form LM-10.",
    FlagCode.VALUE_MATTERS: (
        "Valued in another way that may be required, the total would be over the limit."
    ),
}


class Neighbor(NamedTuple):
    """Another gift around the same person or giver."""

    reference: str
    giver_id: int
    recipient_id: int
    given_on: date
    counted_cents: int
    declined: bool = False


class Surroundings(NamedTuple):
    """What the register knows around a gift."""

    logged_on: date
    giver_id: int
    recipient_id: int
    neighbors: Sequence[Neighbor] = ()
    open_negotiation: bool = False
    possible_duplicate: str | None = None
    employment_ended_on: date | None = None
    employer_class: EmployerClass | None = None
    departure: Departure | None = None
    departed_on: date | None = None
    names_added_after_refusal: bool = False
    invoice_cents: int | None = None


class Flag(NamedTuple):
    """A sign with what it rests on."""

    code: FlagCode
    params: Params = ()

    @classmethod
    def of(cls, code: FlagCode, **params: str | int) -> "Flag":
        """Make a flag from named amounts, days and words."""
        return cls(code, tuple(params.items()))

    @property
    def sentence(self) -> str:
        """Say it in plain words."""
        return fill(_SENTENCES[self.code], self.params)

    def as_document(self) -> dict[str, object]:
        """Return what is stored."""
        return {"code": self.code.value, "params": dict(self.params)}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Flag":
        """Read what `as_document` wrote."""
        return cls(FlagCode(document["code"]), tuple(document["params"].items()))


def find_flags(
    facts: Facts, surroundings: Surroundings, assessment: Assessment, policy: Policy
) -> tuple[Flag, ...]:
    """Return every sign that speaks, in the order a reviewer reads them."""
    around = surroundings.neighbors
    found = (
        _late_entry(facts, surroundings, policy),
        _splitting(facts, surroundings, assessment, policy) if around else None,
        _several_givers(facts, surroundings, policy) if around else None,
        _just_under(assessment, policy),
        Flag(FlagCode.NAMES_ADDED) if surroundings.names_added_after_refusal else None,
        _below_invoice(facts, surroundings),
        _ticket_without_host(facts),
        _cash_equivalent(facts),
        Flag(FlagCode.OPEN_NEGOTIATION) if surroundings.open_negotiation else None,
        _possible_duplicate(facts, surroundings),
        named_otherwise(facts),
        _left(facts, surroundings),
        _employer_rules_vary(surroundings),
        *_from_reasons(assessment),
    )
    return tuple(flag for flag in found if flag is not None)


def _late_entry(facts: Facts, around: Surroundings, policy: Policy) -> Flag | None:
    days = (around.logged_on - facts.given_on).days
    if facts.standing is Standing.PLANNED or days <= policy.late_after_days:
        return None
    return Flag.of(
        FlagCode.LATE_ENTRY,
        given_on=facts.given_on.isoformat(),
        days=days,
        allowed=policy.late_after_days,
    )


def _splitting(
    facts: Facts, around: Surroundings, assessment: Assessment, policy: Policy
) -> Flag | None:
    close = [
        neighbor
        for neighbor in _near(facts, around, policy.splitting_days)
        if neighbor.giver_id == around.giver_id
    ]
    if not close:
        return None
    together = assessment.counted_cents + sum(neighbor.counted_cents for neighbor in close)
    return Flag.of(
        FlagCode.SPLITTING,
        days=policy.splitting_days,
        references=_name(close),
        together_cents=together,
    )


def _several_givers(facts: Facts, around: Surroundings, policy: Policy) -> Flag | None:
    others = [
        neighbor
        for neighbor in _near(facts, around, policy.several_givers_days)
        if neighbor.giver_id != around.giver_id
    ]
    if not others:
        return None
    return Flag.of(
        FlagCode.SEVERAL_GIVERS,
        givers=len({neighbor.giver_id for neighbor in others}) + 1,
        days=policy.several_givers_days,
        references=_name(others),
    )


def _near(facts: Facts, around: Surroundings, days: int) -> list[Neighbor]:
    """Return the gifts to the same person within so many days, oldest first."""
    return sorted(
        (
            neighbor
            for neighbor in around.neighbors
            if neighbor.recipient_id == around.recipient_id
            and not neighbor.declined
            and abs((neighbor.given_on - facts.given_on).days) <= days
        ),
        key=lambda neighbor: (neighbor.given_on, neighbor.reference),
    )


def _name(neighbors: Sequence[Neighbor]) -> str:
    """Name the gifts: all of a few, else the first and how many more there are."""
    named = ", ".join(neighbor.reference for neighbor in neighbors[:_MOST_NAMED])
    more = len(neighbors) - _MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named


def _just_under(assessment: Assessment, policy: Policy) -> Flag | None:
    thresholds = (
        (assessment.limit_cents, "the limit"),
        (policy.nominal_value_threshold_cents, "the firm's nominal value"),
        *(
            (row.at_least_cents, "the value from which on somebody else decides")
            for row in policy.routing
        ),
    )
    cents = assessment.valuation.cents
    for threshold, what in thresholds:
        if threshold and threshold * _CLOSE_PERCENT <= cents * 100 < threshold * 100:
            return Flag.of(
                FlagCode.JUST_UNDER, counted_cents=cents, threshold_cents=threshold, what=what
            )
    return None


def _below_invoice(facts: Facts, around: Surroundings) -> Flag | None:
    invoice = around.invoice_cents
    if invoice is None:
        invoice = facts.cents("invoice_net")
    cost = net_cost(facts)
    if invoice is None or cost is None or cost * facts.quantity >= invoice:
        return None
    paid = cost * facts.quantity
    return Flag.of(FlagCode.BELOW_INVOICE, cost_cents=paid, invoice_cents=invoice)


def _ticket_without_host(facts: Facts) -> Flag | None:
    without = facts.category in _SEATS and not facts.hosted
    return Flag(FlagCode.TICKET_WITHOUT_HOST) if without else None


def _cash_equivalent(facts: Facts) -> Flag | None:
    money = facts.category in _LIKE_MONEY or facts.shows("cash_equivalent")
    return Flag(FlagCode.CASH_EQUIVALENT) if money else None


def _possible_duplicate(facts: Facts, around: Surroundings) -> Flag | None:
    other = around.possible_duplicate or facts.evidence.get("possible_duplicate_identity")
    return Flag.of(FlagCode.POSSIBLE_DUPLICATE, other=other) if other else None


def named_otherwise(facts: Facts) -> Flag | None:
    """Say how a recipient was named whose address belongs to somebody of another name."""
    named = facts.evidence.get(NAMED_OTHERWISE)
    return Flag.of(FlagCode.NAMED_OTHERWISE, named=named) if named else None


def _left(facts: Facts, around: Surroundings) -> Flag | None:
    """Say that the person was gone by then: from the industry, else from the employer."""
    gone = around.departed_on
    if around.departure is not None and gone is not None and gone < facts.given_on:
        said = around.departure.words
        return Flag.of(FlagCode.DEPARTED, departure=said, departed_on=gone.isoformat())
    ended = around.employment_ended_on
    if ended is None or ended >= facts.given_on:
        return None
    return Flag.of(FlagCode.LEFT_EMPLOYER, ended_on=ended.isoformat())


def _employer_rules_vary(around: Surroundings) -> Flag | None:
    kind = around.employer_class
    if kind is None or not CLASSES[kind].needs_review:
        return None
    return Flag.of(FlagCode.EMPLOYER_RULES_VARY, employer_class=kind.words)


_FLAGGED_REASONS = {
    ReasonCode.REPORTABLE: FlagCode.REPORT_DUE,
    ReasonCode.OTHER_VALUE_EXCEEDS: FlagCode.VALUE_MATTERS,
}


def _from_reasons(assessment: Assessment) -> Iterator[Flag]:
    if assessment.verdict is not Verdict.WITHIN_LIMIT:
        return
    for note in assessment.notes:
        if note.code in _FLAGGED_REASONS:
            yield Flag(_FLAGGED_REASONS[note.code])
