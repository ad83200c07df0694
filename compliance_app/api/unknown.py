"""Every address below /api that is no call, so that a program is answered as a program here too."""

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed, NotFound

from compliance_app.web.guard import public

bp = Blueprint("unknown", __name__)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")
REFUSAL = "api.unknown.refuse"


@bp.route("/", defaults={"rest": ""}, methods=METHODS)
@bp.route("/<path:rest>", methods=METHODS)
@public
def refuse(rest: str) -> ResponseReturnValue:
    """Say that there is no such call, or what the address takes instead."""
    taken = _taken()
    if taken:
        raise MethodNotAllowed(valid_methods=taken)
    raise NotFound


def name_methods(response: Response) -> Response:
    """Name, to whom asks for its options, only what an address really takes.

    Flask would add the methods of the view above, which takes all of them everywhere.
    """
    if request.method == "OPTIONS" and request.endpoint != REFUSAL:
        response.headers["Allow"] = ", ".join(_taken())
    return response


def _taken() -> list[str]:
    """Return the methods with which the request's address is a call."""
    address = current_app.url_map.bind("")
    found = {method: address.match(request.path, method=method)[0] for method in METHODS}
    return [method for method, endpoint in found.items() if endpoint != REFUSAL]
