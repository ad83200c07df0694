"""The interface described to programs: OpenAPI 3.1, made from the calls and models themselves."""

import json
import re
from functools import lru_cache
from http import HTTPStatus
from typing import Any, NamedTuple

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from werkzeug.routing import Rule

from compliance_app import __version__
from compliance_app.api import errors
from compliance_app.api.answers import Gift, Preview, Recipient
from compliance_app.api.clients import Employer, EmployerPage
from compliance_app.api.fields import LARGEST_ID
from compliance_app.api.gift_list import GiftPage
from compliance_app.api.identity import Finding, FindingPage, Merge, Pair, PairPage
from compliance_app.api.orders import HEADER, KEY, respond
from compliance_app.api.recipients import RecipientPage
from compliance_app.api.report_orders import Job
from compliance_app.api.schemas import (
    DecisionBody,
    DepartureBody,
    DetailsBody,
    EmployerQuery,
    EmploymentBody,
    FindingBody,
    FindingQuery,
    GiftBody,
    GiftQuery,
    MergeBody,
    PairBody,
    PairQuery,
    RecipientBody,
    RecipientQuery,
    ReportBody,
    UnmergeBody,
)
from compliance_app.rules.periods import QUARTER
from compliance_app.rules.permissions import Permission
from compliance_app.services.import_rows import REFERENCE
from compliance_app.web.guard import permission_of, public

bp = Blueprint("openapi", __name__)

Schema = dict[str, Any]


class Call(NamedTuple):
    """What a call takes and answers; `answer` None is a zip, and an order takes a key."""

    answer: type[BaseModel] | None
    status: int = 200
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    is_order: bool = False


CALLS: dict[str, Call] = {
    "api.gifts.index": Call(GiftPage, query=GiftQuery),
    "api.gifts.create": Call(Gift, 201, body=GiftBody, is_order=True),
    "api.gifts.assess": Call(Preview, body=GiftBody),
    "api.gifts.show": Call(Gift),
    "api.gifts.decide": Call(Gift, body=DecisionBody, is_order=True),
    "api.gifts.withdraw": Call(Gift, is_order=True),
    "api.recipients.index": Call(RecipientPage, query=RecipientQuery),
    "api.recipients.show": Call(Recipient),
    "api.recipients.create": Call(Recipient, 201, body=RecipientBody, is_order=True),
    "api.clients.index": Call(EmployerPage, query=EmployerQuery),
    "api.clients.show": Call(Employer),
    "api.clients.correct_details": Call(Recipient, body=DetailsBody, is_order=True),
    "api.clients.change_employer": Call(Recipient, body=EmploymentBody, is_order=True),
    "api.clients.depart": Call(Recipient, body=DepartureBody, is_order=True),
    "api.identity.merge": Call(Merge, body=MergeBody, is_order=True),
    "api.identity.unmerge": Call(Merge, body=UnmergeBody, is_order=True),
    "api.identity.index": Call(PairPage, query=PairQuery),
    "api.identity.decide": Call(Pair, body=PairBody, is_order=True),
    "api.identity.list_findings": Call(FindingPage, query=FindingQuery),
    "api.identity.settle": Call(Finding, body=FindingBody, is_order=True),
    "api.reports.create": Call(None, is_order=True),
    "api.report_orders.create": Call(Job, 202, body=ReportBody, is_order=True),
    "api.report_orders.show": Call(Job),
    "api.report_orders.cancel": Call(Job, is_order=True),
    "api.report_orders.fetch": Call(None),
}
PLACES: dict[str, Schema] = {
    "reference": {"type": "string", "pattern": f"^{REFERENCE.pattern}$"},
    "recipient_id": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
    "employer_id": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
    "pair_id": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
    "finding_id": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
    "job_id": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
    "report_id": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
    "label": {"type": "string", "pattern": f"^{re.sub(r'[?]P<[a-z]+>', '', QUARTER.pattern)}$"},
}
CONVERTER = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
REFERENCES = "#/components/schemas/{model}"
# How any call may fail, an order, and a call with a body.
EVERY_CALL = (401, 403, 404, 405, 422, 503)
ORDERS = (409,)
BODIES = (413, 415)
ABOUT = (
    "The gift-and-gratuity register for programs. Sums are strings of dollars and cents; a failure "
    "is application/problem+json. An order sent again with the same Idempotency-Key is done once."
)


