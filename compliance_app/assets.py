"""Where `templates/`, `config.py` and the migrations lie, in a checkout and in a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
MIGRATIONS = PACKAGE / "migrations"
POLICY_TEMPLATE = PACKAGE / "policy_template.toml"


def find(name: str) -> Path:
    """Return the path of a top-level file or folder that the wheel carries inside the package."""
    for folder in (PACKAGE, PACKAGE.parent):
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(f"{name} is missing: install Tally 3220 again.")
