"""One JSON line a request in the log: the route, never the address, a name or a sum."""

import time
from uuid import uuid4

import orjson
from flask import Flask, Response, current_app, g, request

from compliance_app.web.guard import Actor


def install(app: Flask) -> None:
    """Time each request and log it when it is answered."""
    app.before_request(_start)
    app.after_request(_log)


def request_id() -> str:
    """Return the number under which this request stands in the log."""
    return str(g.get("request_id", "-"))


def _start() -> None:
    g.request_id = uuid4().hex[:12]
    g.started = time.perf_counter()


def _log(response: Response) -> Response:
    rule = request.url_rule.rule if request.url_rule else "(no such page)"
    line = {
        "request": request_id(),
        "method": request.method,
        "route": rule,
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        "person": _person_id(),
    }
    current_app.logger.info(orjson.dumps(line).decode())
    return response


def _person_id() -> int | None:
    """Return who is signed in, without looking anybody up for a request that did not ask."""
    who = g.get("_login_user")
    return who.person_id if isinstance(who, Actor) else None
