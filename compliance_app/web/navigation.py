"""Where a person can go: one table for the rail, the phone's menu and its tabs."""

from functools import lru_cache
from typing import Any, NamedTuple

from flask import Flask, g, request, url_for

from compliance_app.rules.permissions import Permission, Role, may
from compliance_app.store.base import db
from compliance_app.web.guard import actor, someone
from compliance_app.web.queue import number_waiting


class Entry(NamedTuple):
    """One place of the navigation, and the permissions of which one opens it."""

    endpoint: str
    word: str
    short: str
    icon: str
    opened_by: tuple[Permission, ...]
    about: str
    group: str = ""
    also: frozenset[str] = frozenset()


class Place(NamedTuple):
    """An entry as the page of one request shows it."""

    address: str
    word: str
    short: str
    icon: str
    about: str
    group: str
    group_starts: bool
    current: bool
    waiting: str = ""


P = Permission
OVERSIGHT = "Oversight"
# Where the number of waiting requests is said.
WAITING_AT = "Approvals"

ENTRIES: tuple[Entry, ...] = (
    Entry("dashboard.index", "Home", "Home", "home", (P.ACCOUNT_OWN,), "What needs you."),
    Entry(
        "gifts.new",
        "Log a gift",
        "Log",
        "plus",
        (P.GIFT_LOG,),
        "Before you give it, with the limit in sight.",
        also=frozenset({"gifts.create", "gifts.preview"}),
    ),
    Entry(
        "approvals.index",
        "Approvals",
        "Approvals",
        "inbox",
        (P.GIFT_DECIDE,),
        "Requests that wait for you.",
    ),
    Entry(
        "gifts.index",
        "My gifts",
        "My gifts",
        "gift",
        (P.GIFT_LOG,),
        "What you gave or logged.",
    ),
    Entry(
        "search.index",
        "Search",
        "Search",
        "search",
        (P.RECIPIENT_READ,),
        "Gifts, recipients, employers and people.",
    ),
    Entry(
        "year.show",
        "The year",
        "Year",
        "trend",
        (P.RECIPIENT_READ,),
        "What counts this year, and who is near a limit.",
        also=frozenset({"year.show"}),
    ),
    Entry(
        "gifts.everybody",
        "All gifts",
        "All gifts",
        "list",
        (P.GIFT_READ_CHAIN, P.GIFT_READ_ALL),
        "Every gift you may read, newest first.",
    ),
    Entry(
        "recipients.index",
        "Recipients",
        "Recipients",
        "people",
        (P.RECIPIENT_READ,),
        "Each person's gifts and what is left of the limit.",
    ),
    Entry(
        "employers.index",
        "Employers",
        "Employers",
        "building",
        (P.EMPLOYER_READ,),
        "The client firms: who covers them, and what their people were given.",
    ),
    Entry(
        "crm.index",
        "Imports",
        "Imports",
        "download",
        (P.CRM_IMPORT,),
        "Contacts, accounts and deals of a customer system.",
        OVERSIGHT,
    ),
    Entry(
        "reports.index",
        "Reports",
        "Reports",
        "report",
        (P.REPORT_READ,),
        "The register of a quarter as PDF, table and data.",
        OVERSIGHT,
    ),
    Entry(
        "audit.index",
        "Audit trail",
        "Trail",
        "trail",
        (P.TRAIL_READ,),
        "Every act, sealed to the one before it.",
        OVERSIGHT,
    ),
    Entry(
        "policies.index",
        "Policy and limits",
        "Policy",
        "policy",
        (P.POLICY_READ,),
        "What the firm has decided, and the limits by date.",
        OVERSIGHT,
    ),
    Entry(
        "people.index",
        "People",
        "People",
        "badge",
        (P.PEOPLE_READ,),
        "Who gives, who decides, and who may sign in.",
        OVERSIGHT,
    ),
)


def install(app: Flask) -> None:
    """Give templates `places()`, `address()` and `signed_in()`."""
    app.jinja_env.globals.update(places=places, address=address, signed_in=signed_in)


def signed_in() -> bool:
    """Say whether the page is for somebody who is signed in."""
    return someone() is not None


def stand_at(endpoint: str) -> None:
    """Say where this page belongs, where its address alone does not say so."""
    g.stands_at = endpoint


def address(endpoint: str, **values: str | None) -> str:
    """Return the address of a page of which there are few: its values are words of a table."""
    return _address(endpoint, request.script_root, **values)


@lru_cache(maxsize=1_000)
def _address(endpoint: str, _root: str, **values: Any) -> str:  # noqa: ANN401 - as `url_for` has it
    """Return the same; every address begins with the root of the application."""
    return url_for(endpoint, **values)


def places() -> tuple[Place, ...]:
    """Return where the signed-in person may go, in the order of the table."""
    me = actor()
    narrowed = me.scope is not None
    shown = _places(me.role, _current_endpoint(), request.script_root, narrowed=narrowed)
    if not me.may(P.GIFT_DECIDE) or not (waiting := number_waiting(db.session(), me)):
        return shown
    return tuple(one._replace(waiting=waiting) if one.word == WAITING_AT else one for one in shown)


@lru_cache(maxsize=1_000)
def _places(role: Role, here: str, _root: str, *, narrowed: bool) -> tuple[Place, ...]:
    """Return the same for a role; every address begins with the root of the application."""
    shown = [
        entry
        for entry in ENTRIES
        if any(may(role, one, narrowed=narrowed) for one in entry.opened_by)
    ]
    groups = ["", *(entry.group for entry in shown)]
    return tuple(
        Place(
            address=url_for(entry.endpoint),
            word=entry.word,
            short=entry.short,
            icon=entry.icon,
            about=entry.about,
            group=entry.group,
            group_starts=entry.group != before,
            current=entry.endpoint == here,
        )
        for entry, before in zip(shown, groups, strict=False)
    )


def _current_endpoint() -> str:
    """Return the entry this request belongs to: by its own name, or as a page of its noun."""
    if "stands_at" in g:
        return str(g.stands_at)
    for entry in ENTRIES:
        if request.endpoint == entry.endpoint or request.endpoint in entry.also:
            return entry.endpoint
    return f"{request.blueprint}.index"
