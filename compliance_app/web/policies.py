"""The firm's policy: the version in force, all versions, and writing, trying, adopting the next."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from compliance_app.clock import now, today
from compliance_app.rules.errors import InputError, NotFoundError
from compliance_app.rules.permissions import Permission
from compliance_app.rules.policy import Policy, PolicyError, parse_policy
from compliance_app.rules.regimes import RULE_3220
from compliance_app.rules.settings import limit_for
from compliance_app.services import policies
from compliance_app.services.policies import policy_on
from compliance_app.services.policy_words import Change as Difference
from compliance_app.services.policy_words import settings_of, since_words
from compliance_app.services.what_if import Change, Summary, what_if
from compliance_app.services.what_if_list import csv_lines
from compliance_app.store import policies as store
from compliance_app.store.base import db, frozen_reading, unit_of_work
from compliance_app.store.models import Policy as Version
from compliance_app.web.filters import day as written_day
from compliance_app.web.forms.policies import PolicyForm
from compliance_app.web.guard import actor, requires

bp = Blueprint("policies", __name__)

# How much of a what-if a page lists; the file holds all of it.
LISTED = 100
TRIED_ON = timedelta(days=365)


class Trial(NamedTuple):
    """What a policy would change: in its settings, and in what was said of past gifts."""

    differences: tuple[Difference, ...]
    summary: Summary
    changes: list[Change]


@bp.get("/policies")
@requires(Permission.POLICY_READ)
def index() -> ResponseReturnValue:
    """Show the policy in force today, what it changed, and all versions."""
    reading, day = db.session(), today()
    policy = policy_on(reading, day)
    version = store.find_by_sha256(reading, policy.sha256)
    return render_template(
        "policies/index.html",
        policy=policy,
        version=version,
        parts=settings_of(policy),
        changes=policies.changes_of(reading, version) if version else (),
        limit=limit_for(RULE_3220, day, policy),
        limits=_dated_limits(policy),
        adopted=store.list_policies(reading),
        since=since_words,
        day=day,
    )


@bp.get("/policies/<int:policy_id>")
@requires(Permission.POLICY_READ)
def show(policy_id: int) -> ResponseReturnValue:
    """Show one version: its settings, what it changed, and its document."""
    reading = db.session()
    version = reading.get(Version, policy_id)
    if version is None:
        raise NotFoundError(what="policy version with this number")
    policy = policy_on(reading, version.effective_on)
    return render_template(
        "policies/show.html",
        policy=policy,
        version=version,
        parts=settings_of(policy),
        changes=policies.changes_of(reading, version),
        in_force=policy_on(reading, today()).sha256 == version.sha256,
        since=since_words,
    )


@bp.get("/policies/new")
@requires(Permission.POLICY_ADOPT)
def new() -> ResponseReturnValue:
    """Show the form for the next version, which begins as the one in force."""
    latest = store.find_latest(db.session())
    text = latest.document if latest else policies.template()
    return _form_page(PolicyForm(formdata=None, document=text, since=today() - TRIED_ON))


@bp.post("/policies/new")
@requires(Permission.POLICY_ADOPT)
def try_out() -> ResponseReturnValue:
    """Show what the document would change, before anybody adopts it."""
    form = PolicyForm()
    if not _accepted(form):
        return _form_page(form), 422
    summary = Summary()
    changes = _replayed(form, summary)
    listed = list(islice(changes, LISTED))
    for _ in changes:
        continue  # the summary is complete once every change was read
    policy = parse_policy(form.document.data)
    differences = policies.changes_to(db.session(), policy, today=today())
    return _form_page(form, Trial(differences, summary, listed))


@bp.post("/policies/list")
@requires(Permission.POLICY_ADOPT)
def whole_list() -> ResponseReturnValue:
    """Hand over everything the document would change as CSV."""
    form = PolicyForm()
    if not _accepted(form):
        return _form_page(form), 422
    text = "".join(csv_lines(_replayed(form, Summary())))
    name = f"attachment; filename=what-if-{today().isoformat()}.csv"
    return Response(text, mimetype="text/csv", headers={"Content-Disposition": name})


@bp.post("/policies")
@requires(Permission.POLICY_ADOPT)
def create() -> ResponseReturnValue:
    """Adopt the document as the firm's policy from its first day on."""
    form = PolicyForm()
    if not _accepted(form):
        return _form_page(form), 422
    try:
        with unit_of_work() as work:
            version = policies.adopt(
                work,
                form.document.data,
                reason=form.reason.data or "",
                actor_id=actor().person_id,
                at=now(),
            )
    except PolicyError as error:
        form.refuse_document(error)
        return _form_page(form), 422
    except InputError as error:
        form.reason.errors = (error.problems["reason"],)
        return _form_page(form), 422
    flash(f"The version in force {since_words(version.effective_on)} is adopted.")
    return redirect(url_for(".show", policy_id=version.id))


def _accepted(form: PolicyForm) -> bool:
    """Check the form and that its document could be adopted; what is wrong goes to the form."""
    try:
        form.take_file()
        if not form.validate():
            return False
        policies.check_document(db.session(), form.document.data, today=today())
    except PolicyError as error:
        form.refuse_document(error)
        return False
    return True


def _replayed(form: PolicyForm, summary: Summary) -> Iterator[Change]:
    policy = parse_policy(form.document.data)
    with frozen_reading() as reading:
        yield from what_if(reading, policy, summary, since=form.since.data)


def _form_page(form: PolicyForm, trial: Trial | None = None) -> str:
    latest = store.find_latest(db.session())
    return render_template(
        "policies/new.html", form=form, trial=trial, latest=latest, listed=LISTED, today=today()
    )


def _dated_limits(policy: Policy) -> list[tuple[str, int | None, str]]:
    """Return the rule's limits and the firm's own: from when, how much, by what."""
    own = [(row.since, row.cents, "The firm's own limit") for row in policy.firm_limits]
    law = [(row.since, row.cents, row.source) for row in RULE_3220.limits]
    return [(written_day(since), cents, by) for since, cents, by in sorted(own + law, key=_newest)]


def _newest(row: tuple[date, int | None, str]) -> int:
    return -row[0].toordinal()
