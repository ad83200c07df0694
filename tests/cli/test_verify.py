"""What was handed over is checked without the register: its folder is not even there."""

import shutil
from pathlib import Path

import pytest

from compliance_app.services.signing import new_key, verifier_for
from tests.cli.conftest import Console


@pytest.fixture
def exported(console: Console, register: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TALLY3220_SIGNING_KEY", new_key())
    file = register.with_name("trail.jsonl")
    result = console("audit", "export", file)
    assert (result.exit_code, result.stderr) == (0, "")
    for left in register.parent.glob("tally3220.db*"):
        left.unlink()
    monkeypatch.setenv("TALLY3220_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    return file


def test_an_exported_trail_is_whole_without_its_register(console: Console, exported: Path) -> None:
    result = console("verify", exported)
    assert result.exit_code == 0
    assert "The trail is whole and in order: 13 events." in result.output


def test_a_changed_export_is_named(console: Console, exported: Path) -> None:
    text = exported.read_text(encoding="utf-8").replace("Sam Supervisor", "Som Supervisor", 1)
    exported.write_text(text, encoding="utf-8")
    result = console("verify", exported)
    assert (result.exit_code, result.stderr) == (1, "Event 2 was changed after it was written.\n")


def test_another_key_did_not_sign_it(console: Console, exported: Path) -> None:
    result = console("verify", exported, "--key", verifier_for(new_key()))
    assert result.exit_code == 1
    assert "not signed by this key" in result.stderr


def test_a_package_is_checked_as_a_folder_and_as_a_zip(
    console: Console, register: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "package"
    assert console("report", "quarter", "2026Q4", "--out", folder).exit_code == 0
    archive = Path(shutil.make_archive(str(tmp_path / "package"), "zip", folder))
    for path in (folder, archive):
        result = console("verify", path)
        assert (result.exit_code, result.stderr) == (0, "")
        assert "The package of 2026Q4 is as it was produced" in result.output


def test_a_changed_missing_or_strange_file_of_a_package_is_named(
    console: Console, register: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "package"
    console("report", "quarter", "2026Q4", "--out", folder)
    (folder / "more.txt").write_text("more", encoding="utf-8")
    assert console("verify", folder).stderr == "more.txt does not belong to the package.\n"
    (folder / "register-2026Q4.csv").write_text("less", encoding="utf-8")
    changed = console("verify", folder)
    assert (changed.exit_code, changed.stderr) == (
        1,
        "register-2026Q4.csv was changed after it was produced: it has 4 bytes in place of 381.\n",
    )
    (folder / "register-2026Q4.csv").unlink()
    assert console("verify", folder).stderr == "register-2026Q4.csv is missing from the package.\n"


def test_what_is_no_export_is_told_apart(console: Console, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear examiner", encoding="utf-8")
    assert console("verify", file).stderr == "Line 1 is not JSON: the file is damaged.\n"
    assert console("verify", tmp_path).exit_code == 1


def test_a_file_without_an_end_of_line_is_given_up_with_a_sentence(
    console: Console, tmp_path: Path
) -> None:
    file = tmp_path / "endless.jsonl"
    with file.open("wb") as out:
        out.truncate(30_000_000)
    refused = console("verify", file)
    assert refused.exit_code == 1
    assert refused.stderr == (
        "Line 1 has more than 20,000,000 characters: the file is no export.\n"
    )
