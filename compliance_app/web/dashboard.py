"""Home: what needs the person who is signed in, and nothing else."""

from typing import NamedTuple

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from compliance_app.clock import now
from compliance_app.rules.permissions import Permission
from compliance_app.rules.workflow import State
from compliance_app.store import dashboard as store
from compliance_app.store.base import db
from compliance_app.store.dashboard import OpenGift
from compliance_app.web.guard import Actor, actor, requires
from compliance_app.web.queue import Queue, came_to_light, queue_of

bp = Blueprint("dashboard", __name__)

SHOWN = 5
# The states of an own gift in which something is still to come: what it says of them.
OPEN_STATES: tuple[tuple[State, str, str], ...] = (
    (State.SENT_BACK, "Sent back to you", "Change it and send it again, or withdraw it."),
    (State.APPROVED, "Approved, not yet given", "Mark each one when you have given it."),
    (State.SUBMITTED, "Waiting for a decision", "Nothing to do until somebody decides."),
)


class Heap(NamedTuple):
    """Own gifts in one state: what that means, how many there are, and the newest of them."""

    title: str
    what_next: str
    total: int
    gifts: list[OpenGift]


@bp.get("/")
@requires(Permission.ACCOUNT_OWN)
def index() -> ResponseReturnValue:
    """Show what needs me: what I may decide, and where my own gifts stand."""
    reading, me = db.session(), actor()
    return render_template(
        "dashboard/index.html",
        queue=_queue(reading, me),
        came_to_light=came_to_light(reading, me),
        heaps=_heaps(reading, me),
        shown=SHOWN,
    )


def _queue(reading: Session, me: Actor) -> Queue | None:
    return queue_of(reading, me, now()) if me.may(Permission.GIFT_DECIDE) else None


def _heaps(reading: Session, me: Actor) -> list[Heap]:
    """Return the states in which the person has gifts, what needs them first."""
    if not me.may(Permission.GIFT_LOG):
        return []
    totals = store.count_open(reading, me.person_id)
    return [
        Heap(
            title,
            what_next,
            totals[state],
            store.list_open(reading, me.person_id, state=state, count=SHOWN),
        )
        for state, title, what_next in OPEN_STATES
        if totals.get(state)
    ]