@bp.get("/v1/openapi.json")
@public
def show() -> ResponseReturnValue:
    """Describe every call."""
    return respond(json.dumps(describe(), ensure_ascii=False))


def describe() -> Schema:
    """Return the description of every call."""
    paths: Schema = {}
    for rule in current_app.url_map.iter_rules():
        if rule.endpoint in CALLS:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                path = paths.setdefault(CONVERTER.sub(r"{\1}", rule.rule), {})
                path[method.lower()] = _operation(rule, CALLS[rule.endpoint])
    schemas = {name: schema for name, schema in _schemas().items() if not name.endswith("Query")}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tally 3220", "version": __version__, "description": ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas,
        },
    }


def _operation(rule: Rule, call: Call) -> Schema:
    view = current_app.view_functions[rule.endpoint]
    needed = permission_of(rule.endpoint)
    answers = {str(call.status): _answer(call)}
    failures = (*EVERY_CALL, *(ORDERS if call.is_order else ()), *(BODIES if call.body else ()))
    answers |= {str(status): _failure(status) for status in sorted(failures)}
    operation: Schema = {
        "operationId": rule.endpoint.removeprefix("api."),
        "summary": (view.__doc__ or "").strip(),
        "parameters": _parameters(rule, call),
        "responses": answers,
    }
    if isinstance(needed, Permission):
        operation["description"] = f"Needs the permission {needed.value}."
    if call.body is not None:
        content = {"application/json": {"schema": _reference(call.body)}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _answer(call: Call) -> Schema:
    if call.answer is None:
        content: Schema = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
    else:
        content = {"application/json": {"schema": _reference(call.answer)}}
    return {"description": HTTPStatus(call.status).phrase, "content": content}


def _failure(status: int) -> Schema:
    content = {errors.MEDIA_TYPE: {"schema": _reference(errors.Problem)}}
    return {"description": HTTPStatus(status).phrase, "content": content}


def _parameters(rule: Rule, call: Call) -> list[Schema]:
    found: list[Schema] = [
        {"name": name, "in": "path", "required": True, "schema": PLACES[name]}
        for name in CONVERTER.findall(rule.rule)
    ]
    if call.query is not None:
        asked = _schemas()[call.query.__name__]["properties"]
        found += [
            {"name": name, "in": "query", "schema": _without_null(schema)}
            for name, schema in asked.items()
        ]
    if call.is_order:
        schema = {"type": "string", "pattern": f"^{KEY.pattern}$"}
        found.append({"name": HEADER, "in": "header", "schema": schema})
    return found


def _without_null(schema: Schema) -> Schema:
    """Return what a parameter holds where it is sent; one that is left out is just not there."""
    options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    return options[0] if options else {k: v for k, v in schema.items() if k != "title"}


def _reference(model: type[BaseModel]) -> Schema:
    return {"$ref": REFERENCES.format(model=model.__name__)}


@lru_cache(maxsize=1)
def _schemas() -> Schema:
    taken: list[type[BaseModel]] = []
    given: list[type[BaseModel]] = [errors.Problem]
    for call in CALLS.values():
        taken += [model for model in (call.body, call.query) if model]
        given += [call.answer] if call.answer else []
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((model, "validation") for model in dict.fromkeys(taken)),
        *((model, "serialization") for model in dict.fromkeys(given)),
    ]
    _, schemas = models_json_schema(modes, ref_template=REFERENCES)
    defined: Schema = schemas["$defs"]
    return defined
