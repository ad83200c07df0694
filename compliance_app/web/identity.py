"""Records that may be one person: the review list, the verdict on each pair, and the scan."""

from collections.abc import Iterable
from typing import NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from compliance_app.clock import now, today
from compliance_app.rules.errors import NotFoundError, RuleError
from compliance_app.rules.identity import PairState
from compliance_app.rules.permissions import Permission
from compliance_app.services import approvals, findings, merging, pairs, scanning
from compliance_app.services.merging import Merged
from compliance_app.services.scanning import SLICES, Register
from compliance_app.store import identity
from compliance_app.store import scanning as scans
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import RecipientFinding, RecipientPair, RecipientScan
from compliance_app.web.errors import note_refusal, status_of
from compliance_app.web.forms.fields import read_id
from compliance_app.web.forms.identity import (
    BREACH,
    INTO_FIRST,
    INTO_SECOND,
    SEND_BACK,
    ScanForm,
    SettleForm,
    UndoForm,
    VerdictForm,
)
from compliance_app.web.guard import actor, requires
from compliance_app.web.side_by_side import Sides, sides_of

bp = Blueprint("identity", __name__)

PAGE = 10
MOST_FINDINGS = 50
# Everybody in memory between the slices of a scan; another process reads them anew.
_scanned: dict[tuple[str, int], Register] = {}


class Shown(NamedTuple):
    """A pair side by side, with the form of the verdict on it."""

    pair: RecipientPair
    both: Sides
    form: VerdictForm


@bp.get("/recipients/pairs")
@requires(Permission.RECIPIENT_MERGE)
def index() -> ResponseReturnValue:
    """List pairs by their score, and above them the gifts that came to light."""
    return _list()


@bp.post("/recipients/pairs/<int:pair_id>")
@requires(Permission.RECIPIENT_MERGE)
def decide(pair_id: int) -> ResponseReturnValue:
    """Merge a pair, say that it is two people, or put it off."""
    form = VerdictForm()
    if not form.validate():
        return _list(form, pair_id), 422
    try:
        with unit_of_work() as work:
            said = _decide(work, pair_id, form)
    except RuleError as error:
        note_refusal(error)
        form.form_errors.append(str(error))
        return _list(form, pair_id), status_of(error)
    flash(said)
    return redirect(url_for(".index"))


@bp.post("/recipients/<int:recipient_id>/unmerge")
@requires(Permission.RECIPIENT_MERGE)
def unmerge(recipient_id: int) -> ResponseReturnValue:
    """Take the merge of a record back."""
    form = UndoForm()
    reason = (form.reason.data or "") if form.validate() else ""
    with unit_of_work() as work:
        done = merging.unmerge(
            work, recipient_id, reason=reason, actor_id=actor().person_id, at=now()
        )
        said = f"{done.merge.recipient.name} and {done.merge.into.name} are two people again."
    flash(said)
    return redirect(url_for("recipients.show", recipient_id=recipient_id))


@bp.post("/recipients/findings/<int:finding_id>")
@requires(Permission.RECIPIENT_MERGE)
def settle(finding_id: int) -> ResponseReturnValue:
    """Act on a gift that came to light, or say what was done about it."""
    form = SettleForm()
    if not form.validate():
        return _list(settling=(form, finding_id)), 422
    try:
        with unit_of_work() as work:
            said = _act_on(work, finding_id, form)
    except RuleError as error:
        note_refusal(error)
        form.form_errors.append(str(error))
        return _list(settling=(form, finding_id)), status_of(error)
    flash(said)
    return redirect(url_for(".index"))


def _act_on(session: Session, finding_id: int, form: SettleForm) -> str:
    """Do with a finding, or with its gift, what the officer chose."""
    # An act on the gift locks the gift first, and then what is open about it.
    is_of_gift = form.act.data in {BREACH, SEND_BACK}
    finding = identity.get_open_finding(session, finding_id, locked=not is_of_gift)
    if finding is None:
        raise NotFoundError(what="open finding with this number")
    said, me, reference = form.reason.data or "", actor().person_id, finding.gift.reference
    if form.act.data == BREACH:
        approvals.record_breach(
            session, reference, actor_id=me, at=now(), reason=finding.sentence, remedy=said
        )
        return f"Gift {reference} is recorded as a breach."
    if form.act.data == SEND_BACK:
        approvals.send_back(session, reference, actor_id=me, at=now(), reason=said)
        return f"Gift {reference} is sent back."
    findings.settle(session, finding, reason=said, actor_id=me, at=now())
    return "It is settled."


