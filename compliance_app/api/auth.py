"""Whom a program acts as: its bearer token alone says so; a cookie is never looked at."""

from collections.abc import Mapping

from flask import g, request
from flask_login import AnonymousUserMixin
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from compliance_app.clock import now
from compliance_app.rules.scopes import kept_scope
from compliance_app.services import tokens
from compliance_app.store.base import db
from compliance_app.web.guard import PUBLIC, Actor, permission_of


def enter(endpoint: str | None, _values: Mapping[str, object] | None) -> None:
    """Find out whom the request acts as, before the guard asks what they may."""
    g._login_user = AnonymousUserMixin()  # noqa: SLF001 - where Flask-Login looks before the cookie
    if endpoint is None or permission_of(endpoint) == PUBLIC:
        return
    g._login_user = _find_actor()  # noqa: SLF001 - the same


def _find_actor() -> Actor:
    """Return the person of the request's token. Raises Unauthorized."""
    sent = request.authorization
    if sent is None or sent.type != "bearer" or not sent.token:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))
    holder = tokens.find_open(db.session(), sent.token, at=now())
    if holder is None:
        challenge = WWWAuthenticate("bearer", {"error": "invalid_token"})
        raise Unauthorized(www_authenticate=challenge)
    who = Actor(sent.token, 0, holder.person_id, holder.name, holder.role)
    who.scope = kept_scope(holder.scope_kind, holder.scope_key)
    return who
