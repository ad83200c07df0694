"""The page of a client firm, and the page with everything that may be changed about it."""

from datetime import date
from typing import NamedTuple

from flask import render_template, request

from compliance_app.clock import today
from compliance_app.rules.assessment import Assessment
from compliance_app.rules.employers import CLASSES
from compliance_app.rules.spans import covers
from compliance_app.services import coverage, employers
from compliance_app.services.rooms import rooms_of_year
from compliance_app.services.workplaces import class_on
from compliance_app.store import employer_pages
from compliance_app.store import employers as store
from compliance_app.store.base import db
from compliance_app.store.employer_pages import FirmGift, FirmPerson
from compliance_app.store.models import Employer, Negotiation, Person, Recipient
from compliance_app.web.forms.employers import (
    ClassForm,
    ClientForm,
    EmployerForm,
    HandOverForm,
    NegotiationForm,
    filled,
)
from compliance_app.web.forms.fields import read_id
from compliance_app.web.guard import actor
from compliance_app.web.ledger_page import SOMEBODY, chosen_day
from compliance_app.web.paging import PAGE
from compliance_app.web.visibility import veiled

PEOPLE = 25


class PersonRow(NamedTuple):
    """Somebody of the firm, and what the whole member has left for them."""

    person: FirmPerson
    room: Assessment


class GiftRow(NamedTuple):
    """A gift of the firm's list as the reader may see it."""

    gift: FirmGift
    giver: str
    is_veiled: bool


class Rights(NamedTuple):
    """What the reader may do: keep the plain facts, and hand the account over."""

    change: bool
    hand_over: bool


def page_of(firm: Employer) -> str:
    """Return the page of a firm: of the year asked for, from the person and gift asked for."""
    reading, day = db.session(), today()
    year = chosen_day(request.args.get("year"), today=day).year
    since, before = date(year, 1, 1), date(year + 1, 1, 1)
    people, more_people = _people(firm, day)
    gifts, older = _gifts(firm, since, before)
    kind, rights = class_on(firm, day), rights_of(firm)
    return render_template(
        "employers/show.html",
        firm=firm,
        kind=kind,
        consequence=CLASSES[kind] if kind is not None else None,
        subsidiaries=store.subsidiaries(reading, firm.id),
        owners=coverage.owners_on(firm, day),
        negotiating=[one for one in firm.negotiations if covers(one, day)],
        people=people,
        more_people=more_people,
        gifts=gifts,
        older=older,
        totals=employer_pages.totals_of(reading, firm.id, since=since, before=before),
        year=year,
        this_year=day.year,
        may_edit=any(rights),
        may_change=rights.change,
    )


def edit_page(firm: Employer, sent: ClientForm | None = None) -> str:
    """Return the page with the forms the reader may use, the one that was sent as it was."""
    reading, day = db.session(), today()
    forms = filled((EmployerForm, ClassForm, NegotiationForm, HandOverForm), sent=sent, today=day)
    facts = forms[EmployerForm]
    if facts is not sent:
        facts = EmployerForm(
            formdata=None,
            name=firm.name,
            segment=firm.segment or "",
            region=firm.region or "",
            parent=firm.parent.name if firm.parent else "",
        )
    correcting = _correcting(firm)
    over = forms[HandOverForm]
    if isinstance(over, HandOverForm):
        over.offer(store.possible_owners(reading))
    return render_template(
        "employers/edit.html",
        firm=firm,
        facts=facts,
        classed=forms[ClassForm],
        negotiation=_negotiation_form(forms[NegotiationForm], sent, correcting),
        over=over,
        correcting=correcting.id if correcting else None,
        classes=CLASSES,
        rights=rights_of(firm),
    )


def rights_of(firm: Employer) -> Rights:
    """Return what the reader may do with the firm today."""
    reading = db.session()
    me = reading.get_one(Person, actor().person_id)
    return Rights(
        change=employers.may_change(reading, firm, me, today()),
        hand_over=coverage.may_hand_over(reading, firm, me, today()),
    )


def _correcting(firm: Employer) -> Negotiation | None:
    """Return the negotiation whose place the form takes; None for a new one."""
    wanted = read_id(request.values.get("negotiation"))
    return next((one for one in firm.negotiations if one.id == wanted), None)


def _negotiation_form(
    form: ClientForm, sent: ClientForm | None, row: Negotiation | None
) -> ClientForm:
    if form is sent or row is None:
        return form
    return NegotiationForm(
        formdata=None,
        opportunity=row.opportunity,
        started_on=row.started_on,
        ended_on=row.ended_on,
    )


def _people(firm: Employer, day: date) -> tuple[list[PersonRow], int | None]:
    reading = db.session()
    last = read_id(request.args.get("people"))
    found = employer_pages.people_at(
        reading,
        firm.id,
        day,
        after=reading.get(Recipient, last) if last is not None else None,
        count=PEOPLE + 1,
    )
    shown = found[:PEOPLE]
    rooms = rooms_of_year(reading, [one.recipient for one in shown], day)
    rows = [PersonRow(person, room) for person, room in zip(shown, rooms, strict=True)]
    return rows, shown[-1].recipient.id if len(found) > PEOPLE else None


def _gifts(firm: Employer, since: date, before: date) -> tuple[list[GiftRow], int | None]:
    reading = db.session()
    found = employer_pages.gifts_of(
        reading,
        firm.id,
        since=since,
        before=before,
        below_share_id=read_id(request.args.get("before")),
        count=PAGE + 1,
    )
    shown = found[:PAGE]
    seen = veiled(reading, (one.row for one in shown), actor())
    rows = [
        GiftRow(gift, SOMEBODY if hidden else gift.row.giver, hidden)
        for gift, (_, hidden) in zip(shown, seen, strict=True)
    ]
    return rows, shown[-1].row.share_id if len(found) > PAGE else None
