"""The wheel alone, in an empty environment, makes a register and serves a page of it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SECRET = "a secret for the packaging test"
RUN = "from compliance_app.cli.main import main; main()"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_what_is_not_python(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "compliance_app/config.py",
        "compliance_app/policy_template.toml",
        "compliance_app/py.typed",
        "compliance_app/templates/base.html",
        "compliance_app/migrations/env.py",
        "compliance_app/migrations/versions/0001_create_the_register.py",
        "reports/quarter.py",
    } <= names
    assert any(name.startswith("compliance_app/static/") for name in names)
    assert not any(name.startswith(("tests/", "benchmarks/", "templates/")) for name in names)


def test_the_wheel_alone_serves_a_page(wheel: Path, tmp_path: Path) -> None:
    python = _environment_with(wheel, tmp_path / "venv")
    settings = {
        "PATH": os.environ["PATH"],
        "TALLY3220_SECRET_KEY": SECRET,
        "TALLY3220_DATA_DIR": str(tmp_path / "data"),
    }
    command = [str(python), "-c", RUN]
    port = _free_port()
    subprocess.run(
        [*command, "database", "upgrade"],
        check=True,
        capture_output=True,
        env=settings,
        cwd=tmp_path,
    )
    server = subprocess.Popen([*command, "serve", "--port", str(port)], env=settings, cwd=tmp_path)
    try:
        page = _first_answer(f"http://127.0.0.1:{port}/sign-in")
    finally:
        server.terminate()
        server.wait(timeout=20)
    assert "<h1>" in page
    assert "Tally 3220" in page


def _environment_with(wheel: Path, folder: Path) -> Path:
    """Return the Python of an environment that sees our dependencies but not this checkout."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    purelib = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(purelib)
    dependencies = [path for path in sys.path if path.endswith("site-packages")]
    Path(purelib, "dependencies.pth").write_text("\n".join(dependencies), encoding="utf-8")
    return python


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _first_answer(address: str) -> str:
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"{address} did not answer within 20 seconds.")
