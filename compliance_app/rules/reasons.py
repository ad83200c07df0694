"""Why: each step of an assessment as a code, amounts and an authority, and its sentence.

Page, interface, PDF and trail all show `Reason.sentence`, so they say the same.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from compliance_app.rules.money import format_dollars

MONTHS = (  # not the calendar's: those speak the language of the machine
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class ReasonCode(StrEnum):
    """Everything an assessment can give as a reason."""

    VALUED = "valued"
    DIVIDED = "divided"
    PRIOR = "prior"
    PRIOR_WAITING = "prior_waiting"
    WITHIN = "within"
    BELOW = "below"
    EXCEEDS = "exceeds"
    REACHES = "reaches"
    LATER_GIFT = "later_gift_exceeds"
    EARLIER_YEAR = "earlier_year_still_runs"
    FIRM_LIMIT = "firm_limit"
    NO_FIGURE = "no_figure"
    UNCHECKED = "figure_not_checked"
    REPORTABLE = "reportable"
    BARRED_CATEGORY = "barred_category"
    BARRED = "barred"
    UNANSWERED = "unanswered"
    TOO_SMALL = "too_small_to_count"
    OTHER_VALUE_EXCEEDS = "other_value_exceeds"
    OTHER_VALUE_WITHIN = "other_value_within"
    TRANSITION = "transition_matters"
    HELD = "held"
    CURRENCY = "currency"
    FUND_PERSONNEL = "fund_personnel"
    INBOUND = "inbound"
    OWN_PERSON = "own_associated_person"
    RETAIL = "retail_individual"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXEMPTION = "exemption_on_file"
    CONTRACT = "contract"
    ENTERTAINMENT = "hosted_entertainment"
    PERSONAL = "personal"
    BEREAVEMENT = "bereavement"
    DE_MINIMIS = "de_minimis"
    PROMOTIONAL = "promotional"
    COMMEMORATIVE = "commemorative"
    DISASTER = "disaster_donation"
    CLIENT_KIND_UNCLEAR = "client_kind_unclear"
    RETURNED = "returned"
    REIMBURSED = "recipient_reimbursed"
    NAMES_MISSING = "names_missing"
    PASSED_ON = "passed_on"
    FEE = "fee"
    VALUE_UNKNOWN = "value_unknown"
    PERSONAL_UNCLEAR = "personal_unclear"
    BEREAVEMENT_UNCLEAR = "bereavement_unclear"
    NOMINAL_UNSET = "nominal_unset"
    NOMINAL_SERIES = "nominal_series"
    ENTERTAINMENT_OFTEN = "entertainment_often"
    CHARITY = "charity"


_SENTENCES: Mapping[ReasonCode, str] = {
    ReasonCode.VALUED: "This gift counts for {counted_cents}: {basis}.",
    ReasonCode.DIVIDED: (
        "This share counts for {counted_cents}: {whole_cents} divided among {recipients} "
        "recipients ({basis})."
    ),
    ReasonCode.PRIOR: (
        "The firm's other gifts to this person {period} come to {prior_cents} up to that day."
    ),
    ReasonCode.PRIOR_WAITING: (
        "The firm's other gifts to this person {period} come to {prior_cents} up to that day; "
        "{pending_cents} of it is not given yet."
    ),
    ReasonCode.WITHIN: (
        "All gifts from the firm to this person {period} come to {running_cents} with this one; "
        "the limit is {limit_cents}."
    ),
    ReasonCode.BELOW: (
        "All gifts from the firm to this person {period} come to {running_cents} with this one; "
        "the total must stay below {limit_cents}."
    ),
    ReasonCode.EXCEEDS: (
        "All gifts from the firm to this person {period} would come to {running_cents} with this "
        "one, which is {over_cents} over the limit of {limit_cents}."
    ),
    ReasonCode.REACHES: (
        "All gifts from the firm to this person {period} would come to {running_cents} with this "
        "one, but the total must stay below {limit_cents}."
    ),
    ReasonCode.LATER_GIFT: (
        "A later gift {reference}on {given_on} is already in the register: with this one added, "
        "the total on that day would be {running_cents}, over the limit of {limit_cents}."
    ),
    ReasonCode.EARLIER_YEAR: (
        "The year the firm used before its policy changed still runs, {period}, and is the "
        "stricter one here."
    ),
    ReasonCode.FIRM_LIMIT: (
        "The firm's own limit of {limit_cents} is lower than the rule's {rule_cents} and applies."
    ),
    ReasonCode.NO_FIGURE: (
        "The law gives no amount that is always allowed, so someone in compliance must judge."
    ),
    ReasonCode.UNCHECKED: (
        "The figure of {limit_cents} comes from a secondary source ({source}); it has not been "
        "checked against the text of the law."
    ),
    ReasonCode.REPORTABLE: (
        "Gifts to this union official {period} come to {running_cents}, more than {limit_cents}: "
        "they are allowed, but the firm must report them on Form LM-10."
    ),
    ReasonCode.BARRED_CATEGORY: (
        "Gifts of this kind ({category}) may not be given to this person at all."
    ),
    ReasonCode.BARRED: "{barred_by}",
    ReasonCode.UNANSWERED: (
        "It is not known whether the firm employs a registered lobbyist; if it does, this gift "
        "is not allowed."
    ),
    ReasonCode.TOO_SMALL: "Gifts below {floor_cents} do not count toward this yearly limit.",
    ReasonCode.OTHER_VALUE_EXCEEDS: (
        "Take care: valued at {other_cents} (the highest of cost, market and face value), the "
        "total would be over the limit."
    ),
    ReasonCode.OTHER_VALUE_WITHIN: (
        "Valued at cost, {other_cents}, the total would be within the limit; the firm's policy "
        "uses the higher value."
    ),
    ReasonCode.TRANSITION: (
        "Gifts from before March 30, 2026 decide this result. FINRA has not said whether they "
        "count toward the new limit; the firm's policy is to {does}."
    ),
    ReasonCode.HELD: "Until someone in compliance decides, {counted_cents} is counted.",
    ReasonCode.CURRENCY: (
        "The price was in {currency}; it was converted to dollars at {rate}, the rate of "
        "{rate_day}."
    ),
    ReasonCode.FUND_PERSONNEL: (
        "This person advises a registered fund and has a duty of their own under which no amount "
        "is always safe."
    ),
    ReasonCode.INBOUND: (
        "The gift was received, not given. The rule limits giving; received gifts are kept in a "
        "register of their own."
    ),
    ReasonCode.OWN_PERSON: "The rule does not reach gifts to the firm's own people.",
    ReasonCode.RETAIL: "The rule does not reach gifts to individual retail customers.",
    ReasonCode.REFUSED: "The gift was refused, so nothing of value was given. The record is kept.",
    ReasonCode.CANCELLED: (
        "The gift was called off before anything was sent, so it does not count. The record is "
        "kept."
    ),
    ReasonCode.EXEMPTION: "The gift is covered by the relief FINRA granted under {exemption}.",
    ReasonCode.CONTRACT: (
        "This is pay for work under a written agreement made beforehand, with the employer's "
        "written consent. It is not a gift; the agreement and the payment are kept on record."
    ),
    ReasonCode.ENTERTAINMENT: (
        "Someone from the firm hosted the event, so it is business entertainment and not a gift."
    ),
    ReasonCode.PERSONAL: (
        "The giver paid personally, has a personal relationship with the recipient, and the "
        "occasion is a private one. A personal gift does not count toward the limit."
    ),
    ReasonCode.BEREAVEMENT: (
        "Customary and reasonable bereavement gifts for a close relative do not count toward the "
        "limit."
    ),
    ReasonCode.DE_MINIMIS: (
        "The value is not above the firm's nominal value of {threshold_cents}, so it does not "
        "count toward the limit."
    ),
    ReasonCode.PROMOTIONAL: (
        "The item shows the firm's logo and its value is not above the firm's nominal value of "
        "{threshold_cents}, so it does not count toward the limit."
    ),
    ReasonCode.COMMEMORATIVE: (
        "The memento is solely decorative, so it does not count toward the limit whatever it cost."
    ),
    ReasonCode.DISASTER: (
        "The help follows the federal disaster declaration {declaration}, so it does not count "
        "toward the limit."
    ),
    ReasonCode.CLIENT_KIND_UNCLEAR: (
        "The recipient is a retail customer and also works for an institutional client; someone "
        "must decide which of the two the gift relates to."
    ),
    ReasonCode.RETURNED: "The gift was sent back; whether it still counts must be decided.",
    ReasonCode.REIMBURSED: (
        "The recipient paid part of it back. The rule does not say whether that lowers the value, "
        "so someone in compliance must decide."
    ),
    ReasonCode.NAMES_MISSING: (
        "A gift may be divided only among recipients who are named. Add the names; until then "
        "the whole value counts for this person."
    ),
    ReasonCode.PASSED_ON: (
        "The item cost nothing and was passed on. Cost alone would count it as zero, so its "
        "value must be decided; the market value is counted until then."
    ),
    ReasonCode.FEE: (
        "Whether the fee of {fee_cents} counts decides the result: with it the total is over the "
        "limit, without it within. The rule leaves out only tax and delivery."
    ),
    ReasonCode.VALUE_UNKNOWN: "No usable value is given. Enter what one unit cost before tax.",
    ReasonCode.PERSONAL_UNCLEAR: (
        "Nothing shows that the giver knew this person privately before and paid alone, so "
        "someone in compliance must judge whether this gift is personal."
    ),
    ReasonCode.BEREAVEMENT_UNCLEAR: (
        "The relation is not one of the close relatives named by FINRA, or the value is unusual "
        "for a bereavement gift, so someone in compliance must judge."
    ),
    ReasonCode.NOMINAL_UNSET: (
        "The firm has not set a nominal value, so someone in compliance must judge whether this "
        "one is substantially below the limit."
    ),
    ReasonCode.NOMINAL_SERIES: (
        "Each item is of nominal value, but {count} of them this year come to {series_cents}, "
        "over the limit of {limit_cents}. Someone in compliance must judge the series."
    ),
    ReasonCode.ENTERTAINMENT_OFTEN: (
        "This is event number {count} for this client in the quarter, so someone in compliance "
        "must judge whether that is too many."
    ),
    ReasonCode.CHARITY: (
        "The rule does not settle donations to a charity; someone in compliance must judge "
        "whether the recipient benefits."
    ),
}

_BARRED = {
    "preconditioned_on_sales": "A gift must never depend on reaching a sales target.",
    "source_employs_registered_lobbyist": (
        "The firm employs a registered lobbyist, so its gifts to members and staff of Congress "
        "are not allowed."
    ),
    "regulatory_matter_involving_member": (
        "The recipient works for FINRA on a matter that involves the firm; nothing above nominal "
        "value may be given, and the rule puts no figure on that."
    ),
}


Params = tuple[tuple[str, str | int], ...]


class Reason(NamedTuple):
    """One step of the answer; the names of `params` end in their kind, `_cents` or `_on`."""

    code: ReasonCode
    params: Params
    authority: str

    @classmethod
    def of(cls, code: ReasonCode, authority: str, **params: str | int) -> "Reason":
        """Make a reason from named amounts, days and words."""
        return cls(code, tuple(params.items()), authority)

    @property
    def sentence(self) -> str:
        """Say it in plain words, with the authority."""
        said = fill(_SENTENCES[self.code], self.params)
        return f"{said[:-1]} ({self.authority})." if self.authority else said

    def as_document(self) -> dict[str, object]:
        """Return what is stored."""
        return {"code": self.code.value, "params": dict(self.params), "authority": self.authority}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Reason":
        """Read what `as_document` wrote."""
        code, params = ReasonCode(document["code"]), document["params"]
        return cls(code, tuple(params.items()), document["authority"])


def fill(sentence: str, params: Params) -> str:
    """Put amounts, days and words into a sentence, each written as people expect it."""
    words = {name: _spoken(name, value) for name, value in params}
    if "start_on" in words:
        ends = dict(params)
        words["period"] = say_period(
            date.fromisoformat(str(ends["start_on"])), date.fromisoformat(str(ends["end_on"]))
        )
    return sentence.format_map(words)


def say_period(start: date, end: date) -> str:
    """Name a window: a calendar year by its number, one day by its date."""
    if start == end:
        return f"on {say_day(start)}"
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31) and start.year == end.year:
        return f"in {start.year}"
    return f"from {say_day(start)} to {say_day(end)}"


def say_day(day: date) -> str:
    """Write a day for people: March 30, 2026."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def _spoken(name: str, value: str | int) -> str:
    if name.endswith("_cents"):
        return format_dollars(int(value))
    if name.endswith("_on"):
        return say_day(date.fromisoformat(str(value)))
    if name == "barred_by":
        return _BARRED[str(value)]
    return str(value)
