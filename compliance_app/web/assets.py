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


class Sheet(NamedTuple):
    """The whole style sheet, plain and packed, and the hash of its contents."""

    plain: bytes
    packed: bytes
    hash: str


def install(app: Flask) -> None:
    """Give templates `asset(name)` and `style_sheet()`."""
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["style_sheet"] = style_sheet


def asset(name: str) -> str:
    """Return the address of a file in `static/` with the hash of its contents."""
    return url_for("static", filename=name, v=_hash(str(current_app.static_folder), name))


def style_sheet() -> str:
    """Return the address of the whole style sheet with the hash of its contents."""
    return url_for("assets.sheet", v=sheet_of(str(current_app.static_folder)).hash)


@bp.get("/style.css")
@public
def sheet() -> ResponseReturnValue:
    """Send the whole style sheet, packed where the browser can unpack it."""
    whole = sheet_of(str(current_app.static_folder))
    packs = request.accept_encodings.quality("gzip") > 0
    response = Response(whole.packed if packs else whole.plain, mimetype="text/css")
    response.headers["Vary"] = "Accept-Encoding"
    if packs:
        response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=1)
def sheet_of(folder: str) -> Sheet:
    """Put the style sheet together from its parts."""
    plain = b"".join((Path(folder) / "css" / f"{part}.css").read_bytes() for part in PARTS)
    packed = gzip.compress(plain, mtime=0)
    return Sheet(plain, packed, hashlib.sha256(plain).hexdigest()[:12])


@lru_cache(maxsize=256)
def _hash(folder: str, name: str) -> str:
    return hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()[:12]
