"""The laws that limit a gift, as dated rows; a row is added when the law changes, never edited.

`checked` says whether a row was compared with the text of the law itself; where it was
not, the page shows so. docs/rule-3220.md lists the open points.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from compliance_app.rules.facts import Category, Facts, RecipientClass
from compliance_app.rules.valuation import Basis

_DENIED = frozenset({"false"})
LIMIT_RAISED_ON = date(2026, 3, 30)


class Operator(StrEnum):
    """When a total is too much: above the limit, or already at it."""

    GT = "gt"
    GE = "ge"


class Counting(StrEnum):
    """Over which days a regime adds up."""

    FIRM_YEAR = "firm_year"
    CALENDAR_YEAR = "calendar_year"
    OCCASION = "occasion"


class Limit(NamedTuple):
    """An amount from a day on; `cents` is None where the law gives no figure."""

    since: date
    cents: int | None
    source: str
    checked: bool


class Claim(NamedTuple):
    """A fact a regime hangs on: one of `values`, or any but `others`, or plainly not denied."""

    name: str
    values: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    bare: str = "true"  # what the fact means when it is named without a value
    absent: str = "false"  # and when it is not named at all

    def holds(self, facts: Facts) -> bool:
        """Say whether the share is one the regime is about."""
        said = facts.evidence.get(self.name, self.absent).lower()
        meant = self.bare if said in {"", "true"} else said
        if self.values:
            return meant in self.values
        return meant not in (self.others or _DENIED)


@dataclass(frozen=True, slots=True, eq=False)
class Regime:
    """One law: whom it protects, how it counts, what it bars outright."""

    code: str
    authority: str
    classes: frozenset[RecipientClass]
    limits: tuple[Limit, ...]
    operator: Operator = Operator.GT
    counting: Counting = Counting.FIRM_YEAR
    basis: Basis | None = None  # None: the firm's valuation basis
    # Rule 3220's exclusions, the firm's own limits and its transition setting hold here.
    is_3220: bool = False
    has_exclusions: bool = False
    reporting_only: bool = False
    ignores_below_cents: int = 0
    claims: tuple[Claim, ...] = ()  # all must hold
    overrides: str = ""
    barred_categories: frozenset[Category] = frozenset()
    barred_by: str = ""
    must_answer: str = ""


RULE_3220_LIMITS = (
    Limit(
        date(1992, 12, 28), 100_00, "Rule 3060, then Rule 3220(a), before RN 26-05", checked=True
    ),
    Limit(LIMIT_RAISED_ON, 300_00, "Rule 3220(a), Regulatory Notice 26-05", checked=True),
)
_CONFORMING = (
    Limit(
        date(1992, 12, 28), 100_00, "Gift exception before Regulatory Notice 26-05", checked=True
    ),
    Limit(LIMIT_RAISED_ON, 300_00, "Gift exception, Regulatory Notice 26-05", checked=True),
)
_G20_MEMBER = (
    Limit(date(1994, 4, 25), 100_00, "MSRB G-20 before 2026", checked=False),
    Limit(date(2026, 6, 1), 300_00, "MSRB G-20 for members of FINRA (U5)", checked=False),
)
_G20_OTHER = (
    Limit(date(1994, 4, 25), 100_00, "MSRB G-20 before 2026", checked=False),
    Limit(
        date(2026, 12, 1), 300_00, "MSRB G-20 for municipal advisors and banks (U5)", checked=False
    ),
)
_NO_FIGURE_CA = "Gov. Code 89503: the figure of these years is not on file"
_CALIFORNIA = (
    Limit(date.min, None, _NO_FIGURE_CA, checked=False),
    Limit(date(2025, 1, 1), 630_00, "Gov. Code 89503, 2025-2026", checked=False),
    Limit(date(2027, 1, 1), None, _NO_FIGURE_CA, checked=False),
)


def _always(cents: int | None, source: str, *, checked: bool) -> tuple[Limit, ...]:
    return (Limit(date.min, cents, source, checked=checked),)


_CASH = frozenset({Category.CASH})
_CASH_OR_CARD = frozenset({Category.CASH, Category.GIFT_CARD})
_MEMBER = frozenset({"finra_member_dealer"})
_LOBBYIST = "source_employs_registered_lobbyist"
_CONGRESS_FLOOR_CENTS = 10_00


def _non_cash(rule: str) -> Regime:
    """Return one of the four non-cash compensation rules, which differ by product only."""
    return Regime(
        code=f"FINRA_{rule}",
        authority=f"FINRA {rule}",
        classes=frozenset({RecipientClass.THIRD_PARTY_BD_REP}),
        limits=_CONFORMING,
        has_exclusions=True,
        claims=(Claim("non_cash_compensation", frozenset({rule}), bare="2341"),),
        barred_by="preconditioned_on_sales",
    )


def _municipal(limits: tuple[Limit, ...], firm: Claim) -> Regime:
    return Regime(
        code="MSRB_G20",
        authority="MSRB G-20(c)",
        classes=frozenset({RecipientClass.MUNICIPAL_ISSUER_EMPLOYEE}),
        limits=limits,
        basis=Basis.HIGHER,
        has_exclusions=True,
        claims=(
            Claim("relates_to_municipal_securities_activity", absent="true"),
            firm,
        ),
    )


def _federal(code: str, cents: int, counting: Counting) -> Regime:
    return Regime(
        code=code,
        authority="5 CFR 2635.204(a)",
        classes=frozenset({RecipientClass.US_FEDERAL_EXECUTIVE}),
        limits=_always(cents, "5 CFR 2635.204(a), text of October 2024", checked=True),
        counting=counting,
        basis=Basis.FAIR_MARKET,
        barred_categories=_CASH,
    )


def _congress(code: str, cents: int, counting: Counting, who: RecipientClass) -> Regime:
    house = who is RecipientClass.US_HOUSE
    authority = "House Rule 25 cl. 5, House Ethics Manual 2022" if house else "Senate Rule 35.1"
    return Regime(
        code=code,
        authority=authority,
        classes=frozenset({who}),
        limits=_always(cents, authority, checked=True),
        operator=Operator.GE,
        counting=counting,
        basis=Basis.FAIR_MARKET,
        barred_categories=_CASH_OR_CARD,
        barred_by=_LOBBYIST,
        must_answer=_LOBBYIST,
        ignores_below_cents=_CONGRESS_FLOOR_CENTS if counting is Counting.CALENDAR_YEAR else 0,
    )


RULE_3220 = Regime(
    code="FINRA_3220",
    authority="Rule 3220(a)",
    classes=frozenset(RecipientClass),
    limits=RULE_3220_LIMITS,
    is_3220=True,
    has_exclusions=True,
)

REGIMES: tuple[Regime, ...] = (
    RULE_3220,
    Regime(
        code="FINRA_2070c",
        authority="FINRA 2070(c)",
        classes=frozenset({RecipientClass.FINRA_EMPLOYEE}),
        limits=_always(None, "FINRA 2070(c): nothing above nominal value", checked=True),
        claims=(Claim("regulatory_matter_involving_member"),),
        overrides="FINRA_3220",
        barred_by="regulatory_matter_involving_member",
    ),
    *(_non_cash(rule) for rule in ("2341", "2320", "2310", "5110")),
    _municipal(_G20_MEMBER, Claim("firm_type", values=_MEMBER, absent="finra_member_dealer")),
    _municipal(_G20_OTHER, Claim("firm_type", others=_MEMBER, absent="finra_member_dealer")),
    Regime(
        code="DOL_ERISA_250",
        authority="DOL/EBSA Enforcement Manual, Fiduciary Investigations Program",
        classes=frozenset({RecipientClass.ERISA_FIDUCIARY}),
        limits=_always(250_00, "DOL/EBSA Enforcement Manual, August 2008", checked=False),
        operator=Operator.GE,
        barred_categories=_CASH,
    ),
    Regime(
        code="DOL_LM10_250",
        authority="DOL OLMS Form LM-10 FAQ (Q50)",
        classes=frozenset({RecipientClass.UNION_OFFICIAL}),
        limits=_always(250_00, "DOL OLMS Form LM-10 FAQ (Q50)", checked=True),
        reporting_only=True,
    ),
    _federal("US_5CFR_2635_204a_occasion", 20_00, Counting.OCCASION),
    _federal("US_5CFR_2635_204a_year", 50_00, Counting.CALENDAR_YEAR),
    _congress("US_HOUSE_R25_gift", 50_00, Counting.OCCASION, RecipientClass.US_HOUSE),
    _congress("US_HOUSE_R25_year", 100_00, Counting.CALENDAR_YEAR, RecipientClass.US_HOUSE),
    _congress("US_SENATE_R35_gift", 50_00, Counting.OCCASION, RecipientClass.US_SENATE),
    _congress("US_SENATE_R35_year", 100_00, Counting.CALENDAR_YEAR, RecipientClass.US_SENATE),
    Regime(
        code="CA_PRA_2025_2026",
        authority="Cal. Political Reform Act, Gov. Code 89503",
        classes=frozenset({RecipientClass.CA_PUBLIC_OFFICIAL}),
        limits=_CALIFORNIA,
        counting=Counting.CALENDAR_YEAR,
    ),
    Regime(
        code="FCPA",
        authority="15 USC 78dd-1; FCPA Resource Guide",
        classes=frozenset({RecipientClass.FOREIGN_OFFICIAL}),
        limits=_always(None, "15 USC 78dd-1 has no minimum amount", checked=True),
    ),
)


_BY_CODE = {regime.code: regime for regime in reversed(REGIMES)}


def regimes_for(facts: Facts) -> tuple[Regime, ...]:
    """Return every regime that applies to the share, Rule 3220 first."""
    candidates = _regimes_of(facts.recipient_classes)
    if len(candidates) == 1:
        return candidates
    applicable = [
        regime for regime in candidates if all(claim.holds(facts) for claim in regime.claims)
    ]
    overridden = {regime.overrides for regime in applicable}
    return tuple(regime for regime in applicable if regime.code not in overridden)


def regime_named(code: str) -> Regime | None:
    """Return the regime of that code; an exclusion may name a law that has no limits here."""
    return _BY_CODE.get(code)


def limit_on(day: date, limits: tuple[Limit, ...]) -> Limit:
    """Return the limit in force on `day`; before the first row, the first."""
    for limit in reversed(limits):
        if limit.since <= day:
            return limit
    return limits[0]


@lru_cache
def _regimes_of(classes: tuple[RecipientClass, ...]) -> tuple[Regime, ...]:
    return tuple(regime for regime in REGIMES if not regime.classes.isdisjoint(classes))
