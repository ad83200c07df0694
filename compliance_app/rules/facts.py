"""What an assessment looks at: one share of one gift, and the shares it is added to.

The words are those of the golden cases (docs/golden-cases.md), so a case, a form and a
row of the register describe a gift in the same terms. Money is integer cents of USD.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from compliance_app.rules.money import MoneyError, parse_cents

_LONGEST_COUNT = 10


class FactsError(ValueError):
    """The facts cannot be read, or contradict themselves."""


class Category(StrEnum):
    """What kind of thing of value was given."""

    MERCHANDISE = "merchandise"
    TICKET = "ticket"
    GIFT_CARD = "gift_card"
    CASH = "cash"
    HOLIDAY = "holiday"
    WEDDING = "wedding"
    BIRTH = "birth"
    BEREAVEMENT = "bereavement"
    DE_MINIMIS = "de_minimis"
    PROMOTIONAL_LOGO = "promotional_logo"
    COMMEMORATIVE = "commemorative"
    ENTERTAINMENT = "entertainment"
    PRIZE = "prize"
    CHARITABLE = "charitable"
    DISASTER_DONATION = "disaster_donation"
    COMPENSATION_FOR_SERVICES = "compensation_for_services"


class Payer(StrEnum):
    """Who bore the cost."""

    MEMBER = "member"
    GIVER_REIMBURSED = "giver_reimbursed"
    GIVER_PERSONAL = "giver_personal"
    THIRD_PARTY = "third_party"


class GiverType(StrEnum):
    """Who gave: anyone but `CLIENT` gives for the member."""

    ASSOCIATED_PERSON = "associated_person"
    MEMBER = "member"
    THIRD_PARTY_ON_BEHALF = "third_party_on_behalf"
    AFFILIATE_AT_REQUEST = "affiliate_at_request"
    CLIENT = "client"


class RecipientClass(StrEnum):
    """What the recipient is; the regimes that apply follow from it."""

    INSTITUTIONAL_CLIENT_EMPLOYEE = "institutional_client_employee"
    RETAIL_INDIVIDUAL = "retail_individual"
    RETAIL_AND_INSTITUTIONAL = "retail_and_institutional"
    OWN_ASSOCIATED_PERSON = "own_associated_person"
    THIRD_PARTY_BD_REP = "third_party_bd_rep"
    FINRA_EMPLOYEE = "finra_employee"
    MUNICIPAL_ISSUER_EMPLOYEE = "municipal_issuer_employee"
    ERISA_FIDUCIARY = "erisa_fiduciary"
    UNION_OFFICIAL = "union_official"
    US_FEDERAL_EXECUTIVE = "us_federal_executive"
    US_HOUSE = "us_house"
    US_SENATE = "us_senate"
    CA_PUBLIC_OFFICIAL = "ca_public_official"
    FOREIGN_OFFICIAL = "foreign_official"
    REGISTERED_FUND_ADVISORY_PERSONNEL = "registered_fund_advisory_personnel"


class Standing(StrEnum):
    """What has become of the gift: planned and given ones count, the others may not."""

    PLANNED = "planned"
    GIVEN = "given"
    REFUSED = "refused"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Facts(NamedTuple):
    """One recipient's share of one gift, as claimed.

    Every amount is per unit; `cost_cents` leaves out tax and delivery. Where only
    `total_paid_cents` is known, `tax_cents` and `delivery_cents` are taken off it.
    `evidence` maps the name of a fact to its value (an empty string where the name says
    all, "false" where it is denied), as `flags` does in the golden cases.
    """

    given_on: date
    category: Category
    payer: Payer = Payer.MEMBER
    cost_cents: int | None = None
    total_paid_cents: int | None = None
    market_value_cents: int | None = None
    face_value_cents: int | None = None
    tax_cents: int = 0
    delivery_cents: int = 0
    quantity: int = 1
    recipients_count: int = 1
    giver_type: GiverType = GiverType.ASSOCIATED_PERSON
    recipient_classes: tuple[RecipientClass, ...] = (RecipientClass.INSTITUTIONAL_CLIENT_EMPLOYEE,)
    standing: Standing = Standing.GIVEN
    host_present: bool | None = None
    evidence: Mapping[str, str] = MappingProxyType({})

    def shows(self, name: str) -> bool:
        """Say whether the fact is claimed and not denied."""
        return self.evidence.get(name, "false").lower() != "false"

    def cents(self, name: str) -> int | None:
        """Return a fact that is an amount; None where it is not claimed."""
        said = self.evidence.get(name)
        try:
            return None if said is None else parse_cents(said)
        except MoneyError as error:
            raise FactsError(f'The fact "{name}" must be an amount. {error}') from error

    def number_of(self, name: str) -> int:
        """Return a fact that is a number of things; 0 where it is not claimed."""
        said = self.evidence.get(name, "0")
        if not (said.isascii() and said.isdecimal() and len(said) < _LONGEST_COUNT):
            raise FactsError(f'The fact "{name}" must be a whole number, for example 3.')
        return int(said)

    def day(self, name: str) -> date | None:
        """Return a fact that is a day; None where it is not claimed."""
        said = self.evidence.get(name)
        try:
            return date.fromisoformat(said) if said else None
        except ValueError as error:
            raise FactsError(
                f'The fact "{name}" must be a day such as 2026-03-30, not "{said}".'
            ) from error

    @property
    def hosted(self) -> bool:
        """Say whether somebody of the member was there; not known means no."""
        return self.host_present if self.host_present is not None else self.shows("host_present")


class PriorShare(NamedTuple):
    """A share already in the register for the same recipient: counted, or reserved.

    `reference` names its gift in reasons; `regime_cents` holds what it counts for under
    regimes that value it otherwise (by regime code).
    """

    given_on: date
    counted_cents: int
    reference: str = ""
    pending: bool = False
    regime_cents: Mapping[str, int] = {}
