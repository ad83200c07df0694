"""How pages look in this browser, kept in its cookies, so that the first page is right at once."""

from flask import Flask, request
from werkzeug.wrappers import Response

THEMES = frozenset({"light", "dark"})
A_YEAR = 365 * 24 * 60 * 60


def install(app: Flask) -> None:
    """Give templates `theme()` and `keys_act()`."""
    app.jinja_env.globals["theme"] = theme
    app.jinja_env.globals["keys_act"] = keys_act


def theme() -> str:
    """Return the theme that was chosen in this browser, empty for the system's."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else ""


def keys_act() -> bool:
    """Say whether single keys act; they may be switched off (WCAG 2.1.4)."""
    return request.cookies.get("shortcuts") != "off"


def keep(answer: Response, *, theme: str, shortcuts: bool) -> None:
    """Let the browser keep what was chosen."""
    chosen = {
        "theme": theme if theme in THEMES else "",
        "shortcuts": "" if shortcuts else "off",
    }
    for name, value in chosen.items():
        if value:
            answer.set_cookie(
                name,
                value,
                max_age=A_YEAR,
                secure=request.is_secure,
                httponly=True,
                samesite="Lax",
            )
        else:
            answer.delete_cookie(name)
