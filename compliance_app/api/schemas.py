"""What a program may send: bodies and queries, checked for shape here and for meaning below."""

from typing import Annotated, Any, Literal, TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import UnsupportedMediaType

from compliance_app.api.fields import Cents, Cursor, Day, Email, Facts, Id, Line, Name, Prose
from compliance_app.rules.errors import InputError
from compliance_app.rules.facts import Category, Payer, RecipientClass
from compliance_app.rules.report_kinds import ReportKind
from compliance_app.rules.scopes import ScopeKind
from compliance_app.rules.workflow import State
from compliance_app.services.claims import LARGEST_QUANTITY, MOST_RECIPIENTS, Claim

MOST_PROBLEMS = 50
LONGEST_PATH = 200
MOST_GIFTS = 200
MOST_PEOPLE = 50


class Body(BaseModel):
    """A JSON object of exactly these fields, each of its own type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Query(BaseModel):
    """The parameters of an address, which are all text."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class KnownRecipient(Body):
    """A recipient by the number they have in the register."""

    id: Id


class NamedRecipient(Body):
    """A recipient by e-mail, or by exact name and employer; added where nobody fits."""

    name: Name
    email: Email | None = None
    employer: Line | None = None


def _way(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    return "by-id" if isinstance(value, dict) and "id" in value else "by-name"


WAYS = ("by-id", "by-name")
AnyRecipient = Annotated[
    Annotated[KnownRecipient, Tag("by-id")] | Annotated[NamedRecipient, Tag("by-name")],
    Discriminator(_way),
]


class GiftBody(Body):
    """A gift as it is claimed; every sum is for one unit and leaves out tax and delivery."""

    given_on: Day
    category: Category
    description: Prose
    purpose: Prose = ""
    cost: Cents
    market_value: Cents | None = None
    face_value: Cents | None = None
    tax: Cents | None = None
    delivery: Cents | None = None
    quantity: int = Field(default=1, ge=1, le=LARGEST_QUANTITY)
    payer: Payer = Payer.MEMBER
    giver_email: Email | None = None
    host_present: bool | None = None
    # That there is one at all is checked below, with the sentence a page would say.
    recipients: tuple[AnyRecipient, ...] = Field(
        max_length=MOST_RECIPIENTS, json_schema_extra={"minItems": 1}
    )
    facts: Facts = {}

    def claim(self, recipient_ids: tuple[int, ...]) -> Claim:
        """Return what is claimed, with the recipients by number."""
        return Claim(
            given_on=self.given_on,
            category=self.category,
            description=self.description.strip(),
            recipient_ids=recipient_ids,
            purpose=self.purpose.strip(),
            cost_cents=self.cost,
            market_value_cents=self.market_value,
            face_value_cents=self.face_value,
            tax_cents=self.tax or 0,
            delivery_cents=self.delivery or 0,
            quantity=self.quantity,
            payer=self.payer,
            host_present=self.host_present,
            evidence=self.facts,
        )


class DecisionBody(Body):
    """What a reviewer decides, and why; a breach needs its remedy too."""

    decision: Literal["approve", "decline", "send_back", "record_breach"]
    reason: Prose = ""
    remedy: Prose = ""


class RecipientBody(Body):
    """A person at a client; `confirmed_new` says that they are nobody who is known already."""

    name: Name
    email: Email | None = None
    employer: Line | None = None
    title: Annotated[Line, Field(max_length=200)] | None = None
    phone: Annotated[Line, Field(max_length=60)] | None = None
    recipient_class: RecipientClass = RecipientClass.INSTITUTIONAL_CLIENT_EMPLOYEE
    confirmed_new: bool = False


class ReportBody(Body):
    """A report: of which kind, of which days, and whose gifts; `about` names the scope."""

    kind: ReportKind = ReportKind.REGISTER
    quarter: Annotated[Line, Field(max_length=20)] | None = None
    year: Annotated[int, Field(ge=1900, le=2199)] | None = None
    since: Day | None = None
    until: Day | None = None
    scope: ScopeKind = ScopeKind.FIRM
    about: Line = ""


class EmploymentBody(Body):
    """Where a person works from a day on; work on record until then ends the day before."""

    employer: Line
    title: Annotated[Line, Field(max_length=200)] = ""
    since: Day


class DepartureBody(Body):
    """How a person left the industry, and their last day; `null` for both takes it back."""

    departure: Literal["left_industry", "died"] | None
    last_day: Day | None


class EmployerQuery(Query):
    """Whose name, or a word of it, begins with `q`; without it every firm, by name."""

    q: Line = ""
    cursor: Cursor | None = None
    limit: int = Field(default=20, ge=1, le=MOST_PEOPLE)


class MergeBody(Body):
    """Into whom a record is merged, and why."""

    into: Id
    reason: Prose = ""


class UnmergeBody(Body):
    """Why a merge is taken back."""

    reason: Prose = ""


class FindingBody(Body):
    """What was done about a gift that came to light."""

    reason: Annotated[Prose, Field(min_length=1)]


class FindingQuery(Query):
    """How many of what came to light are wanted, and after which."""

    cursor: Cursor | None = None
    limit: int = Field(default=50, ge=1, le=MOST_PEOPLE)


class DetailsBody(Body):
    """A person's right name, address and number; one that is left out stays as it is."""

    name: Name | None = None
    email: Email | None = None
    phone: Annotated[Line, Field(max_length=60)] | None = None


class PairBody(Body):
    """What a pair is: never the same person, or something to look at later."""

    decision: Literal["not_same", "later"]
    reason: Prose = ""


class PairQuery(Query):
    """Which pairs are wanted: those to be looked at, or those put off."""

    state: Literal["suspected", "later"] = "suspected"
    cursor: Cursor | None = None
    limit: int = Field(default=20, ge=1, le=MOST_PEOPLE)


class GiftQuery(Query):
    """Which gifts are wanted; `until` is the last day."""

    state: State | None = None
    giver: Email | None = None
    recipient: Id | None = None
    since: Day | None = None
    until: Day | None = None
    cursor: Cursor | None = None
    limit: int = Field(default=25, ge=1, le=MOST_GIFTS)


class RecipientQuery(Query):
    """Whose name, a word of it, or e-mail begins with `q`; without it everybody, by name."""

    q: Line = ""
    cursor: Cursor | None = None
    limit: int = Field(default=20, ge=1, le=MOST_PEOPLE)


M = TypeVar("M", bound=BaseModel)


def read_body(model: type[M]) -> M:
    """Return the request's body. Raises UnsupportedMediaType, or InputError for every field."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        raise _explain(error) from error


def read_query(model: type[M]) -> M:
    """Return the request's parameters; raises InputError for every wrong one."""
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise _explain(error) from error


def _explain(error: ValidationError) -> InputError:
    problems: dict[str, str] = {}
    for detail in error.errors(include_url=False, include_context=False)[:MOST_PROBLEMS]:
        place = ".".join(str(step) for step in detail["loc"] if step not in WAYS)
        problems.setdefault(place[:LONGEST_PATH] or "body", _sentence(detail))
    return InputError(problems=problems)


def _sentence(detail: ErrorDetails) -> str:
    said = _SENTENCES.get(detail["type"], detail["msg"])
    return said if said.endswith(".") else f"{said}."


_SENTENCES = {
    "missing": "This is missing; add it.",
    "extra_forbidden": "There is nothing of this name here; check the spelling or leave it out.",
    "string_pattern_mismatch": "This holds signs that do not belong here; write it again.",
}
