"""Everybody who writes gets a turn, whoever else writes as fast as they can."""

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from compliance_app.store.base import unit_of_work
from compliance_app.store.turns import NestedWorkError
from tests.races.crowd import PROCESSES, SCALE, Job, take_turns

MILLISECONDS = 2_000


def test_nobody_gets_less_than_a_third_of_what_anybody_gets(
    app: Flask, database_url: str, tmp_path: Path, crowd: ProcessPoolExecutor
) -> None:
    job = Job(database_url, tmp_path, 0, (), MILLISECONDS * SCALE, ())
    # Once before, so that every process has loaded what it needs.
    list(crowd.map(take_turns, [Job(database_url, tmp_path, 0, (), 0, ())] * PROCESSES))
    counts = [count for counts in crowd.map(take_turns, [job] * PROCESSES) for count in counts]
    assert min(counts) * 3 >= max(counts), counts


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_work_within_work_is_refused_and_does_not_wait_for_itself(app: Flask) -> None:
    with unit_of_work(), pytest.raises(NestedWorkError), unit_of_work():
        pass
    with unit_of_work() as session:
        assert session.is_active
