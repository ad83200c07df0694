"""What a client firm is, from a day on, and what follows for gifts to its people.

The regimes of a firm's class join those of the person: the strictest decides. What the law
leaves to each jurisdiction has no class of recipients; a person must look at such gifts.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from compliance_app.rules.facts import RecipientClass

R = RecipientClass


class EmployerClass(StrEnum):
    """What a client firm is."""

    INSTITUTION = "institution"
    ISSUER = "issuer"
    BROKER_DEALER = "broker_dealer"
    BANK = "bank"
    FUND_ADVISER = "fund_adviser"
    ERISA_PLAN = "erisa_plan"
    GOVERNMENT_PLAN = "government_plan"
    UNION = "union"
    MUNICIPAL_ENTITY = "municipal_entity"
    FINRA = "finra"
    FEDERAL_AGENCY = "federal_agency"
    US_HOUSE = "us_house"
    US_SENATE = "us_senate"
    CALIFORNIA_BODY = "california_body"
    STATE_OR_LOCAL_BODY = "state_or_local_body"
    FOREIGN_GOVERNMENT = "foreign_government"

    @property
    def words(self) -> str:
        """Return the class as people say it."""
        return CLASSES[self].words


class Consequence(NamedTuple):
    """What follows from a firm's class: classes of recipients, or that a person must look."""

    words: str
    recipient_classes: tuple[RecipientClass, ...]
    source: str
    needs_review: bool = False


_3220 = "FINRA Rule 3220(a): a gift related to the business of the recipient's employer"
_VARIES = "No single limit: each state, city and plan has its own rules; a person must look"

CLASSES: Mapping[EmployerClass, Consequence] = {
    EmployerClass.INSTITUTION: Consequence("Institutional client", (), _3220),
    EmployerClass.ISSUER: Consequence("Issuer of securities", (), _3220),
    EmployerClass.BROKER_DEALER: Consequence(
        "Broker-dealer",
        (R.THIRD_PARTY_BD_REP,),
        "FINRA Rules 2310, 2320, 2341 and 5110, gift exceptions to non-cash compensation",
    ),
    EmployerClass.BANK: Consequence(
        "Bank", (), "18 USC 215: intent decides, the guidelines name no figure; Rule 3220(a)"
    ),
    EmployerClass.FUND_ADVISER: Consequence(
        "Adviser of a registered fund",
        (R.REGISTERED_FUND_ADVISORY_PERSONNEL,),
        "Investment Company Act 17(e)(1); SEC IM Guidance 2015-01",
    ),
    EmployerClass.ERISA_PLAN: Consequence(
        "ERISA plan", (R.ERISA_FIDUCIARY,), "DOL/EBSA Enforcement Manual, August 2008"
    ),
    EmployerClass.GOVERNMENT_PLAN: Consequence(
        "Government pension plan", (), _VARIES, needs_review=True
    ),
    EmployerClass.UNION: Consequence(
        "Union", (R.UNION_OFFICIAL,), "DOL OLMS Form LM-10 FAQ (Q50): to be reported above 250"
    ),
    EmployerClass.MUNICIPAL_ENTITY: Consequence(
        "Municipal entity", (R.MUNICIPAL_ISSUER_EMPLOYEE,), "MSRB Rule G-20(c)"
    ),
    EmployerClass.FINRA: Consequence("FINRA", (R.FINRA_EMPLOYEE,), "FINRA Rule 2070(c)"),
    EmployerClass.FEDERAL_AGENCY: Consequence(
        "U.S. executive branch", (R.US_FEDERAL_EXECUTIVE,), "5 CFR 2635.204(a)"
    ),
    EmployerClass.US_HOUSE: Consequence("U.S. House", (R.US_HOUSE,), "House Rule 25 cl. 5"),
    EmployerClass.US_SENATE: Consequence("U.S. Senate", (R.US_SENATE,), "Senate Rule 35.1"),
    EmployerClass.CALIFORNIA_BODY: Consequence(
        "California public body", (R.CA_PUBLIC_OFFICIAL,), "California Gov. Code 89503"
    ),
    EmployerClass.STATE_OR_LOCAL_BODY: Consequence(
        "Other state or local body", (), _VARIES, needs_review=True
    ),
    EmployerClass.FOREIGN_GOVERNMENT: Consequence(
        "Foreign government or state-owned firm",
        (R.FOREIGN_OFFICIAL,),
        "15 USC 78dd-1: no minimum amount; a state-owned firm may be an instrumentality",
    ),
}


def classes_of(
    person: RecipientClass, employer: EmployerClass | None
) -> tuple[RecipientClass, ...]:
    """Return the classes by which a gift to the person is judged: their own first."""
    if employer is None:
        return (person,)
    return tuple(dict.fromkeys((person, *CLASSES[employer].recipient_classes)))
