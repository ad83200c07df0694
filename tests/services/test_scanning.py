"""A scan that was stopped goes on where it stood, and one that is done begins anew."""

from datetime import timedelta

import pytest
from flask import Flask

from compliance_app.services import recipients
from compliance_app.services.recipients import NewRecipient
from compliance_app.services.scanning import SLICES, begin, keep_slice, look_through, prepare
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import RecipientPair, RecipientScan
from tests.conftest import CAST, NOON

NAMES = ("Ida Rask", "Ida Rasck", "Jon Fischer", "Jonathan Fischer", "Olga Mirova")


@pytest.fixture
def alike(app: Flask) -> Flask:
    """Return a register with two pairs that nobody has suspected yet."""
    with unit_of_work() as session:
        for name in NAMES:
            recipients.add(
                session, NewRecipient(name, employer="Harbor Trust"), actor_id=CAST.rep, at=NOON
            )
        session.query(RecipientPair).delete()
    return app


def do(number: int) -> RecipientScan:
    """Do one slice in a unit of work of its own, as whoever goes on with a scan does."""
    with unit_of_work() as session:
        scan, register = begin(session, at=NOON), prepare(session)
        likely = look_through(session, register, number, least=58)
        return keep_slice(session, register, scan.id, number, likely, actor_id=None, at=NOON)


@pytest.mark.usefixtures("alike")
def test_a_stopped_scan_goes_on_where_it_stood_and_a_finished_one_begins_anew() -> None:
    for number in range(5):
        assert do(number).slices_done == number + 1
    with unit_of_work() as session:
        stopped = begin(session, at=NOON + timedelta(hours=1))
        assert (stopped.id, stopped.slices_done, stopped.begun_at) == (1, 5, NOON)
    # Another process did this slice already, and the one after the next is not due.
    assert (do(4).slices_done, do(6).slices_done) == (5, 5)
    for number in range(5, SLICES):
        done = do(number)
    assert (done.slices_done, done.new_pairs, done.finished_at) == (16, 2, NOON)
    with db.session() as session:
        assert [(one.first.name, one.second.name) for one in session.query(RecipientPair)] in (
            [NAMES[:2], NAMES[2:4]],
            [NAMES[2:4], NAMES[:2]],
        )
    assert (do(0).id, do(1).new_pairs) == (2, 0)
