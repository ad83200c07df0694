"""The application: every part in the order it is put together."""

import logging
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from flask.templating import Environment
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from compliance_app import api, assets, web
from compliance_app.rules.permissions import Role
from compliance_app.store.base import database_url, db, prepare

SHORTEST_SECRET = 16


class ConfigurationError(Exception):
    """The settings do not allow a safe start; the sentence says which and why."""


class Templates(Environment):
    """Templates whose globals are one plain dict: each import in each page compares them."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template; all of them are set before the first is loaded."""
        return {**self.globals, **(d or {})}


def create_app(settings: Mapping[str, object] | None = None, *, console: bool = False) -> Flask:
    """Build the application from the environment; `settings` override single values.

    A console application serves nobody, so it alone may do without a secret key. Raises
    ConfigurationError where the settings are not safe to serve with.
    """
    app = Flask(
        "compliance_app",
        template_folder=str(assets.find("templates")),
        static_folder=str(assets.PACKAGE / "static"),
    )
    app.jinja_environment = Templates
    app.config.from_pyfile(str(assets.find("config.py")))
    app.config.update(settings or {})
    if not console:
        _check_secret(str(app.config["SECRET_KEY"]))
    _check_time_zone(str(app.config["TIME_ZONE"]))
    app.config["SECOND_FACTOR_ROLES"] = _roles(str(app.config["SECOND_FACTOR_ROLES"]))
    _connect(app)
    _set_up_logging(app)
    _trust_proxies(app)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    web.install(app)
    api.install(app)
    return app


def _check_secret(secret: str) -> None:
    if len(secret) < SHORTEST_SECRET:
        raise ConfigurationError(
            f"TALLY3220_SECRET_KEY must hold at least {SHORTEST_SECRET} characters before anything "
            "is served; make one with: "
            'python -c "import secrets; print(secrets.token_urlsafe(48))"'
        )


def _check_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    # A name of none is a KeyError, one that leads elsewhere a ValueError, a folder an OSError.
    except (KeyError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"TALLY3220_TIME_ZONE is {name!r}, which is no time zone; write it as America/New_York."
        ) from error


def _roles(names: str) -> frozenset[Role]:
    try:
        return frozenset(Role(name.strip()) for name in names.split(",") if name.strip())
    except ValueError as error:
        known = ", ".join(role.value for role in Role)
        raise ConfigurationError(
            f"TALLY3220_SECOND_FACTOR_ROLES is {names!r}; name roles with commas between: {known}."
        ) from error


def _connect(app: Flask) -> None:
    url = database_url(str(app.config["DATABASE_URL"]))
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    try:
        db.init_app(app)
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "The driver for the database that TALLY3220_DATABASE_URL names is not installed "
            f"({error.name}); name an SQLite file, or for PostgreSQL run: "
            "pip install 'tally3220[postgres]'"
        ) from error
    with app.app_context():
        prepare(db.engine)


def _set_up_logging(app: Flask) -> None:
    """Log one line a request, without query strings, names or sums (see web/requests.py)."""
    app.logger.setLevel(logging.INFO)


def _trust_proxies(app: Flask) -> None:
    try:
        hops = int(app.config["TRUSTED_PROXIES"])
    except ValueError as error:
        raise ConfigurationError(
            "TALLY3220_TRUSTED_PROXIES must be the number of proxies in front, such as 1."
        ) from error
    if hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops
        )
