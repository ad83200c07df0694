"""For machines that watch: is the process alive, and can it serve."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from compliance_app.store import schema
from compliance_app.store.base import db
from compliance_app.store.in_place import is_in_place
from compliance_app.web.guard import public

bp = Blueprint("health", __name__)

UNREACHABLE = {"status": "unavailable", "reason": "The database cannot be reached."}


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that the process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Say whether the database is reachable and its schema is the one this version needs."""
    # A file that was moved or deleted stays open, so the connection alone would notice nothing.
    if not is_in_place(db.engine):
        return UNREACHABLE, 503
    try:
        current = schema.current(db.engine)
    except SQLAlchemyError:
        return UNREACHABLE, 503
    if current != schema.head():
        return {
            "status": "unavailable",
            "reason": "The schema is not current; run: tally3220 database upgrade",
        }, 503
    return {"status": "ok", "schema": current}