@bp.post("/recipients/pairs/scan")
@requires(Permission.RECIPIENT_MERGE)
def scan() -> ResponseReturnValue:
    """Look through the next slice of the register, and show how far the scan is."""
    form = ScanForm()
    if not form.validate():
        return redirect(url_for(".index"))
    with unit_of_work() as work:
        scan_id = form.scan.data or scanning.begin(work, at=now()).id
        if work.get(RecipientScan, scan_id) is None:
            raise NotFoundError(what="scan with this number")
        register = _register(work, scan_id)
        done = scanning.scan_slice(work, register, scan_id, actor_id=actor().person_id, at=now())
    if done.finished_at is None:
        return render_template("identity/scan.html", scan=done, slices=SLICES)
    _scanned.clear()
    found = done.new_pairs
    flash(f"The scan is done: {found} new {'pair' if found == 1 else 'pairs'} on the list.")
    return redirect(url_for(".index"))


def _register(session: Session, scan_id: int) -> Register:
    """Return everybody, read once for each scan that this process takes part in."""
    key = (str(db.engine.url), scan_id)
    if key not in _scanned:
        _scanned.clear()
        _scanned[key] = scanning.prepare(session)
    return _scanned[key]


def _decide(session: Session, pair_id: int, form: VerdictForm) -> str:
    pair = identity.get_pair(session, pair_id)
    if pair is None:
        raise NotFoundError(what="pair with this number")
    reason, me = form.reason.data or "", actor().person_id
    if form.verdict.data not in {INTO_FIRST, INTO_SECOND}:
        state = PairState(form.verdict.data)
        pairs.decide(session, pair_id, state, reason=reason, actor_id=me, at=now())
        both = f"{pair.first.name} and {pair.second.name}"
        return f"{both}: {state.words}."
    ends, goes_on = pair.second_id, pair.first_id
    if form.verdict.data == INTO_SECOND:
        ends, goes_on = goes_on, ends
    done = merging.merge(session, ends, goes_on, reason=reason, actor_id=me, at=now())
    return said_of(done)


def said_of(done: Merged) -> str:
    """Say what a merge did."""
    over = len(done.findings)
    said = f" {over} {'gift' if over == 1 else 'gifts'} came to light."
    return f"{done.merge.recipient.name} is {done.person.name} from now on.{said if over else ''}"


def _list(
    wrong: VerdictForm | None = None,
    pair_id: int | None = None,
    settling: tuple[SettleForm, int] | None = None,
) -> str:
    reading, day = db.session(), today()
    state = PairState.LATER if request.args.get("show") == "later" else PairState.SUSPECTED
    last = reading.get(RecipientPair, read_id(request.args.get("after")) or 0)
    after = (last.score, last.id) if last is not None else None
    found = identity.open_pairs(reading, state=state, after=after, count=PAGE + 1)
    shown = found[:PAGE]
    return render_template(
        "identity/index.html",
        state=state,
        pairs=[
            Shown(
                one,
                sides_of(reading, one.first, one.second, day),
                wrong if wrong and one.id == pair_id else VerdictForm(formdata=None),
            )
            for one in shown
        ],
        more=shown[-1].id if len(found) > PAGE else None,
        findings=_findings(reading, settling),
        stopped=scans.stopped(reading),
        slices=SLICES,
    )


def _findings(
    session: Session, settling: tuple[SettleForm, int] | None
) -> list[tuple[RecipientFinding, SettleForm]]:
    rows: Iterable[RecipientFinding] = identity.open_findings(session, count=MOST_FINDINGS)
    return [
        (one, settling[0] if settling and settling[1] == one.id else SettleForm(formdata=None))
        for one in rows
    ]
