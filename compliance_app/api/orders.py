"""An order of a program: done in one unit of work, and once for each Idempotency-Key."""

import json
import re
from collections.abc import Callable
from datetime import datetime

from flask import Response, request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from compliance_app.clock import now
from compliance_app.rules.errors import InputError
from compliance_app.services.idempotency import Answer, Order, answer_once
from compliance_app.store.base import unit_of_work
from compliance_app.web.guard import actor

HEADER = "Idempotency-Key"
KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)

Act = Callable[[Session, datetime], Answer]


def perform(act: Act, body: BaseModel | None = None) -> Response:
    """Do what the request orders and answer it."""
    answer = carry_out(act, body)
    return respond(answer.text, answer.status)


def carry_out(act: Act, body: BaseModel | None = None) -> Answer:
    """Do what the request orders, unless its key was answered before."""
    order, moment = _read_order(body), now()
    with unit_of_work() as work:
        if order is None:
            return act(work, moment)
        return answer_once(work, order, lambda session: act(session, moment), at=moment)


def respond(text: str, status: int = 200) -> Response:
    """Answer with a JSON text."""
    return Response(text, status=status, content_type="application/json")


def _read_order(body: BaseModel | None) -> Order | None:
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not KEY.fullmatch(key):
        sentence = "Give 1 to 255 visible ASCII characters without spaces, such as a UUID."
        raise InputError(problems={HEADER: sentence})
    sent = json.loads(request.get_data()) if body is not None else None
    document = {"path": request.path, "body": sent}
    return Order(actor().person_id, str(request.endpoint), key, document)
