"""A program for tests: it asks the JSON interface with a token, and judges the form of answers."""

import json
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from compliance_app.services import tokens
from compliance_app.store import people
from compliance_app.store.base import unit_of_work
from tests.conftest import EMAILS, NOON

GIFT: dict[str, Any] = {
    "given_on": "2026-11-24",
    "category": "merchandise",
    "description": "Gift basket from Fern & Rye",
    "purpose": "Year-end visit",
    "cost": "48.00",
    "recipients": [{"id": 1}],
}


def token_of(person: str) -> str:
    """Return a new token that acts as one of the cast."""
    with unit_of_work() as session:
        row = people.find_by_email(session, EMAILS[person])
        assert row is not None
        return tokens.make(session, row, "Test", actor_id=row.id, at=NOON)


class Program:
    """A program that acts as one of the cast; nobody where it has no token."""

    def __init__(self, app: Flask, person: str | None = None) -> None:
        self.app = app
        self.client = app.test_client()
        self.headers = {"Authorization": f"Bearer {token_of(person)}"} if person else {}

    def open(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        data: bytes | None = None,
    ) -> TestResponse:
        """Ask, with a JSON body where one is given, in an application context of its own."""
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        sent = json.dumps(body).encode() if body is not None else data
        media_type = "application/json" if sent is not None else None
        with self.app.app_context():
            return self.client.open(
                path,
                method=method,
                headers=headers,
                data=sent,
                content_type=media_type,
                buffered=True,
            )

    def get(self, path: str) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return what the call answers."""
        return self._taken(self.open("GET", path), 200)

    def post(
        self, path: str, body: object = None, *, key: str | None = None, status: int = 200
    ) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Order something and return the answer."""
        return self._taken(self.open("POST", path, body, key=key), status)

    def refused(self, response: TestResponse, status: int) -> Any:  # noqa: ANN401
        """Return the problem of a refusal."""
        assert (response.status_code, response.mimetype) == (status, "application/problem+json")
        problem = json.loads(response.text)
        assert problem["status"] == status
        assert problem["type"] == f"urn:tally3220:problem:{problem['code']}"
        return problem

    def log(self, *, key: str | None = None, **changes: object) -> Any:  # noqa: ANN401
        """Log a gift and return it."""
        return self.post("/api/v1/gifts", GIFT | changes, key=key, status=201)

    def _taken(self, response: TestResponse, status: int) -> Any:  # noqa: ANN401
        assert (response.status_code, response.mimetype) == (status, "application/json"), (
            response.text
        )
        return json.loads(response.text)
