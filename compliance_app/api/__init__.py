"""The JSON interface for programs: `install` puts it on the application, behind the same guard."""

from flask import Blueprint, Flask

from compliance_app.api import (
    auth,
    clients,
    errors,
    gifts,
    identity,
    openapi,
    recipients,
    report_orders,
    reports,
    unknown,
)


def install(app: Flask) -> None:
    """Put every call on the application; only a bearer token opens them."""
    parent = Blueprint("api", __name__, url_prefix="/api")
    parent.url_value_preprocessor(auth.enter)
    parent.after_request(unknown.name_methods)
    errors.install(parent)
    for calls in (
        gifts,
        recipients,
        clients,
        identity,
        reports,
        report_orders,
        openapi,
        unknown,
    ):
        parent.register_blueprint(calls.bp)
        # No cookie opens anything here, so no form of another site can misuse one.
        app.extensions["csrf"].exempt(calls.bp)
    app.register_blueprint(parent)
