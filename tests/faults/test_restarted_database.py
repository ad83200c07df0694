"""PostgreSQL goes away in the middle of work: nothing acknowledged is lost, and work goes on."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

from compliance_app.store import schema
from compliance_app.store.base import db
from tests.conftest import Cast, fill, make_app
from tests.faults.submitting import assert_sound, submit, submit_until_answered
from tests.postgresql import Cluster, cluster
from tests.races.crowd import SCALE

Fault = Callable[[Cluster], None]
THREADS = 3
GIFTS = 8 * SCALE


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """Return a PostgreSQL of the test's own, which writes to the disk as in earnest."""
    request.getfixturevalue("cluster")  # skips where PostgreSQL is missing
    with cluster("fsync = on\nfull_page_writes = on\n") as own:
        own.create("register")
        yield own


@pytest.fixture
def register(server: Cluster, tmp_path: Path) -> Iterator[Flask]:
    """Return an application on a database of that server."""
    application = make_app(tmp_path, server.url("register"))
    fill(application)
    with application.app_context():
        yield application
        db.engine.dispose()


def restart(server: Cluster) -> None:
    server.stop("immediate")
    server.start()


def kill(server: Cluster) -> None:
    server.kill()
    server.start()


FAULTS = [pytest.param(restart, id="restarted"), pytest.param(kill, id="killed")]


@pytest.mark.parametrize("fault", FAULTS)
def test_an_act_that_is_cut_off_leaves_nothing_and_the_next_one_is_done(
    register: Flask, server: Cluster, cast: Cast, fault: Fault
) -> None:
    first = submit(cast, "first")
    with pytest.raises(DBAPIError):
        submit(cast, "cut off", before_commit=lambda: fault(server))
    second = submit(cast, "second")
    assert_sound([first, second])


def test_those_who_send_their_form_again_find_it_once(
    register: Flask, server: Cluster, cast: Cast
) -> None:
    def submit_many(number: int) -> list[str]:
        with register.app_context():
            return [submit_until_answered(cast, f"{number}-{turn}") for turn in range(GIFTS)]

    with ThreadPoolExecutor(THREADS) as threads:
        answers = [threads.submit(submit_many, number) for number in range(THREADS)]
        for fault in (restart, kill) * SCALE:
            sleep(0.5)
            fault(server)
        acknowledged = [reference for answer in answers for reference in answer.result()]
    assert_sound(acknowledged)
    assert schema.current(db.engine) == schema.head()
