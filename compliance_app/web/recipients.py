"""Recipients: finding and adding one, and the page with what is left and the ledger."""

from collections.abc import Iterator
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance_app.clock import now, today
from compliance_app.rules.errors import NotFoundError, RuleError
from compliance_app.rules.money import format_decimal
from compliance_app.rules.permissions import Permission
from compliance_app.services import recipients
from compliance_app.services.claims import EARLIEST_DAY, FURTHEST_AHEAD
from compliance_app.services.recipients import rooms_on
from compliance_app.store import finding, identity
from compliance_app.store import recipients as store
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Recipient
from compliance_app.store.recipient_facts import suspects_of
from compliance_app.store.recipients import Found
from compliance_app.web.errors import note_refusal, status_of
from compliance_app.web.filters import words
from compliance_app.web.forms.fields import read_id
from compliance_app.web.forms.identity import UndoForm
from compliance_app.web.forms.recipients import RecipientForm, SearchForm
from compliance_app.web.forms.whom import MOST_CHOICES
from compliance_app.web.guard import actor, requires
from compliance_app.web.handing_out import Cell, csv_file
from compliance_app.web.ledger_page import Entry, chosen_day, ledger_of
from compliance_app.web.paging import PAGE

bp = Blueprint("recipients", __name__)

# How far back one's own contacts are looked for, and how many are offered before a word is typed.
RECENT_GIFTS = 300
RECENT_PEOPLE = 6

LIST_COLUMNS = ("name", "title", "employer", "email")
LEDGER_COLUMNS = (
    "given_on",
    "reference",
    "description",
    "kind",
    "given_by",
    "state",
    "counted_value",
    "running_total",
)


@bp.get("/recipients")
@requires(Permission.RECIPIENT_READ)
def index() -> ResponseReturnValue:
    """List people at clients by name, or those who fit a search."""
    form = SearchForm(request.args)
    words = (form.q.data or "").strip() if form.validate() else ""
    if words:
        people, more = finding.search(db.session(), words, count=PAGE), None
    else:
        people, more = _page_after(read_id(request.args.get("after")))
    return render_template(
        "recipients/index.html", form=form, people=people, more=more, words=words
    )


@bp.get("/recipients.csv")
@requires(Permission.RECIPIENT_READ)
def file() -> ResponseReturnValue:
    """Hand out the list of everybody at clients."""
    return csv_file("recipients", LIST_COLUMNS, _everybody())


@bp.get("/recipients/search")
@requires(Permission.RECIPIENT_READ)
def search() -> ResponseReturnValue:
    """Answer the type-ahead: people, own contacts first, with what is left on the day."""
    form = SearchForm(request.args)
    words = (form.q.data or "").strip() if form.validate() else ""
    people = _who_fits(words)
    rooms = rooms_on(db.session(), [person.id for person in people], _asked_day())
    found = [(person, rooms[person.id]) for person in people]
    return render_template("recipients/_found.html", found=found, words=words)


@bp.get("/recipients/new")
@requires(Permission.RECIPIENT_ADD)
def new() -> ResponseReturnValue:
    """Show the form to add a person."""
    return render_template("recipients/new.html", form=RecipientForm(), alike=())


@bp.post("/recipients")
@requires(Permission.RECIPIENT_ADD)
def create() -> ResponseReturnValue:
    """Add a person; where one of that name works there already, ask first."""
    form = RecipientForm()
    if not form.validate():
        return render_template("recipients/new.html", form=form, alike=()), 422
    is_confirmed = bool(form.confirmed_new.data)
    # Whoever has the address is told of at its field.
    is_known = store.find_by_email(db.session(), form.named.email) is not None
    asks = not is_confirmed and not is_known
    alike = recipients.alike(db.session(), form.named, today()) if asks else ()
    if alike:
        return render_template("recipients/new.html", form=form, alike=alike), 409
    try:
        with unit_of_work() as work:
            added = recipients.add(
                work,
                form.named,
                actor_id=actor().person_id,
                at=now(),
                confirmed_new=is_confirmed,
            )
    except RuleError as error:
        note_refusal(error)
        form.refuse(error)
        return render_template("recipients/new.html", form=form, alike=()), status_of(error)
    flash(f"{added.name} is added.")
    return redirect(url_for(".show", recipient_id=added.id))


