"""The processes of the crowd, started once for all races."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from tests.races.crowd import PROCESSES


@pytest.fixture(scope="package")
def crowd() -> Iterator[ProcessPoolExecutor]:
    """Return processes that share nothing with the test but what they are sent."""
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        yield pool
