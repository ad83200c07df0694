"""The console on a register of the test's own, with the settings a machine would have."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from compliance_app.cli.main import tally3220

Console = Callable[..., Result]


@pytest.fixture
def console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Console:
    """Return a console without a register: its data folder is the test's own."""
    for name in ("DATABASE_URL", "DATABASE_URL_FILE", "SECRET_KEY", "SECRET_KEY_FILE", "BASE_URL"):
        monkeypatch.delenv(f"TALLY3220_{name}", raising=False)
    monkeypatch.setenv("TALLY3220_DATA_DIR", str(tmp_path))

    def run(*arguments: str | Path, answer: str | None = None) -> Result:
        return CliRunner().invoke(tally3220, [str(one) for one in arguments], input=answer)

    return run


@pytest.fixture
def register(template: Path, tmp_path: Path) -> Path:
    """Put a register with the cast into the console's data folder; return its file."""
    for file in template.glob("tally3220.db*"):
        shutil.copy(file, tmp_path / file.name)
    return tmp_path / "tally3220.db"
