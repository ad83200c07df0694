"""What does not count toward the limit, and what must be shown to claim it.

Only the clear ends are settled here; everything between goes to a person.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from compliance_app.rules.facts import (
    Category,
    Facts,
    GiverType,
    Payer,
    RecipientClass,
    Standing,
)
from compliance_app.rules.matter import Matter
from compliance_app.rules.reasons import Reason, ReasonCode
from compliance_app.rules.verdicts import Verdict

ENTERTAINMENT_REGIME = "FINRA_business_entertainment"


class Exclusion(NamedTuple):
    """A way out of the limit; `asks` names the facts that must be shown."""

    authority: str
    verdict: Verdict = Verdict.EXEMPT_RECORD_ONLY
    asks: tuple[str, ...] = ()
    in_scope: bool = True
    record_required: bool = True
    regime: str = ""  # empty: the one that was judged


_SCOPE = "Rule 3220, supplementary material on scope"
_NOMINAL = "Rule 3220, supplementary material on de minimis, promotional and commemorative items"
_HOSTED = "NASD letter to T. Rowe Price, June 10, 1999"
_NO_RECORD = Verdict.EXEMPT_NO_RECORD_REQUIRED

EXCLUSIONS: Mapping[ReasonCode, Exclusion] = {
    ReasonCode.INBOUND: Exclusion("Rule 3220(a)", in_scope=False, record_required=False),
    ReasonCode.OWN_PERSON: Exclusion(_SCOPE, _NO_RECORD, in_scope=False, record_required=False),
    ReasonCode.RETAIL: Exclusion(_SCOPE, _NO_RECORD, in_scope=False, record_required=False),
    ReasonCode.REFUSED: Exclusion("Rule 3220(a)"),
    ReasonCode.CANCELLED: Exclusion("Rule 3220(a)"),
    ReasonCode.EXEMPTION: Exclusion("Rule 9600 Series", asks=("exemption_id",)),
    ReasonCode.CONTRACT: Exclusion(
        "Rule 3220(b)",
        asks=(
            "written_agreement_before_service",
            "nature_and_amount_stated",
            "employer_written_consent",
        ),
    ),
    ReasonCode.ENTERTAINMENT: Exclusion(
        _HOSTED, asks=("host_present",), regime=ENTERTAINMENT_REGIME
    ),
    ReasonCode.ENTERTAINMENT_OFTEN: Exclusion(
        _HOSTED,
        Verdict.NEEDS_COMPLIANCE_JUDGEMENT,
        asks=("host_present",),
        regime=ENTERTAINMENT_REGIME,
    ),
    ReasonCode.PERSONAL: Exclusion(
        "Rule 3220, supplementary material on personal gifts",
        asks=("pre_existing_personal_relationship",),
    ),
    ReasonCode.BEREAVEMENT: Exclusion(
        "FINRA letter to SIFMA, December 17, 2007",
        _NO_RECORD,
        asks=("deceased_relation",),
        record_required=False,
    ),
    ReasonCode.DE_MINIMIS: Exclusion(_NOMINAL, _NO_RECORD, record_required=False),
    ReasonCode.PROMOTIONAL: Exclusion(
        _NOMINAL, _NO_RECORD, asks=("has_logo",), record_required=False
    ),
    ReasonCode.COMMEMORATIVE: Exclusion(
        _NOMINAL, _NO_RECORD, asks=("solely_decorative",), record_required=False
    ),
    ReasonCode.DISASTER: Exclusion(
        "Rule 3220, supplementary material on federally declared major disasters",
        asks=("federal_major_disaster_declaration",),
    ),
}

# What a person must judge, and why the law does not settle it.
QUESTIONS: Mapping[ReasonCode, str] = {
    ReasonCode.CLIENT_KIND_UNCLEAR: _SCOPE,
    ReasonCode.RETURNED: "Rule 3220(a)",
    ReasonCode.REIMBURSED: "Rule 3220(a)",
    ReasonCode.NAMES_MISSING: "Rule 3220(c) and supplementary material on valuation",
    ReasonCode.PERSONAL_UNCLEAR: "Rule 3220, supplementary material on personal gifts",
    ReasonCode.BEREAVEMENT_UNCLEAR: "FINRA letter to SIFMA, December 17, 2007",
    ReasonCode.NOMINAL_UNSET: _NOMINAL,
    ReasonCode.NOMINAL_SERIES: _NOMINAL,
    ReasonCode.CHARITY: "Rule 3220(a)",
    ReasonCode.PASSED_ON: "Rule 3220, supplementary material on valuation",
    ReasonCode.FEE: "Rule 3220, supplementary material on valuation",
    ReasonCode.VALUE_UNKNOWN: "Rule 3220, supplementary material on valuation",
}

# The relations of the 2007 letter; anybody else's loss is for a person to weigh.
CLOSE_RELATIONS = frozenset(
    {"self", "employee", "recipient", "parent", "father", "mother", "parent_in_law"}
    | {"sibling", "brother", "sister", "child", "son", "daughter"}
    | {"spouse", "husband", "wife"}
)


def find_exclusion(matter: Matter) -> Reason | None:
    """Return the exclusion or the open question that takes a share out of the plain sum."""
    general = _find_general(matter.facts)
    if general is not None:
        return general
    test = _BY_CATEGORY.get(matter.facts.category)
    return test(matter) if test is not None else None


def find_standing(facts: Facts) -> Reason | None:
    """Return why a gift is none under any law, or why nobody can say yet."""
    if facts.giver_type is GiverType.CLIENT:
        return _exclude(ReasonCode.INBOUND)
    if facts.standing is not Standing.GIVEN and facts.standing is not Standing.PLANNED:
        return _STANDINGS[facts.standing]
    if facts.evidence and facts.recipients_count > 1 and facts.shows("recipient_names_missing"):
        return ask(ReasonCode.NAMES_MISSING)
    return None


def _exclude(code: ReasonCode, **params: str | int) -> Reason:
    return Reason.of(code, EXCLUSIONS[code].authority, **params)


def ask(code: ReasonCode, **params: str | int) -> Reason:
    """Return the question as a reason."""
    return Reason.of(code, QUESTIONS[code], **params)


_STANDINGS = {
    Standing.REFUSED: _exclude(ReasonCode.REFUSED),
    Standing.CANCELLED: _exclude(ReasonCode.CANCELLED),
    Standing.RETURNED: ask(ReasonCode.RETURNED),
}


def _find_general(facts: Facts) -> Reason | None:
    if facts.evidence:
        exemption = facts.evidence.get("exemption_id")
        if exemption and _is_in_force(facts):
            return _exclude(ReasonCode.EXEMPTION, exemption=exemption)
        if facts.shows("recipient_reimbursed"):
            return ask(ReasonCode.REIMBURSED)
    return find_scope(facts.recipient_classes)


_INSTITUTIONAL_ONLY = (RecipientClass.INSTITUTIONAL_CLIENT_EMPLOYEE,)


def find_scope(classes: tuple[RecipientClass, ...]) -> Reason | None:
    """Return why the rule does not reach these recipients, or why that is not clear."""
    if classes == _INSTITUTIONAL_ONLY:
        return None
    if RecipientClass.OWN_ASSOCIATED_PERSON in classes:
        return _exclude(ReasonCode.OWN_PERSON)
    if set(classes) == {RecipientClass.RETAIL_INDIVIDUAL}:
        return _exclude(ReasonCode.RETAIL)
    if not {RecipientClass.RETAIL_INDIVIDUAL, RecipientClass.RETAIL_AND_INSTITUTIONAL}.isdisjoint(
        classes
    ):
        return ask(ReasonCode.CLIENT_KIND_UNCLEAR)
    return None


def _is_in_force(facts: Facts) -> bool:
    """Say whether FINRA's relief covers the day; it may name its first and last."""
    since = facts.day("exemption_from") or date.min
    until = facts.day("exemption_until") or date.max
    return since <= facts.given_on <= until


