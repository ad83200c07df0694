"""The pages: `install` puts them on the application, guarded before they are reachable."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from compliance_app.web import (
    account,
    approvals,
    as_of,
    assets,
    audit,
    dashboard,
    errors,
    filters,
    gifts,
    guard,
    headers,
    health,
    people,
    policies,
    recipients,
    reports,
    request_log,
)

csrf = CSRFProtect()


def install(app: Flask) -> None:
    """Put every page on the application, in the order a request meets them."""
    request_log.install(app)
    headers.install(app)
    guard.install(app)
    csrf.init_app(app)
    errors.install(app)
    filters.install(app)
    assets.install(app)
    for pages in (
        health,
        account,
        dashboard,
        gifts,
        approvals,
        recipients,
        audit,
        as_of,
        policies,
        people,
        reports,
    ):
        app.register_blueprint(pages.bp)
