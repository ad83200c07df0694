"""A form that is sent several times at the same moment is one gift."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from compliance_app.services import gifts
from compliance_app.store.base import unit_of_work
from compliance_app.store.models import Gift
from tests.conftest import NOON, Cast
from tests.factories import make_claim

CLICKS = 4


def test_the_same_form_sent_at_the_same_moment_is_one_gift(app: Flask, cast: Cast) -> None:
    together = Barrier(CLICKS)

    def click(_number: int) -> str:
        with app.app_context():
            together.wait()
            with unit_of_work() as session:
                return gifts.submit(
                    session,
                    make_claim(20_00),
                    giver_id=cast.rep,
                    actor_id=cast.rep,
                    at=NOON,
                    submission_key="one form",
                ).reference

    with ThreadPoolExecutor(CLICKS) as threads:
        references = set(threads.map(click, range(CLICKS)))
    assert len(references) == 1
    with unit_of_work() as session:
        assert session.scalar(select(func.count()).select_from(Gift)) == 1