def _contract(matter: Matter) -> Reason | None:
    facts = matter.facts
    shown = all(facts.shows(fact) for fact in EXCLUSIONS[ReasonCode.CONTRACT].asks)
    return _exclude(ReasonCode.CONTRACT) if shown else None


def _entertainment(matter: Matter) -> Reason | None:
    facts = matter.facts
    if not facts.hosted:
        return None
    if facts.shows("virtual") and not facts.shows("consumed_during_event"):
        return None
    count = facts.number_of("entertainment_count_in_quarter")
    if count >= matter.policy.entertainment_review_count:
        return _exclude(ReasonCode.ENTERTAINMENT_OFTEN, count=count)
    return _exclude(ReasonCode.ENTERTAINMENT)


def _personal(matter: Matter) -> Reason | None:
    facts = matter.facts
    if facts.payer in {Payer.MEMBER, Payer.GIVER_REIMBURSED}:
        return None
    if facts.payer is Payer.GIVER_PERSONAL and facts.shows("pre_existing_personal_relationship"):
        return _exclude(ReasonCode.PERSONAL)
    return ask(ReasonCode.PERSONAL_UNCLEAR)


def _bereavement(matter: Matter) -> Reason:
    facts = matter.facts
    near = facts.evidence.get("deceased_relation", "").lower() in CLOSE_RELATIONS
    if (
        not near
        or facts.shows("lavish")
        or matter.valuation.cents > matter.policy.bereavement_review_cents
    ):
        return ask(ReasonCode.BEREAVEMENT_UNCLEAR)
    return _exclude(ReasonCode.BEREAVEMENT)


