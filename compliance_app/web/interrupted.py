"""What was typed when the session had ended: it comes along through signing in, so nothing is lost.

A gift's form becomes a draft of whoever signs in; any other form is shown again, to be sent by
one click. Passwords are never carried, and nothing from another site is.
"""

import json
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from flask import current_app, g, render_template, request, url_for
from werkzeug.exceptions import HTTPException

LARGEST = 500_000
# The pages whose fields are secrets.
SECRET = frozenset({"account", "signing", "people"})


@dataclass(frozen=True, slots=True)
class Typed:
    """A form that was sent to a page of ours, and its fields."""

    path: str
    fields: tuple[tuple[str, str], ...]

    @property
    def as_json(self) -> str:
        """Return the fields as a hidden field carries them."""
        return json.dumps(self.fields)

    @property
    def shown(self) -> list[tuple[str, str]]:
        """Return the fields that a person reads again."""
        return [
            (name.replace("_", " ").capitalize(), value)
            for name, value in self.fields
            if value.strip() and name != "csrf_token"
        ]

    @property
    def is_gift(self) -> bool:
        """Say whether this is the form that logs a gift."""
        return self.path in {url_for("gifts.create"), url_for("drafts.create")}

    @classmethod
    def of_request(cls) -> Self | None:
        """Return what this request brought, None where it is no form of ours to carry."""
        if request.method != "POST" or request.headers.get("X-Fragment") or not _is_ours():
            return None
        if not _may_carry(request.path):
            return None
        fields = tuple(request.form.items(multi=True))
        return cls(request.path, fields) if _size(fields) <= LARGEST else None

    @classmethod
    def carried(cls) -> Self | None:
        """Return what the form to sign in carries along."""
        path = request.form.get("typed_path", "")
        if not path or not _may_carry(path):
            return None
        try:
            fields = json.loads(request.form.get("typed", ""))
            return cls(path, tuple((str(name), str(value)) for name, value in fields))
        except (ValueError, TypeError):
            return None

    def page(self, sentence: str) -> str:
        """Return the page that shows what was typed, with the button that sends it."""
        # The token that was made before signing in belongs to a session that is over.
        g.pop("csrf_token", None)
        return render_template("account/resume.html", typed=self, sentence=sentence)


def _is_ours() -> bool:
    """Say whether a page of ours sent the request; browsers name it with every form."""
    sender = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(sender)[:2] == urlsplit(request.host_url)[:2]


def _may_carry(path: str) -> bool:
    try:
        endpoint, _ = current_app.url_map.bind("localhost").match(path, method="POST")
    except HTTPException:
        return False
    return endpoint.partition(".")[0] not in SECRET and not path.startswith("/api/")


def _size(fields: tuple[tuple[str, str], ...]) -> int:
    return sum(len(name) + len(value) for name, value in fields)
