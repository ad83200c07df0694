"""Addresses of style sheets and scripts that change with their contents, so they cache for ever."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, url_for


def install(app: Flask) -> None:
    """Give templates `asset(name)`."""
    app.jinja_env.globals["asset"] = asset


def asset(name: str) -> str:
    """Return the address of a file in `static/` with the hash of its contents."""
    return url_for("static", filename=name, v=_hash(str(current_app.static_folder), name))


@lru_cache(maxsize=256)
def _hash(folder: str, name: str) -> str:
    return hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()[:12]