@bp.get("/recipients/<int:recipient_id>")
@requires(Permission.RECIPIENT_READ)
def show(recipient_id: int) -> ResponseReturnValue:
    """Show what the firm has left for a person, and the gifts of a year."""
    reading = db.session()
    person, recipient = _somebody(recipient_id)
    if recipient.merged_into_id is not None:
        return redirect(url_for(".show", recipient_id=recipient.merged_into_id))
    day = chosen_day(request.args.get("year"), today=today())
    return render_template(
        "recipients/show.html",
        person=person,
        recipient=recipient,
        day=day,
        this_year=today().year,
        ledger=ledger_of(reading, recipient, day, actor()),
        merges=identity.merges_of(reading, recipient_id),
        suspects=suspects_of(reading, [recipient_id]),
        undo=UndoForm(formdata=None),
    )


@bp.get("/recipients/<int:recipient_id>/ledger.csv")
@requires(Permission.RECIPIENT_READ)
def ledger_file(recipient_id: int) -> ResponseReturnValue:
    """Hand the gifts of a year out as a file, as the page shows them to the person."""
    _, recipient = _somebody(recipient_id)
    day = chosen_day(request.args.get("year"), today=today())
    ledger = ledger_of(db.session(), recipient, day, actor())
    return csv_file(f"gifts-{recipient_id}-{day.year}", LEDGER_COLUMNS, map(_line, ledger.entries))


def _line(entry: Entry) -> tuple[Cell, ...]:
    """Return one entry of the ledger as cells; what the person may not see stays blank."""
    row = entry.row
    running = entry.running_cents
    return (
        row.given_on,
        None if entry.is_veiled else row.reference,
        None if entry.is_veiled else row.description,
        words(row.category),
        entry.giver,
        row.state.words,
        format_decimal(row.counted_cents),
        None if running is None else format_decimal(running),
    )


def _somebody(recipient_id: int) -> tuple[Found, Recipient]:
    reading = db.session()
    person = store.found(reading, recipient_id)
    if person is None:
        raise NotFoundError(what="recipient with this number")
    return person, reading.get_one(Recipient, recipient_id)


def _who_fits(words: str) -> list[Found]:
    """Return whom one may mean: one's own contacts first; without a word, these alone."""
    reading = db.session()
    own = store.contacts_of(reading, actor().person_id, gifts=RECENT_GIFTS)
    if not words:
        return own[:RECENT_PEOPLE]
    own = [person for person in own if store.begins(person, words)]
    others = [one for one in finding.search(reading, words, count=MOST_CHOICES) if one not in own]
    return [*own, *others][:MOST_CHOICES]


def _everybody() -> Iterator[tuple[Cell, ...]]:
    """Yield every recipient by name, page by page."""
    people, after = _page_after(None)
    while people:
        yield from ((one.name, one.title, one.employer, one.email) for one in people)
        if after is None:
            return
        people, after = _page_after(after)


def _page_after(last_id: int | None) -> tuple[list[Found], int | None]:
    """Return a page of people by name, and after whom the next one begins."""
    reading = db.session()
    last = reading.get(Recipient, last_id) if last_id is not None else None
    after = (last.name_key, last.id) if last is not None else None
    people = store.list_recipients(reading, after=after, count=PAGE + 1)
    return people[:PAGE], people[PAGE - 1].id if len(people) > PAGE else None


def _asked_day() -> date:
    """Return the day in the address; today where it is none that can be judged."""
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return today()
    return day if EARLIEST_DAY <= day <= today() + FURTHEST_AHEAD else today()