def _nominal(matter: Matter, code: ReasonCode) -> Reason | None:
    facts, limit_cents = matter.facts, matter.limit.cents or 0
    threshold = matter.policy.nominal_value_threshold_cents
    if threshold is None:
        return ask(ReasonCode.NOMINAL_UNSET)
    if matter.valuation.cents > threshold:
        return None
    count = facts.number_of("promotional_items_to_recipient_in_period")
    series = count * matter.valuation.cents
    if series > limit_cents:
        return ask(
            ReasonCode.NOMINAL_SERIES,
            count=count,
            series_cents=series,
            limit_cents=limit_cents,
        )
    return _exclude(code, threshold_cents=threshold)


def _de_minimis(matter: Matter) -> Reason | None:
    return _nominal(matter, ReasonCode.DE_MINIMIS)


def _promotional(matter: Matter) -> Reason | None:
    facts = matter.facts
    return _nominal(matter, ReasonCode.PROMOTIONAL) if facts.shows("has_logo") else None


def _commemorative(matter: Matter) -> Reason | None:
    facts = matter.facts
    return _exclude(ReasonCode.COMMEMORATIVE) if facts.shows("solely_decorative") else None


def _disaster(matter: Matter) -> Reason | None:
    facts = matter.facts
    declaration = facts.evidence.get("federal_major_disaster_declaration")
    return _exclude(ReasonCode.DISASTER, declaration=declaration) if declaration else None


def _charity(matter: Matter) -> Reason | None:
    return ask(ReasonCode.CHARITY)


_BY_CATEGORY: Mapping[Category, Callable[[Matter], Reason | None]] = {
    Category.COMPENSATION_FOR_SERVICES: _contract,
    Category.ENTERTAINMENT: _entertainment,
    Category.TICKET: _entertainment,
    Category.WEDDING: _personal,
    Category.BIRTH: _personal,
    Category.BEREAVEMENT: _bereavement,
    Category.DE_MINIMIS: _de_minimis,
    Category.PROMOTIONAL_LOGO: _promotional,
    Category.COMMEMORATIVE: _commemorative,
    Category.DISASTER_DONATION: _disaster,
    Category.CHARITABLE: _charity,
}
