import re
from pathlib import Path

import pytest

from tests.cli.conftest import Console


@pytest.fixture
def made(console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a small demo and let the console look at it."""
    folder = tmp_path / "demo"
    result = console("demo", "--no-serve", "--gifts", "60", "--data", folder)
    assert (result.exit_code, result.stderr) == (0, "")
    monkeypatch.setenv("TALLY3220_DATABASE_URL", f"sqlite:///{folder / 'demo.db'}")
    return folder


def test_the_demo_prints_a_sign_in_for_each_role(console: Console, made: Path) -> None:
    output = console("demo", "--no-serve", "--data", made).output
    roles = re.findall(r"^  (.+?) +\S+@brightwater\.example$", output, flags=re.MULTILINE)
    assert roles == [
        "Account executive",
        "Supervisor",
        "Compliance officer",
        "Auditor",
        "Administrator",
    ]
    assert "a demo for Tally 3220" in output


def test_the_demo_is_a_sound_register(console: Console, made: Path) -> None:
    assert console("database", "check").exit_code == 0
    assert console("audit", "verify").exit_code == 0


def test_a_demo_that_is_there_is_used_as_it_is(console: Console, made: Path) -> None:
    again = console("demo", "--no-serve", "--gifts", "500", "--data", made)
    assert again.exit_code == 0
    assert f"is ready in {made}: 60 gifts." in again.output


def test_the_demo_keeps_its_key_to_itself(made: Path) -> None:
    key = made / "secret.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_text(encoding="ascii")) >= 48
