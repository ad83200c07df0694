"""The pages: `install` puts them on the application, guarded before they are reachable."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.routing import IntegerConverter, Map

from compliance_app.web import (
    account,
    appearance,
    approvals,
    as_of,
    assets,
    audit,
    cookies,
    crm,
    dashboard,
    drafts,
    employers,
    employments,
    errors,
    filters,
    gifts,
    guard,
    headers,
    health,
    identity,
    people,
    policies,
    proof,
    receipts,
    receiving,
    recipients,
    report_jobs,
    reports,
    request_log,
    same_person,
    search,
    second_factor,
    signing,
    year,
)
from compliance_app.web.forms.fields import LARGEST_ID

csrf = CSRFProtect()


class RowNumber(IntegerConverter):
    """A number in an address; one that no row can have is an address of nothing."""

    def __init__(self, rules: Map) -> None:
        super().__init__(rules, max=LARGEST_ID)


def install(app: Flask) -> None:
    """Put every page on the application, in the order a request meets them."""
    app.url_map.converters["int"] = RowNumber
    request_log.install(app)
    cookies.install(app)
    headers.install(app)
    receiving.install(app)
    guard.install(app)
    csrf.init_app(app)
    errors.install(app)
    filters.install(app)
    assets.install(app)
    appearance.install(app)
    for pages in (
        assets,
        health,
        signing,
        account,
        second_factor,
        dashboard,
        year,
        search,
        receipts,
        drafts,
        proof,
        gifts,
        approvals,
        identity,
        same_person,
        recipients,
        employers,
        employments,
        crm,
        audit,
        as_of,
        policies,
        people,
        reports,
        report_jobs,
    ):
        app.register_blueprint(pages.bp)
