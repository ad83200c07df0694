import json

from reports.manifest import FileFacts, describe, write
from tests.reports.sample import QUARTER

FILES = [FileFacts("b.csv", 4, "ab" * 32, 5), FileFacts("a.pdf", 3, "cd" * 32, None)]


def test_the_manifest_names_each_file_with_its_size_hash_and_rows() -> None:
    assert json.loads(write(describe(QUARTER, FILES)))["files"] == [
        {"name": "a.pdf", "bytes": 3, "sha256": "cd" * 32, "rows": None},
        {"name": "b.csv", "bytes": 4, "sha256": "ab" * 32, "rows": 5},
    ]


def test_the_manifest_says_what_the_package_was_read_from() -> None:
    manifest = describe(QUARTER, FILES)
    assert manifest["policy"] == {"label": "Gift policy version 4", "sha256": "5f" * 32}
    assert (manifest["trail"]["events"], manifest["trail"]["head"]) == (18_422, "ab12cd34" * 8)
    assert (manifest["shares"], manifest["recipients"]) == (5, 5)


def test_the_order_in_which_the_files_come_changes_nothing() -> None:
    assert write(describe(QUARTER, FILES)) == write(describe(QUARTER, FILES[::-1]))
