"""What a person sees when something is refused or goes wrong: a sentence, never a traceback."""

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, Unauthorized

from compliance_app.clock import now
from compliance_app.rules.errors import (
    InputError,
    NotFoundError,
    PermissionMissingError,
    RuleError,
)
from compliance_app.rules.receipts import MEGABYTE
from compliance_app.services.audit import record_refusal
from compliance_app.store.base import unit_of_work
from compliance_app.web.forms.account import SignInForm
from compliance_app.web.guard import someone
from compliance_app.web.interrupted import Typed
from compliance_app.web.request_log import request_id

# One row a family; whatever the rules refuse otherwise is a conflict with the register.
STATUS: tuple[tuple[type[RuleError], int], ...] = (
    (NotFoundError, 404),
    (PermissionMissingError, 403),
    (InputError, 422),
)
CONFLICT = 409
STALE = (
    "This form was opened in another session, so nothing was changed yet. "
    "Look at it once more and send it, if you still mean it."
)
TITLES = {
    400: "This could not be read",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "Not possible here",
    409: "Not possible now",
    413: "Too large",
    422: "Please check what you entered",
    503: "Not available just now",
}
SENTENCES = {
    400: "The request could not be read. Go back, reload the page and try again.",
    401: "Your session has ended. Sign in again; what you typed is still on the page before.",
    404: "There is nothing at this address that you may see. Check it, or start from the menu.",
    405: "This address does not take that kind of request. Start from the menu.",
}


def install(app: Flask) -> None:
    """Answer every failure with a page."""
    app.register_error_handler(RuleError, _refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(InternalError, _unavailable)
    app.register_error_handler(Exception, _broken)


def status_of(error: RuleError) -> int:
    """Return the HTTP status of a refusal."""
    return next((status for family, status in STATUS if isinstance(error, family)), CONFLICT)


def note_refusal(error: RuleError) -> None:
    """Leave a recorded refusal in the trail, after the refused work was rolled back."""
    who = someone()
    if not error.recorded or who is None:
        return
    with unit_of_work() as session:
        record_refusal(session, error, actor_id=who.person_id, at=now(), attempted=request.path)


def _refused(error: RuleError) -> ResponseReturnValue:
    note_refusal(error)
    return _page(status_of(error), str(error))


def _forged(error: CSRFError) -> ResponseReturnValue:
    typed = Typed.of_request()
    if typed is not None and someone() is not None:
        return typed.page(STALE), 400
    return _page(
        400,
        "This form was opened in another session or has expired, so nothing was changed. "
        "Go back, reload the page and send it again.",
    )


def _http(error: HTTPException) -> ResponseReturnValue:
    typed = Typed.of_request() if error.code == Unauthorized.code else None
    if typed is not None:
        form = SignInForm(formdata=None)
        return render_template("account/sign_in.html", form=form, typed=typed), Unauthorized.code
    if error.code is None or error.code < CONFLICT // 100 * 100:
        return error
    if error.code == RequestEntityTooLarge.code:
        megabytes = (request.max_content_length or 0) // MEGABYTE
        return _page(
            error.code, f"What you sent is larger than {megabytes} MB. Send a smaller file."
        )
    return _page(error.code, SENTENCES.get(error.code, error.description or ""))


def _unavailable(error: DBAPIError) -> ResponseReturnValue:
    current_app.logger.error("request %s: no database", request_id(), exc_info=error)
    body, status = _page(
        503,
        "The register is busy or its database does not answer just now. Send the same page "
        "again in a minute: a gift that was kept already is not made twice.",
    )
    return body, status, {"Retry-After": "10"}


def _broken(error: Exception) -> ResponseReturnValue:
    current_app.logger.error("request %s failed", request_id(), exc_info=error)
    return _page(
        500,
        "Something went wrong on our side and nothing was changed. "
        f"Try again; if it happens again, tell your administrator the number {request_id()}.",
    )


def _page(status: int, sentence: str) -> tuple[str, int]:
    title = TITLES.get(status, "Something went wrong")
    page = render_template("errors/show.html", title=title, sentence=sentence, status=status)
    return page, status
