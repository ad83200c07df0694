"""Every failure as `application/problem+json`: a code for programs, a sentence for people."""

from http import HTTPStatus

from flask import Blueprint, Response, current_app, request
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from werkzeug.exceptions import HTTPException

from compliance_app.rules.errors import InputError, LikelyDuplicateError, RuleError
from compliance_app.rules.facts import FactsError
from compliance_app.web.errors import note_refusal, status_of
from compliance_app.web.request_log import request_id

MEDIA_TYPE = "application/problem+json"
SENTENCES = {
    400: "The request could not be read; check its address and headers.",
    401: 'Send a good token in the header "Authorization: Bearer ..."; people make one on their '
    "account page.",
    404: "There is nothing at this address; GET /api/v1/openapi.json lists every call.",
    405: "This address does not take this method; the header Allow names those it takes.",
    413: "The body is larger than 12 MB; send less at a time.",
    415: 'Send the body as JSON, with the header "Content-Type: application/json".',
}
# What tells a program how to go on; the other headers of an HTTP error are those of a page.
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")
RETRY_AFTER_SECONDS = "2"


class Problem(BaseModel):
    """Why a call failed (RFC 9457); `problems` has a sentence for each wrong field."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    problems: dict[str, str] | None = None
    duplicates: list[dict[str, int | str | None]] | None = None


def install(bp: Blueprint) -> None:
    """Answer every failure of the interface with a problem."""
    bp.register_error_handler(RuleError, _refused)
    bp.register_error_handler(FactsError, _contradicted)
    bp.register_error_handler(HTTPException, _http)
    bp.register_error_handler(OperationalError, _unavailable)
    bp.register_error_handler(NoConnectionError, _unavailable)
    bp.register_error_handler(Exception, _broken)


def _refused(error: RuleError) -> Response:
    note_refusal(error)
    return _problem(
        status_of(error),
        error.code,
        str(error),
        problems=error.problems if isinstance(error, InputError) else None,
        duplicates=list(error.duplicates) if isinstance(error, LikelyDuplicateError) else None,
    )


def _contradicted(error: FactsError) -> Response:
    return _refused(InputError(problems={"facts": str(error)}))


def _http(error: HTTPException) -> Response:
    response = error.get_response()
    status = response.status_code
    if status < HTTPStatus.BAD_REQUEST:
        return Response(status=status, headers=response.headers)
    code = HTTPStatus(status).phrase.lower().replace(" ", "-")
    kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return _problem(status, code, SENTENCES.get(status, error.description or ""), headers=kept)


def _unavailable(error: OperationalError | NoConnectionError) -> Response:
    """Ask to come again: a connection that broke does not say whether it still committed."""
    why = error.orig if isinstance(error, OperationalError) else error
    current_app.logger.error("request %s met no database: %s", request_id(), why)
    return _problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "unavailable",
        "The register cannot be reached now. Send the same request again, with the same "
        "Idempotency-Key, and it is done once.",
        headers={"Retry-After": RETRY_AFTER_SECONDS},
    )


def _broken(error: Exception) -> Response:
    current_app.logger.error("request %s failed", request_id(), exc_info=error)
    return _problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "failed",
        "Something went wrong on our side and nothing was changed. Tell your administrator the "
        f"number {request_id()}.",
    )


def _problem(
    status: int,
    code: str,
    detail: str,
    *,
    problems: dict[str, str] | None = None,
    duplicates: list[dict[str, int | str | None]] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    problem = Problem(
        type=f"urn:tally3220:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        instance=request.path,
        problems=problems,
        duplicates=duplicates,
    )
    body = problem.model_dump_json(exclude_none=True)
    return Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)
