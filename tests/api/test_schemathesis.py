"""A tool that knows nothing of us sends all that the description allows, and what it forbids."""

import threading
from collections.abc import Iterator

import pytest
import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from werkzeug.serving import make_server

from tests.program import Program, token_of

CALLS = 25


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Serve the application, and return where."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def configured(person: str) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "headers": {"Authorization": f"Bearer {token_of(person)}"},
            # What has the right shape may still be refused for what it says: a day too far ahead.
            "checks": {
                "positive_data_acceptance": {"expected-statuses": ["2xx", "404", "409", "422"]}
            },
            "generation": {"max-examples": 8, "deterministic": True, "no-shrink": True},
            "continue-on-failure": True,
            "suppress-health-check": ["all"],
        }
    )


def test_every_answer_is_what_the_description_says(app: Flask, address: str) -> None:
    Program(app, "rep").log()
    schema = schemathesis.openapi.from_url(
        f"{address}/api/v1/openapi.json", config=configured("officer")
    )

    asked: set[str] = set()
    answered: set[int] = set()
    wrong: list[str] = []
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            seen = event.recorder
            asked |= {node.value.operation.label for node in seen.cases.values()}
            answered |= {
                one.response.status_code for one in seen.interactions.values() if one.response
            }
            wrong += [
                f"{seen.label}: {check.failure_info.failure}\n{check.failure_info.code_sample}"
                for checks in seen.checks.values()
                for check in checks
                if check.failure_info is not None
            ]
        elif isinstance(event, events.NonFatalError):
            wrong.append(f"{event.label}: {event.value!r}")
        elif isinstance(event, events.FatalError):
            wrong.append(repr(event.exception))

    assert wrong == []
    assert len(asked) == CALLS
    assert answered >= {200, 201, 401, 404, 405, 409, 415, 422}
