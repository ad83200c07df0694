"""The house keeps its shape: layers point downwards, and one place commits."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "compliance_app"
# What each layer may import of our own; `reports` is reached through one door alone.
ALLOWED = {
    "rules": {"rules"},
    "store": {"store", "rules", "assets"},
    "services": {"services", "store", "rules", "assets", "__version__"},
    "web": {"web", "services", "store", "rules", "clock", "assets", "__version__"},
    "api": {"api", "web", "services", "store", "rules", "clock", "__version__"},
    "cli": {"cli", "services", "store", "rules", "clock", "app", "assets", "__version__"},
}
# What programs share with pages: who may, what they see, how refusals are noted, who is alike.
SHARED_WITH_PAGES = {"guard", "visibility", "errors", "request_log", "forms.whom"}
REPORTS_DOOR = PACKAGE / "services" / "reporting"


def _modules(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "migrations" not in path.parts)


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            if node.module == "compliance_app":
                names |= {f"compliance_app.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("layer", sorted(ALLOWED))
def test_a_layer_imports_only_what_lies_below_it(layer: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in _modules(PACKAGE / layer)
        for name in sorted(_imports(path))
        if name.startswith("compliance_app.") and name.split(".")[1] not in ALLOWED[layer]
    ]
    assert wrong == []


def test_the_interface_shares_with_the_pages_only_what_must_be_the_same() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in _modules(PACKAGE / "api")
        for name in sorted(_imports(path))
        if name.startswith("compliance_app.web")
        and name.removeprefix("compliance_app.web.") not in SHARED_WITH_PAGES
    ]
    assert wrong == []


# What matching names takes: how alike two words are, what is short for what, other letters.
OF_MATCHING = {"rapidfuzz", "nicknames", "anyascii"}


def test_rules_need_the_standard_library_canonical_json_and_likeness_alone() -> None:
    allowed = sys.stdlib_module_names | {"compliance_app", "orjson"}
    wrong = [
        f"{path.name} imports {name}"
        for path in _modules(PACKAGE / "rules")
        for name in sorted(_imports(path))
        if name.split(".")[0] not in allowed
        and not (path.parent.name == "matching" and name.split(".")[0] in OF_MATCHING)
    ]
    assert wrong == []


def test_rules_read_no_clock_and_no_file() -> None:
    forbidden = {"now", "today", "utcnow", "open", "read_text", "getenv", "urandom"}
    wrong = [
        f"{path.name}:{node.lineno}"
        for path in _modules(PACKAGE / "rules")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "attr", None) or getattr(node.func, "id", None)) in forbidden
    ]
    assert wrong == []


def test_services_and_store_are_told_the_moment() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for layer in ("services", "store")
        for path in _modules(PACKAGE / layer)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "utcnow", "today"}
    ]
    assert wrong == []


def test_exactly_one_place_commits() -> None:
    places = [
        f"{path.relative_to(ROOT)}"
        for path in _modules(PACKAGE)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    ]
    assert places == ["compliance_app/store/base.py"]


def test_exactly_one_place_appends_to_the_trail() -> None:
    places = {
        f"{path.relative_to(ROOT)}"
        for path in _modules(PACKAGE)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _writes_events(node)
    }
    assert places == {"compliance_app/store/audit.py"}


def _writes_events(call: ast.Call) -> bool:
    """Say whether a call makes an event, or takes the table of events to write to."""
    function = call.func.id if isinstance(call.func, ast.Name) else ""
    of_events = any(
        isinstance(node, ast.Name) and node.id == "TrailEvent"
        for given in call.args
        for node in ast.walk(given)
    )
    writers = {"plain_table", "write_together", "insert"}
    return function == "TrailEvent" or (of_events and function in writers)


def test_reports_are_imported_through_one_door() -> None:
    importers = [
        path
        for path in _modules(PACKAGE)
        if any(name.split(".")[0] == "reports" for name in _imports(path))
    ]
    assert importers
    assert [path for path in importers if path.parent != REPORTS_DOOR] == []


def test_reports_know_the_rules_and_nothing_else_of_the_house() -> None:
    wrong = [
        f"{path.name} imports {name}"
        for path in _modules(ROOT / "reports")
        for name in sorted(_imports(path))
        if name.startswith("compliance_app") and not name.startswith("compliance_app.rules")
    ]
    assert wrong == []


def test_only_the_store_speaks_sql() -> None:
    allowed = {"sqlalchemy.orm", "sqlalchemy.exc"}
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for layer in ("services", "web", "api", "cli")
        for path in _modules(PACKAGE / layer)
        for name in sorted(_imports(path))
        if name.split(".")[0] in {"sqlalchemy", "alembic"} and name not in allowed
    ]
    assert wrong == []


def test_no_file_has_outgrown_its_room() -> None:
    large = [
        f"{path.relative_to(ROOT)} has {lines} lines"
        for folder in (PACKAGE, ROOT / "reports")
        for path in _modules(folder)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 350
    ]
    assert large == []
