"""What the documents promise exists, and what exists is documented."""

import re
from pathlib import Path

import click
import pytest

from compliance_app.cli.main import tally3220

ROOT = Path(__file__).resolve().parent.parent
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> list[str]:
    found: list[str] = []
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found += _commands(command, (*path, name))
        else:
            found.append(" ".join((*path, name)))
    return found


@pytest.mark.parametrize("command", _commands(tally3220))
def test_every_command_is_documented(command: str) -> None:
    assert f"tally3220 {command}" in OPERATING


def test_every_setting_is_documented() -> None:
    config = (ROOT / "config.py").read_text(encoding="utf-8")
    plain = set(re.findall(r"TALLY3220_[A-Z_]+[A-Z]", config)) - {"TALLY3220_SECRET_KEY_FILE"}
    secret = {f"TALLY3220_{name}" for name in re.findall(r'_secret\("([A-Z_]+)"\)', config)}
    missing = sorted(name for name in plain | secret if name not in OPERATING)
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    broken = [link for link in LINK.findall(text) if not (document.parent / link).exists()]
    assert broken == []


def test_the_readme_and_the_ci_run_the_same_test_command() -> None:
    commands = re.findall(r"^python3 -m venv .*$", README, flags=re.MULTILINE)
    assert len(commands) == 2
    assert commands[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert commands[1] in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_every_dependency_has_its_reason() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = project.split("dependencies = [", 1)[1].split("]", 1)[0]
    names = re.findall(r'^\s*"([a-z-]+)', block, flags=re.MULTILINE)
    reasons = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    assert len(names) > 10
    assert [name for name in names if name not in reasons] == []
