"""A key of the firm signs what leaves it, and what cannot sign stops the report."""

from pathlib import Path

import pytest

from tests.cli.conftest import Console

PASSWORD = "a long password"


@pytest.fixture
def key(console: Console, register: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("TALLY3220_REPORT_KEY_PASSWORD", PASSWORD)
    file = tmp_path / "reports.p12"
    result = console("report", "keys", "--new", file, "--name", "Dana Castellano")
    assert (result.exit_code, result.stderr) == (0, "")
    assert file.stat().st_mode & 0o777 == 0o600
    return file


def test_a_signed_package_names_its_signer_and_a_changed_pdf_is_found(
    console: Console, key: Path, tmp_path: Path
) -> None:
    result = console("report", "quarter", "2026Q3", "--out", tmp_path / "out", "--sign", key)
    assert (result.exit_code, result.stderr) == (0, "")
    package = console("verify", tmp_path / "out")
    assert package.exit_code == 0
    assert "register-2026Q3.pdf is as Dana Castellano signed it" in package.output
    file = tmp_path / "out" / "register-2026Q3.pdf"
    alone = console("verify", file)
    assert alone.exit_code == 0
    assert "The data inside have the content hash it names" in alone.output
    changed = bytearray(file.read_bytes())
    changed[-600] ^= 1
    file.write_bytes(changed)
    found = console("verify", file)
    assert (found.exit_code, found.stderr) == (
        1,
        "register-2026Q3.pdf: it was changed after it was signed.\n",
    )


def test_the_key_of_the_settings_signs_without_being_asked_for(
    console: Console, key: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TALLY3220_REPORT_KEY_FILE", str(key))
    console("report", "quarter", "2026Q3", "--out", tmp_path / "out")
    assert "Dana Castellano signed it" in console("verify", tmp_path / "out").output


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("PASSWORD", "another", "The password does not open the key file"),
        ("FILE", "nothing.p12", "The key file nothing.p12 cannot be read (No such file"),
        ("FILE", __file__, "is not a PKCS#12 file"),
    ],
    ids=["wrong password", "no file", "another file"],
)
def test_a_key_that_cannot_sign_leaves_no_file_behind(
    console: Console,
    key: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    setting: str,
    value: str,
    sentence: str,
) -> None:
    monkeypatch.setenv("TALLY3220_REPORT_KEY_FILE", str(key))
    monkeypatch.setenv(f"TALLY3220_REPORT_KEY_{setting}", value)
    result = console("report", "quarter", "2026Q3", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_key_is_never_written_over_another_and_has_a_real_password(
    console: Console, key: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = key.read_bytes()
    assert console("report", "keys", "--new", key, "--name", "Eve").exit_code != 0
    assert key.read_bytes() == before
    monkeypatch.setenv("TALLY3220_REPORT_KEY_PASSWORD", "short")
    result = console("report", "keys", "--new", tmp_path / "b.p12", "--name", "Eve")
    assert result.exit_code == 2
    assert "at least 12 characters" in result.stderr
    assert not (tmp_path / "b.p12").exists()
