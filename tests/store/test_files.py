import hashlib
from pathlib import Path

import pytest

from compliance_app.rules.errors import KeptFileError
from compliance_app.store import files

CONTENT = b"the register of a quarter"


def test_what_was_kept_is_read_back_under_the_hash_of_its_bytes(tmp_path: Path) -> None:
    sha256 = files.keep(tmp_path, CONTENT)

    assert sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert files.read(tmp_path, sha256, name="register.pdf") == CONTENT


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    files.keep(tmp_path, CONTENT)
    files.keep(tmp_path, CONTENT)

    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_keeping_the_bytes_again_mends_a_damaged_file(tmp_path: Path) -> None:
    sha256 = files.keep(tmp_path, CONTENT)
    next(path for path in tmp_path.rglob("*") if path.is_file()).write_bytes(b"cut off")

    files.keep(tmp_path, CONTENT)

    assert files.read(tmp_path, sha256, name="register.pdf") == CONTENT


@pytest.mark.parametrize("harm", ["changed", "removed"])
def test_a_harmed_file_is_not_handed_out(tmp_path: Path, harm: str) -> None:
    sha256 = files.keep(tmp_path, CONTENT)
    kept = next(path for path in tmp_path.rglob("*") if path.is_file())
    kept.write_bytes(b"forged") if harm == "changed" else kept.unlink()

    with pytest.raises(KeptFileError, match=r"register\.pdf is not kept here as it was written"):
        files.read(tmp_path, sha256, name="register.pdf")


def test_a_file_that_was_never_kept_is_not_there(tmp_path: Path) -> None:
    assert not files.is_kept(tmp_path, "0" * 64)
