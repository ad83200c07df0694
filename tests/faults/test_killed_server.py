"""A server is killed while people submit: whoever was answered finds their gift, once."""

import re
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from time import sleep

from flask import Flask

from compliance_app.clock import now
from tests.conftest import EMAILS
from tests.faults.served import Server, Visitor, gift_form
from tests.faults.submitting import assert_sound, gifts_there
from tests.postgresql import free_port
from tests.races.crowd import SCALE

REFERENCE = re.compile(r"G-[0-9]{4}-[0-9]{6}")
VISITORS = 3
GIFTS = 6 * SCALE
KILLS = 2 + SCALE // 8
# A thousand such gifts stay below the limit, so each of them counts.
SMALL = {"cost": "0.10"}


def test_every_gift_that_was_acknowledged_is_there_once_after_the_server_was_killed(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    app.config["CLOCK"] = None
    day = (now() + timedelta(days=3)).date().isoformat()
    server = Server(database_url, tmp_path, free_port())

    def submit_many(_number: int) -> list[str]:
        visitor = Visitor(server, EMAILS["rep"])
        return [visitor.post("/gifts", gift_form(day) | SMALL) for _ in range(GIFTS)]

    with ThreadPoolExecutor(VISITORS) as threads:
        answers = [threads.submit(submit_many, number) for number in range(VISITORS)]
        while (landed := gifts_there()) < VISITORS * GIFTS // 3 and not all_done(answers):
            sleep(0.05)
        for _ in range(KILLS):
            server.kill()
            while gifts_there() == landed and not all_done(answers):
                sleep(0.05)
            landed = gifts_there()
        places = [place for answer in answers for place in answer.result()]
    server.stop()
    assert len(places) == VISITORS * GIFTS
    assert_sound(REFERENCE.findall(" ".join(places)), cents_each=10)


def all_done(answers: list[Future[list[str]]]) -> bool:
    return all(answer.done() for answer in answers)
