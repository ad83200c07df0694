"""Style sheets and scripts, at addresses that change with their contents, so they cache for ever.

The style sheet is split by component for whoever reads it; a browser gets it as one file.
"""

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Flask, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue

from compliance_app.rules.errors import NotFoundError
from compliance_app.web.guard import public

bp = Blueprint("assets", __name__)

# The parts of the style sheet in their order; later ones of a layer win.
PARTS = (
    "tokens",
    "reset",
    "words",
    "frame",
    "layout",
    "buttons",
    "forms",
    "meter",
    "tables",
    "parts",
    "home",
    "logging",
    "approvals",
    "recipients",
    "oversight",
    "account",
    "print",
)


class Text(NamedTuple):
    """A style sheet or script, plain and packed, and the hash of its contents."""

    plain: bytes
    packed: bytes
    hash: str


def install(app: Flask) -> None:
    """Give templates `asset(name)`, `script(name)` and `style_sheet()`."""
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["script"] = script
    app.jinja_env.globals["style_sheet"] = style_sheet


def asset(name: str) -> str:
    """Return the address of a file in `static/` with the hash of its contents."""
    return _asset(str(current_app.static_folder), name, request.script_root)


@lru_cache(maxsize=256)
def _asset(folder: str, name: str, _root: str) -> str:
    """Return the same; every address begins with the root of the application."""
    return url_for("static", filename=name, v=_hash(folder, name))


def script(name: str) -> str:
    """Return the address of a script with the hash of its contents."""
    return _script(str(current_app.static_folder), name, request.script_root)


@lru_cache(maxsize=256)
def _script(folder: str, name: str, _root: str) -> str:
    return url_for("assets.module", name=name, v=scripts_of(folder)[name].hash)


def style_sheet() -> str:
    """Return the address of the whole style sheet with the hash of its contents."""
    return _style_sheet(str(current_app.static_folder), request.script_root)


@lru_cache(maxsize=16)
def _style_sheet(folder: str, _root: str) -> str:
    return url_for("assets.sheet", v=sheet_of(folder).hash)


@bp.get("/style.css")
@public
def sheet() -> ResponseReturnValue:
    """Send the whole style sheet, packed where the browser can unpack it."""
    return _sent(sheet_of(str(current_app.static_folder)), "text/css")


@bp.get("/scripts/<name>.js")
@public
def module(name: str) -> ResponseReturnValue:
    """Send a script, packed where the browser can unpack it."""
    found = _scripts().get(name)
    if found is None:
        raise NotFoundError(what="script of this name")
    return _sent(found, "text/javascript")


@lru_cache(maxsize=1)
def sheet_of(folder: str) -> Text:
    """Put the style sheet together from its parts."""
    return _packed(b"".join((Path(folder) / "css" / f"{part}.css").read_bytes() for part in PARTS))


@lru_cache(maxsize=1)
def scripts_of(folder: str) -> dict[str, Text]:
    """Return the scripts by name."""
    return {file.stem: _packed(file.read_bytes()) for file in Path(folder).glob("js/*.js")}


def _scripts() -> dict[str, Text]:
    return scripts_of(str(current_app.static_folder))


def _packed(plain: bytes) -> Text:
    return Text(plain, gzip.compress(plain, mtime=0), hashlib.sha256(plain).hexdigest()[:12])


def _sent(text: Text, media_type: str) -> Response:
    packs = request.accept_encodings.quality("gzip") > 0
    response = Response(text.packed if packs else text.plain, mimetype=media_type)
    response.headers["Vary"] = "Accept-Encoding"
    if packs:
        response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=256)
def _hash(folder: str, name: str) -> str:
    return hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()[:12]
