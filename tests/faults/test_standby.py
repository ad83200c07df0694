"""The primary dies under load, the standby takes over: nothing acknowledged is lost."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import pytest

from compliance_app.store.base import db
from tests.conftest import Cast, fill, make_app
from tests.faults.submitting import assert_sound, gifts_there, submit_until_answered
from tests.postgresql import Cluster, cluster, standby
from tests.races.crowd import SCALE

DURABLE = "fsync = on\nfull_page_writes = on\n"
THREADS = 3
GIFTS = 8 * SCALE


def test_nothing_is_lost_when_the_standby_takes_over(
    request: pytest.FixtureRequest, tmp_path: Path, cast: Cast
) -> None:
    request.getfixturevalue("cluster")  # skips where PostgreSQL is missing
    with cluster(DURABLE) as primary:
        primary.create("register")
        fill(make_app(tmp_path, primary.url("register")))
        with standby(primary) as follower:
            primary.wait_for("*")
            register = make_app(tmp_path, either(primary, follower))

            def submit_many(number: int) -> list[str]:
                with register.app_context():
                    return [submit_until_answered(cast, f"{number}-{n}") for n in range(GIFTS)]

            with ThreadPoolExecutor(THREADS) as threads:
                answers = [threads.submit(submit_many, number) for number in range(THREADS)]
                with register.app_context():
                    while gifts_there() < THREADS * GIFTS // 3:
                        sleep(0.01)
                primary.kill()
                follower.promote()
                acknowledged = [reference for answer in answers for reference in answer.result()]
            with register.app_context():
                assert_sound(acknowledged)
                db.engine.dispose()


def either(first: Cluster, second: Cluster) -> str:
    """Return the address of whichever of the two takes writes."""
    return (
        f"{first.url('register').replace(f'127.0.0.1:{first.port}', '')}"
        f"?host=127.0.0.1,127.0.0.1&port={first.port},{second.port}"
        "&target_session_attrs=read-write"
    )
