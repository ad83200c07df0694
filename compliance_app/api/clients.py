"""Client firms as programs see them, and where a recipient works from when on."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from compliance_app.api.answers import Recipient
from compliance_app.api.fields import Document, read_number
from compliance_app.api.orders import perform, respond
from compliance_app.api.recipients import found_now
from compliance_app.api.schemas import (
    Body,
    DepartureBody,
    DetailsBody,
    EmployerQuery,
    EmploymentBody,
    read_body,
    read_query,
)
from compliance_app.clock import today
from compliance_app.rules.employers import EmployerClass
from compliance_app.rules.employments import Departure
from compliance_app.rules.errors import NotFoundError
from compliance_app.rules.permissions import Permission
from compliance_app.services import coverage, details, employments
from compliance_app.services.idempotency import Answer
from compliance_app.services.workplaces import class_on
from compliance_app.store import employer_pages, models
from compliance_app.store import employers as store
from compliance_app.store.base import db
from compliance_app.web.guard import actor, requires

bp = Blueprint("clients", __name__)


class Owner(Document):
    """Who covers an account, from and to."""

    email: str
    name: str
    started_on: date | None
    ended_on: date | None


class Negotiation(Document):
    """Business that is being negotiated, from and to."""

    opportunity: str
    started_on: date
    ended_on: date | None


class Employer(Document):
    """A client firm as it is today, with who covered it when and what was negotiated."""

    id: int
    name: str
    employer_class: EmployerClass | None
    segment: str | None
    region: str | None
    parent_id: int | None
    covered_by: list[str]
    coverage: list[Owner]
    negotiations: list[Negotiation]


class EmployerPage(Document):
    """A page of firms by name; `next` is the cursor of the next page, null on the last."""

    employers: list[Employer]
    next: str | None


@bp.get("/v1/employers")
@requires(Permission.EMPLOYER_READ)
def index() -> ResponseReturnValue:
    """List the client firms by name."""
    query, reading = read_query(EmployerQuery), db.session()
    after = reading.get(models.Employer, int(query.cursor)) if query.cursor else None
    firms = employer_pages.list_employers(
        reading, query.q.strip(), after=after, count=query.limit + 1
    )
    shown = firms[: query.limit]
    page = EmployerPage(
        employers=[_answer(firm, today()) for firm in shown],
        next=str(shown[-1].id) if len(firms) > query.limit else None,
    )
    return respond(page.model_dump_json())


@bp.get("/v1/employers/<employer_id>")
@requires(Permission.EMPLOYER_READ)
def show(employer_id: str) -> ResponseReturnValue:
    """Show a client firm."""
    number = read_number(employer_id)
    firm = store.get_whole(db.session(), number) if number is not None else None
    if firm is None:
        raise NotFoundError(what="employer with this number")
    return respond(_answer(firm, today()).model_dump_json())


@bp.post("/v1/recipients/<recipient_id>/details")
@requires(Permission.RECIPIENT_CHANGE)
def correct_details(recipient_id: str) -> ResponseReturnValue:
    """Correct a person's name, e-mail address or telephone number."""
    body = read_body(DetailsBody)
    said = {"name": body.name, "email": body.email, "phone": body.phone}
    return _change(recipient_id, body, details.change, said)


@bp.post("/v1/recipients/<recipient_id>/employments")
@requires(Permission.RECIPIENT_CHANGE)
def change_employer(recipient_id: str) -> ResponseReturnValue:
    """Say where a person works from a day on; what they were given stays counted."""
    body = read_body(EmploymentBody)
    said = {"employer": body.employer, "title": body.title, "since": body.since}
    return _change(recipient_id, body, employments.change_employer, said)


@bp.post("/v1/recipients/<recipient_id>/departure")
@requires(Permission.RECIPIENT_CHANGE)
def depart(recipient_id: str) -> ResponseReturnValue:
    """Say that a person left the industry or died; a gift after that day is flagged."""
    body = read_body(DepartureBody)
    departure = Departure(body.departure) if body.departure is not None else None
    said = {"departure": departure, "last_day": body.last_day}
    return _change(recipient_id, body, employments.depart, said)


def _change(
    recipient_id: str,
    body: Body,
    act: Callable[..., models.Recipient],
    said: Mapping[str, object],
) -> ResponseReturnValue:
    """Do an act on a person with what the body says, and show them as they are then."""
    number, me = _number(recipient_id), actor().person_id

    def done(work: Session, at: datetime) -> Answer:
        changed = act(work, number, **said, actor_id=me, at=at)
        person: Recipient = found_now(work, changed.id, at.date())
        return Answer(200, person.model_dump_json())

    return perform(done, body)


def _number(recipient_id: str) -> int:
    number = read_number(recipient_id)
    if number is None:
        raise NotFoundError(what="recipient with this number")
    return number


def _answer(firm: models.Employer, day: date) -> Employer:
    return Employer(
        id=firm.id,
        name=firm.name,
        employer_class=class_on(firm, day),
        segment=firm.segment,
        region=firm.region,
        parent_id=firm.parent_id,
        covered_by=[owner.email for owner in coverage.owners_on(firm, day)],
        coverage=[
            Owner(
                email=row.person.email,
                name=row.person.name,
                started_on=row.started_on,
                ended_on=row.ended_on,
            )
            for row in firm.coverages
        ],
        negotiations=[
            Negotiation(
                opportunity=row.opportunity, started_on=row.started_on, ended_on=row.ended_on
            )
            for row in firm.negotiations
        ],
    )
