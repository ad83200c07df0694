"""Where a person can go: one table for the rail, the phone's menu and its tabs."""

from typing import NamedTuple

from flask import Flask, request, url_for
from flask_login import current_user

from compliance_app.rules.permissions import Permission
from compliance_app.web.guard import actor


class Entry(NamedTuple):
    """One place of the navigation, and the permission that opens it."""

    endpoint: str
    word: str
    short: str
    icon: str
    permission: Permission
    group: str = ""
    also: frozenset[str] = frozenset()


class Place(NamedTuple):
    """An entry as the page of one request shows it."""

    address: str
    word: str
    short: str
    icon: str
    group: str
    group_starts: bool
    current: bool


P = Permission

ENTRIES: tuple[Entry, ...] = (
    Entry("dashboard.index", "Home", "Home", "home", P.ACCOUNT_OWN),
    Entry(
        "gifts.new",
        "Log a gift",
        "Log",
        "plus",
        P.GIFT_LOG,
        also=frozenset({"gifts.create", "gifts.preview"}),
    ),
    Entry("approvals.index", "Approvals", "Approvals", "inbox", P.GIFT_DECIDE),
    Entry("gifts.index", "My gifts", "My gifts", "gift", P.GIFT_LOG),
    Entry("recipients.index", "Recipients", "Recipients", "people", P.RECIPIENT_READ),
    Entry("reports.index", "Reports", "Reports", "report", P.REPORT_READ, "Oversight"),
    Entry("audit.index", "Audit trail", "Trail", "trail", P.TRAIL_READ, "Oversight"),
    Entry("policies.index", "Policy and limits", "Policy", "policy", P.POLICY_READ, "Oversight"),
    Entry("people.index", "People", "People", "badge", P.PEOPLE_READ, "Oversight"),
)


def install(app: Flask) -> None:
    """Give templates `places()` and `signed_in()`."""
    app.jinja_env.globals["places"] = places
    app.jinja_env.globals["signed_in"] = signed_in


def signed_in() -> bool:
    """Say whether the page is for somebody who is signed in."""
    return bool(current_user.is_authenticated)


def places() -> list[Place]:
    """Return where the signed-in person may go, in the order of the table."""
    shown = [entry for entry in ENTRIES if actor().may(entry.permission)]
    here = _current_endpoint()
    groups = ["", *(entry.group for entry in shown)]
    return [
        Place(
            address=url_for(entry.endpoint),
            word=entry.word,
            short=entry.short,
            icon=entry.icon,
            group=entry.group,
            group_starts=entry.group != before,
            current=entry.endpoint == here,
        )
        for entry, before in zip(shown, groups, strict=False)
    ]


def _current_endpoint() -> str:
    """Return the entry this request belongs to: by its own name, or as a page of its noun."""
    for entry in ENTRIES:
        if request.endpoint == entry.endpoint or request.endpoint in entry.also:
            return entry.endpoint
    return f"{request.blueprint}.index"
