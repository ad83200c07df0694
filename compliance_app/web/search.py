"""Search: gifts, recipients, employers and people, with filters that stand in the address."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance_app.clock import now
from compliance_app.rules.errors import RuleError
from compliance_app.rules.facts import Category
from compliance_app.rules.flags import FlagCode
from compliance_app.rules.money import format_decimal
from compliance_app.rules.permissions import Permission
from compliance_app.rules.workflow import State
from compliance_app.services import searches
from compliance_app.store import search as store
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.gift_lists import ListedShare, shares_of
from compliance_app.store.search import SCANNED, Sought, Who
from compliance_app.web.filters import words
from compliance_app.web.forms.search import KeepForm, SearchFilters
from compliance_app.web.guard import Actor, actor, requires
from compliance_app.web.handing_out import Cell, csv_file
from compliance_app.web.paging import PAGE, wanted_before
from compliance_app.web.visibility import readable_givers

bp = Blueprint("search", __name__)

SHOWN_PEOPLE = 6
# What one file holds at most.
LONGEST_FILE = 50_000
COLUMNS = (
    "reference",
    "given_on",
    "recipient",
    "employer",
    "given_by",
    "kind",
    "description",
    "state",
    "counted_value",
    "verdict",
)


@bp.get("/search")
@requires(Permission.RECIPIENT_READ)
def index() -> ResponseReturnValue:
    """Show who and what fits, newest gifts first."""
    form = SearchFilters(request.args)
    if not form.validate():
        return _page(form, Who([], [], []), []), 422
    sought = _sought(form)
    who = _who(sought.text)
    before = wanted_before()
    ids = store.find_gifts(db.session(), sought, who, before_id=before, count=PAGE + 1)
    return _page(form, who, ids)


@bp.get("/search.csv")
@requires(Permission.RECIPIENT_READ)
def file() -> ResponseReturnValue:
    """Hand out every gift that fits as a file."""
    form = SearchFilters(request.args)
    if not form.validate():
        return _page(form, Who([], [], []), []), 422
    return csv_file("gifts", COLUMNS, _rows(_sought(form)))


@bp.post("/search/kept")
@requires(Permission.RECIPIENT_READ)
def keep() -> ResponseReturnValue:
    """Keep the search in the address by a name."""
    form, asked = KeepForm(), SearchFilters(request.args)
    query = urlencode(asked.asked) if asked.validate() else ""
    try:
        with unit_of_work() as work:
            saved = searches.keep(
                work, form.name.data or "", query, actor_id=actor().person_id, at=now()
            )
    except RuleError as error:
        flash(str(error))
    else:
        flash(f"“{saved.name}” is kept.")
    return redirect(_address(asked.asked if query else {}))


@bp.post("/search/kept/<int:search_id>/drop")
@requires(Permission.RECIPIENT_READ)
def drop(search_id: int) -> ResponseReturnValue:
    """Drop a kept search."""
    with unit_of_work() as work:
        saved = searches.drop(work, search_id, actor_id=actor().person_id, at=now())
    flash(f"“{saved.name}” is no longer kept.")
    return redirect(url_for(".index"))


def _page(form: SearchFilters, who: Who, ids: list[int]) -> str:
    shown = ids[:PAGE]
    asked = form.asked
    return render_template(
        "search/index.html",
        form=form,
        who=who,
        asked=asked,
        query=urlencode(asked),
        gifts=_together(shares_of(db.session(), shown)) if shown else [],
        older=_address({**asked, "before": str(shown[-1])}) if len(ids) > PAGE else None,
        newest=_address(asked) if wanted_before() else None,
        kept=store.saved_by(db.session(), actor().person_id),
        scanned=SCANNED,
    )


def _address(asked: Mapping[str, str]) -> str:
    return f"{url_for('.index')}?{urlencode(asked)}" if asked else url_for(".index")


def _together(shares: list[ListedShare]) -> list[list[ListedShare]]:
    """Return the shares of each gift together, in their order."""
    gifts: dict[int, list[ListedShare]] = {}
    for share in shares:
        gifts.setdefault(share.gift_id, []).append(share)
    return list(gifts.values())


def _who(text: str) -> Who:
    if not text:
        return Who([], [], [])
    found = store.find_who(db.session(), text, count=SHOWN_PEOPLE)
    return found if actor().may(Permission.PEOPLE_READ) else found._replace(people=[])


def _sought(form: SearchFilters) -> Sought:
    me = actor()
    return Sought(
        givers=_givers(me),
        reader_id=me.person_id,
        text=(form.q.data or "").strip(),
        state=State(form.state.data) if form.state.data else None,
        category=Category(form.kind.data) if form.kind.data else None,
        sign=FlagCode(form.sign.data) if form.sign.data else None,
        since=form.since.data,
        until=form.until.data,
    )


def _givers(me: Actor) -> frozenset[int] | None:
    """Return whose gifts the person sees besides their own, None for everybody's."""
    if not (me.may(Permission.GIFT_READ_ALL) or me.may(Permission.GIFT_READ_CHAIN)):
        return frozenset()
    givers = readable_givers(db.session(), me)
    return None if givers is None else frozenset(givers)


def _rows(sought: Sought) -> Iterator[tuple[Cell, ...]]:
    """Yield the shares of every gift that fits, page by page, so that none is held at once."""
    session, who, before, sent = db.session(), _who(sought.text), None, 0
    while sent < LONGEST_FILE:
        ids = store.find_gifts(session, sought, who, before_id=before, count=PAGE * 10)
        if not ids:
            return
        yield from map(_line, shares_of(session, ids))
        before, sent = ids[-1], sent + len(ids)


def _line(share: ListedShare) -> tuple[Cell, ...]:
    return (
        share.reference,
        share.given_on,
        share.recipient,
        share.employer,
        share.giver,
        words(share.category),
        share.description,
        share.state.words,
        format_decimal(share.counted_cents),
        share.verdict.value,
    )
