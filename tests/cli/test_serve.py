import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError

import pytest

from tests.cli.conftest import Console

KEY = "sixteen characters or more"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_nothing_is_served_without_a_key(console: Console, register: Path) -> None:
    result = console("serve")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("TALLY3220_SECRET_KEY must hold at least 16 characters")


def test_nothing_is_served_before_the_upgrade(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLY3220_SECRET_KEY", KEY)
    result = console("serve")
    assert (result.exit_code, result.stderr) == (
        2,
        "The database has no register yet; run: tally3220 database upgrade\n",
    )


def test_a_port_in_use_is_explained(
    console: Console, register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLY3220_SECRET_KEY", KEY)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = console("serve", "--port", str(port))
    assert result.exit_code == 2
    assert result.stderr == (
        f"Nothing can be served on 127.0.0.1:{port} (Address already in use); choose another port "
        "with --port.\n"
    )


def test_a_host_nobody_knows_is_explained(
    console: Console, register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLY3220_SECRET_KEY", KEY)
    result = console("serve", "--host", "256.0.0.1")
    assert result.exit_code == 2
    assert result.stderr.startswith("Nothing can be served on 256.0.0.1:8000 (")


def test_only_its_owner_reads_what_the_console_writes(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from compliance_app.cli.main import main; main()"]
    settings = {"TALLY3220_DATA_DIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([*command, "database", "upgrade"], env={**os.environ, **settings}, check=True)
    assert (tmp_path / "tally3220.db").stat().st_mode & 0o777 == 0o600


def test_the_register_is_served(console: Console, register: Path) -> None:
    port = free_port()
    command = [sys.executable, "-c", "from compliance_app.cli.main import main; main()"]
    settings = {"TALLY3220_SECRET_KEY": KEY, "PYTHONPATH": os.pathsep.join(sys.path)}
    server = subprocess.Popen(
        [*command, "serve", "--port", str(port)],
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
    )
    try:
        assert answer(f"http://127.0.0.1:{port}/healthz") == 200
    finally:
        server.terminate()
        server.wait(timeout=20)


def answer(url: str) -> int:
    """Ask until somebody answers, for half a minute at most."""
    until = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                status: int = response.status
                return status
        except URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
