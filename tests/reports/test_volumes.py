import re
from hashlib import sha256
from pathlib import Path

import pytest

from reports.quarter import build_csv, build_pdf
from reports.volumes import plan, write_volumes
from tests.reports.pages import read, texts
from tests.reports.sample import QUARTER, make_many
from tests.reports.test_archive import failed_rules
from tests.reports.test_signing import KEY

REPORT = make_many(120)
ROWS = 130


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("volumes")
    written = write_volumes(REPORT, made, signer=KEY, rows_of_a_volume=ROWS)
    assert [one.name for one in written] == [
        "register-2026Q2-volume-1-of-3.pdf",
        "register-2026Q2-volume-2-of-3.pdf",
        "register-2026Q2-volume-3-of-3.pdf",
    ]
    return made


def pages(folder: Path) -> list[str]:
    return [text for file in sorted(folder.iterdir()) for text in texts(file.read_bytes())[2:-1]]


def test_a_short_report_is_one_file(tmp_path: Path) -> None:
    (written,) = write_volumes(QUARTER, tmp_path)
    assert written.name == "register-2026Q2.pdf"
    assert (tmp_path / written.name).read_bytes() == build_pdf(QUARTER)


def test_every_row_stands_in_one_volume_once(folder: Path) -> None:
    whole = re.findall(r"G-\d{6}", " ".join(texts(build_pdf(REPORT))[2:]))
    assert re.findall(r"G-\d{6}", " ".join(pages(folder))) == whole


def test_a_volume_says_which_it_is_and_what_it_goes_on_with(folder: Path) -> None:
    second = texts((folder / "register-2026Q2-volume-2-of-3.pdf").read_bytes())
    assert "volume 2 of 3" in second[0]
    assert "(continued)" in second[2]
    assert all("SHA-256 " + sha256(build_csv(REPORT)).hexdigest() in page for page in second)


def test_a_section_of_another_volume_is_not_written_over_the_next_part(folder: Path) -> None:
    for page in pages(folder):
        assert "Refused attempts (continued)" not in page
        assert not re.search(
            r"(Decisions|Totals by recipient) \(continued\)[^G]*Employer \d+ \(", page
        )


def test_the_data_are_in_the_first_volume(folder: Path) -> None:
    first, second, _ = [read(file.read_bytes()) for file in sorted(folder.iterdir())]
    assert first.attachments["register-2026Q2.csv"] == [build_csv(REPORT)]
    assert not second.attachments


@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_a_volume_keeps_to_the_standards(folder: Path, profile: str) -> None:
    pdf = (folder / "register-2026Q2-volume-2-of-3.pdf").read_bytes()
    assert failed_rules(pdf, profile) == []


@pytest.mark.parametrize("workers", [0, 2])
def test_the_bytes_are_the_same_whoever_writes_them(
    folder: Path, tmp_path: Path, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Earlier tests may have left threads behind, which forbid forking; here they are at rest.
    monkeypatch.setattr("reports.volumes.active_count", lambda: 1)
    write_volumes(REPORT, tmp_path, signer=KEY, rows_of_a_volume=ROWS, workers=workers)
    for file in sorted(folder.iterdir()):
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()


def test_fifty_thousand_rows_are_the_most_of_one_file() -> None:
    report = make_many(3_000)
    assert plan(report) == [None]
    volumes = plan(report, 1_000)
    rows = [number for volume in volumes if volume for number in volume.rows]
    assert rows == list(range(len(rows)))
    assert max(len(volume.rows) for volume in volumes if volume) <= 1_000
