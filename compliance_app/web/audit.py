"""The trail: what happened, newest first, one event with its seal, and a check of the whole."""

import json
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import orjson
from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance_app.rules.audit import Event
from compliance_app.rules.errors import NotFoundError
from compliance_app.rules.permissions import Permission
from compliance_app.services import audit, policies
from compliance_app.services.policy_words import Change
from compliance_app.store import audit as store
from compliance_app.store.audit import ListedEvent
from compliance_app.store.base import db
from compliance_app.store.models import Policy, TrailEvent
from compliance_app.web.filters import pages_of
from compliance_app.web.forms.fields import read_id
from compliance_app.web.guard import actor, requires
from compliance_app.web.handing_out import Cell, csv_file

bp = Blueprint("audit", __name__)

PAGE = 25
BATCH = 500
# What one file holds at most.
LONGEST_FILE = 100_000
COLUMNS = ("number", "at", "actor", "event", "subject", "sha256")
# What the list may be narrowed to; the first is everything.
HEAPS: dict[str, frozenset[Event]] = {
    "": frozenset(),
    "decisions": frozenset({Event.GIFT_DECIDED, Event.GIFT_REOPENED}),
    "refusals": frozenset({Event.ATTEMPT_REFUSED, Event.LOCKED_OUT}),
    "gifts": frozenset(event for event in Event if event.startswith("gift:")),
    "clients": frozenset(event for event in Event if event.startswith(("recipient:", "employer:"))),
    "people": frozenset(event for event in Event if event.startswith("person:")),
    "reports": frozenset(event for event in Event if event.startswith(("report:", "policy:"))),
}


class Subject(NamedTuple):
    """What an event is about: its words, and the page of it where there is one."""

    words: str
    address: str | None = None


@bp.get("/audit")
@requires(Permission.TRAIL_READ)
def index() -> ResponseReturnValue:
    """List the events, newest first, all or those of one heap."""
    before, heap = read_id(request.args.get("before")), _heap()
    reading = db.session()
    rows = store.latest(reading, before=before, count=PAGE + 1, kinds=HEAPS[heap])
    next_before = rows[PAGE - 1].number if len(rows) > PAGE else None
    return render_template(
        "audit/index.html",
        events=[(row, words_of(row), subject_of(row)) for row in rows[:PAGE]],
        heaps=HEAPS,
        heap=heap,
        newest=url_for(".index", heap=heap or None) if before else None,
        older=url_for(".index", before=next_before, heap=heap or None) if next_before else None,
    )


@bp.get("/audit.csv")
@requires(Permission.TRAIL_READ)
def file() -> ResponseReturnValue:
    """Hand out the newest events, all or those of one heap, each with its seal."""
    return csv_file("trail", COLUMNS, _rows(HEAPS[_heap()]))


def _heap() -> str:
    """Return the heap the address asks for, none for all events."""
    asked = request.args.get("heap", "")
    return asked if asked in HEAPS else ""


def _rows(kinds: Collection[Event]) -> Iterator[tuple[Cell, ...]]:
    """Yield the newest events page by page, so that no trail is held at once."""
    reading = db.session()
    before = store.head(reading).number + 1
    floor = max(before - LONGEST_FILE, 1) - 1
    while rows := store.latest(reading, before=before, count=BATCH, kinds=kinds, above=floor):
        for row in rows:
            at = row.happened_at.isoformat()
            yield (row.number, at, row.actor, row.event, row.subject, row.sha256)
        before = rows[-1].number


@bp.get("/audit/<int:number>")
@requires(Permission.TRAIL_READ)
def show(number: int) -> ResponseReturnValue:
    """Show one event with its seal and the seal of the one before."""
    reading = db.session()
    row = reading.get(TrailEvent, number)
    if row is None:
        raise NotFoundError(what="event with this number")
    return render_template(
        "audit/show.html",
        event=row,
        words=words_of(row),
        subject=subject_of(row),
        document=json.dumps(readable(json.loads(row.body)), indent=2, ensure_ascii=False),
        changes=changes_of(row),
        is_whole=store.seal_of(row) == row.sha256,
        last=store.head(reading).number,
    )


@bp.get("/audit/verify")
@requires(Permission.TRAIL_READ)
def verify() -> ResponseReturnValue:
    """Check every event of the trail and say what was found."""
    return render_template("audit/verify.html", check=audit.verify(db.session()))


def words_of(row: TrailEvent | ListedEvent) -> str:
    """Return the event as people say it."""
    return Event(row.event).words


def subject_of(row: TrailEvent | ListedEvent) -> Subject:
    """Return what the event is about, with a link where the reader may follow it."""
    kind, _, name = row.subject.partition(":")
    document = orjson.loads(row.body)
    about = document.get(kind, document)
    if kind == "gift":
        reference = about["reference"]
        return Subject(reference, pages_of("gifts.show", "reference")(reference))
    if kind == "recipient":
        # A merge tells of several records; its subject is the one that was merged.
        (about,) = [one for one in document.get("recipients", [about]) if one["id"] == int(name)]
        return Subject(about["name"], pages_of("recipients.show", "recipient_id")(name))
    if kind == "person":
        manages = actor().may(Permission.PEOPLE_MANAGE)
        return Subject(
            about["name"], url_for("people.edit", person_id=int(name)) if manages else None
        )
    if kind == "report":
        return Subject(f"Report {about['period']}", url_for("reports.index"))
    if kind == "policy":
        address = url_for("policies.show", policy_id=int(name))
        return Subject(f"Policy from {about['effective_on']}", address)
    return Subject(about.get("name", f"{kind.capitalize()} {name}"))


def changes_of(row: TrailEvent) -> tuple[Change, ...] | None:
    """Return what the policy of an adoption changed; None for any other event."""
    if row.event != Event.POLICY_ADOPTED:
        return None
    version = db.session().get(Policy, int(row.subject.partition(":")[2]))
    return policies.changes_of(db.session(), version) if version is not None else None


def readable(document: dict[str, Any]) -> dict[str, Any]:
    """Open assessments that the first events kept as text, so that people can read them."""
    if "assessments" not in document:
        return document
    opened = [
        {**one, "document": json.loads(one["document"])}
        if isinstance(one["document"], str)
        else one
        for one in document["assessments"]
    ]
    return {**document, "assessments": opened}
