"""Who may: every view names its permission, or is refused to everybody."""

from collections.abc import Callable
from typing import TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user

from compliance_app.clock import now
from compliance_app.rules.errors import PermissionMissingError
from compliance_app.rules.permissions import Permission, Role, may
from compliance_app.rules.scopes import Scope, kept_scope
from compliance_app.services.people import may_enter, token_sha256
from compliance_app.store import people as store
from compliance_app.store.base import db

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

PUBLIC = "public"
# What is open to whoever has still to set up the second factor that their role asks for.
BEFORE_SECOND_FACTOR = frozenset({"second_factor.show", "second_factor.create", "signing.leave"})
manager = LoginManager()


class Actor(UserMixin):
    """Who is signed in, for the length of one request."""

    def __init__(self, token: str, session_id: int, person_id: int, name: str, role: Role) -> None:
        self.token = token
        self.session_id = session_id
        self.person_id = person_id
        self.name = name
        self.role = role
        self.owes_second_factor = False
        # The one part of the firm whose reports the account is for; None for the register.
        self.scope: Scope | None = None

    def get_id(self) -> str:
        """Return what the cookie holds: the session's secret token."""
        return self.token

    def may(self, permission: Permission) -> bool:
        """Say whether the actor's role holds the permission, and their account is for it."""
        return may(self.role, permission, narrowed=self.scope is not None)


def requires(permission: Permission) -> Callable[[View], View]:
    """Name the permission a view needs."""

    def name(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return name


def public(view: View) -> View:
    """Open a view to everybody, signed in or not."""
    view.permission = PUBLIC  # type: ignore[attr-defined]
    return view


def actor() -> Actor:
    """Return who is signed in; only for views that name a permission."""
    # Where Flask-Login keeps whom it has looked up once for the request.
    known = g.get("_login_user")
    return cast("Actor", known or current_user._get_current_object())  # noqa: SLF001 - past the proxy


def someone() -> Actor | None:
    """Return who is signed in, None where nobody is."""
    who = actor()
    return who if who.is_authenticated else None


def owing_roles() -> frozenset[Role]:
    """Return the roles of which the firm asks a second factor."""
    roles: frozenset[Role] = current_app.config["SECOND_FACTOR_ROLES"]
    return roles


def permission_of(endpoint: str) -> str | Permission | None:
    """Return what the endpoint's view names, None where it names nothing."""
    if endpoint == "static":
        return PUBLIC
    found: str | Permission | None = getattr(
        current_app.view_functions[endpoint], "permission", None
    )
    return found


def install(app: Flask) -> None:
    """Check every request before its view sees it."""
    manager.init_app(app)
    manager.user_loader(_load)
    app.before_request(_check)
    app.jinja_env.globals["may"] = _may
    app.jinja_env.globals["Permission"] = Permission


def _may(permission: Permission) -> bool:
    who = someone()
    return who is not None and who.may(permission)


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None
    needed = permission_of(request.endpoint)
    if needed == PUBLIC:
        return None
    who = someone()
    if who is None:
        if request.method == "GET":
            return redirect(url_for("signing.show", next=request.full_path.rstrip("?")))
        abort(401)
    if not isinstance(needed, Permission) or not who.may(needed):
        raise PermissionMissingError(permission=str(needed))
    if who.owes_second_factor and request.endpoint not in BEFORE_SECOND_FACTOR:
        return redirect(url_for("second_factor.show"))
    return None


def _load(token: str) -> Actor | None:
    row = store.find_session(db.session(), token_sha256(token))
    moment = now()
    if row is None or row.ended_at is not None or row.expires_at <= moment:
        return None
    if not may_enter(row, moment):
        return None
    who = Actor(token, row.session_id, row.person_id, row.name, row.role)
    who.scope = kept_scope(row.scope_kind, row.scope_key)
    who.owes_second_factor = not row.has_second_factor and row.role in owing_roles()
    return who
