"""The signed cookie that a browser keeps: what signs it is made once for all requests."""

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer


class SignedCookies(SecureCookieSessionInterface):
    """Flask's own signed cookies; the keys do not change while an application serves."""

    def __init__(self, app: Flask) -> None:
        self._signer = super().get_signing_serializer(app)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs and reads every cookie."""
        return self._signer


def install(app: Flask) -> None:
    """Sign the cookies of an application whose secret key is set."""
    app.session_interface = SignedCookies(app)
