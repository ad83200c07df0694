"""A register that is really served, by a process that can be killed, and people who insist."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from http.cookiejar import CookieJar
from pathlib import Path
from time import monotonic, sleep
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener
from uuid import uuid4

from tests.conftest import PASSWORD, SECRET

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
PATIENCE_SECONDS = 90.0
SERVE = "from compliance_app.cli.main import main; main()"


class Server:
    """`tally3220 serve` on a register."""

    def __init__(self, url: str, folder: Path, port: int) -> None:
        self.url, self.folder, self.port = url, folder, port
        self.address = f"http://127.0.0.1:{port}"
        self.process = self._started()

    def kill(self) -> None:
        """End the process without a chance to clean up, and start another."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process = self._started()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    def _started(self) -> subprocess.Popen[bytes]:
        settings = {
            "TALLY3220_DATABASE_URL": self.url,
            "TALLY3220_DATA_DIR": str(self.folder),
            "TALLY3220_SECRET_KEY": SECRET,
        }
        return subprocess.Popen(
            [sys.executable, "-c", SERVE, "serve", "--port", str(self.port)],
            env={**os.environ, **settings},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


class StayHere(HTTPRedirectHandler):
    """Shows where an answer leads instead of going there."""

    def redirect_request(self, *_answer: object) -> None:
        return None


class Visitor:
    """Somebody with a browser, who sends a form again until they are answered."""

    def __init__(self, server: Server, email: str) -> None:
        self.server = server
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()), StayHere)
        self.token = self._token("/sign-in")
        self.post("/sign-in", {"email": email, "password": PASSWORD})
        self.token = self._token("/gifts/new")

    def post(self, path: str, form: Mapping[str, str]) -> str:
        """Send a form until it is accepted; return where the answer leads."""
        return self._insist(path, urlencode({**form, "csrf_token": self.token}).encode())

    def _token(self, path: str) -> str:
        found = TOKEN.search(self._insist(path, None))
        assert found is not None
        return found[1]

    def _insist(self, path: str, body: bytes | None) -> str:
        end = monotonic() + PATIENCE_SECONDS
        while monotonic() < end:
            try:
                with self.opener.open(self.server.address + path, body, timeout=30) as answer:
                    return str(answer.read(), "utf-8")
            except HTTPError as answer:
                with answer:
                    if answer.code in {302, 303}:
                        return answer.headers["Location"]
                    # A form that was wrong stays wrong; a server in trouble may recover.
                    assert answer.code >= 500, answer.read()  # noqa: PT017
            except (URLError, OSError):
                pass
            sleep(0.05)
        raise TimeoutError(f"{path} was not answered in {PATIENCE_SECONDS} seconds")


def gift_form(day: str) -> dict[str, str]:
    """Return what a person sends after filling in a new form for a small gift."""
    return {
        "submission_key": uuid4().hex,
        "recipients": "1",
        "cost": "1.00",
        "quantity": "1",
        "given_on": day,
        "category": "merchandise",
        "description": "Fountain pen",
        "purpose": "Mandate anniversary",
        "payer": "member",
    }
