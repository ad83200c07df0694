"""A package that was handed over tells of every changed byte, and of numbers that disagree."""

import json
import os
import random
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from compliance_app.rules.periods import quarter_of
from compliance_app.services import gifts
from compliance_app.services.packing import pack_files
from compliance_app.services.reporting import manifests, producing
from compliance_app.services.reporting.errors import PackageError
from compliance_app.services.reporting.orders import Order
from compliance_app.services.reporting.pdf_check import check_pdf
from compliance_app.services.reporting.verifying import check_package
from compliance_app.services.signing import new_key, verifier_for
from compliance_app.store import files
from compliance_app.store.base import db, frozen_reading, unit_of_work
from tests.conftest import CAST, NOON, make_app, sqlite_url
from tests.factories import make_claim

KEY = new_key()
FLIPS_IN_A_FILE = 40


@pytest.fixture(scope="module")
def made(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one package that is signed, one that is not, and a zip of each."""
    folder = tmp_path_factory.mktemp("made")
    for file in template.glob("tally3220.db*"):
        (folder / file.name).write_bytes(file.read_bytes())
    app = make_app(folder, sqlite_url(folder))
    with app.app_context():
        with unit_of_work() as session:
            for cents, to in ((80_00, (CAST.morgan,)), (350_00, (CAST.morgan, CAST.ravi))):
                claim = make_claim(cents, given_on=date(2026, 11, 10), to=to)
                gifts.submit(session, claim, giver_id=CAST.rep, actor_id=CAST.rep, at=NOON)
        _make(folder / "signed", KEY)
        _make(folder / "unsigned", "")
        with unit_of_work() as session:
            claim = make_claim(30_00, given_on=date(2026, 11, 12), to=(CAST.ravi,))
            gifts.submit(session, claim, giver_id=CAST.rep, actor_id=CAST.rep, at=NOON)
        _make(folder / "other", "")
        db.session.remove()
        db.engine.dispose()
    return folder


def _make(target: Path, signing_key: str) -> None:
    with producing.staged(target.parent) as place:
        with frozen_reading() as session:
            order = Order(quarter_of("2026Q4"))
            package = producing.produce(
                session, order, place, firm="Northwind", signing_key=signing_key
            )
        with target.with_suffix(".zip").open("wb") as file:
            pack_files(package.paths(), file)
        producing.hand_over(package, target)


@pytest.fixture
def package(made: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Return how to get a package of one's own to damage."""

    def copy(name: str) -> Path:
        if name.endswith(".zip"):
            (tmp_path / name).write_bytes((made / name).read_bytes())
            return tmp_path / name
        (tmp_path / name).mkdir()
        for file in (made / name).iterdir():
            (tmp_path / name / file.name).write_bytes(file.read_bytes())
        return tmp_path / name

    return copy


def places(size: int, seed: str) -> Iterator[int]:
    """Yield seeded places in a file, its first and last bytes among them."""
    rng = random.Random(seed)  # noqa: S311 - seeded places, not cryptography
    yield from {0, size - 1, *(rng.randrange(size) for _ in range(FLIPS_IN_A_FILE))}


def flip(file: Path, place: int, seed: str) -> None:
    content = bytearray(file.read_bytes())
    content[place] ^= 1 << zlib.crc32(f"{seed} {place}".encode()) % 8
    file.write_bytes(content)


def problem(path: Path) -> str | None:
    """Return what is wrong with a package, None where nothing is."""
    try:
        check_package(path)
    except PackageError as error:
        return str(error)
    return None


@pytest.mark.parametrize("kind", ["signed", "unsigned"])
def test_every_changed_byte_of_every_file_is_found_and_its_file_named(
    package: Callable[[str], Path], kind: str
) -> None:
    folder = package(kind)
    unseen = []
    for file in sorted(folder.iterdir()):
        whole = file.read_bytes()
        for place in places(len(whole), f"{kind} {file.name}"):
            flip(file, place, kind)
            if file.name not in (problem(folder) or ""):
                unseen.append(f"{file.name} at {place}")
        file.write_bytes(whole)
    assert unseen == []
    assert check_package(folder).files[0] == "audit-2026Q4.jsonl"


def test_every_changed_byte_of_a_zip_is_found(package: Callable[[str], Path]) -> None:
    path = package("unsigned.zip")
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        heads = [one.header_offset for one in archive.infolist()]
        directory = archive.start_dir
    around = [head + step for head in heads for step in range(30)]
    around += range(directory, len(whole))
    unseen = []
    for place in (*around, *places(len(whole), "zip")):
        flip(path, place, "zip")
        if problem(path) is None:
            unseen.append(place)
        path.write_bytes(whole)
    assert unseen == []
    assert "Nothing around the files in the zip was changed." in check_package(path).said


def test_a_package_says_who_signed_it(package: Callable[[str], Path]) -> None:
    folder, key = package("signed"), verifier_for(KEY)
    assert check_package(folder, verifier=key).signed_by == key
    with pytest.raises(PackageError, match="not signed by this key"):
        check_package(folder, verifier=verifier_for(new_key()))
    with pytest.raises(PackageError, match="not signed by this key"):
        check_package(package("unsigned"), verifier=key)


def test_a_manifest_written_anew_with_another_key_is_told_from_the_firms(
    package: Callable[[str], Path],
) -> None:
    folder = package("signed")
    manifest = json.loads((folder / "manifest.json").read_bytes())
    del manifest["seal"]
    forged = manifests.seal({**manifest, "firm": "Nobody"}, signing_key=new_key())
    digest = check_package(folder).manifest_sha256
    (folder / "manifest.json").write_bytes(forged)
    check_package(folder)
    with pytest.raises(PackageError, match="not signed by this key"):
        check_package(folder, verifier=verifier_for(KEY))
    with pytest.raises(PackageError, match="has not this SHA-256"):
        check_package(folder, manifest_sha256=digest)


def resealed(folder: Path, name: str, content: bytes) -> None:
    """Change a file as somebody would who writes the unsigned manifest anew."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    del manifest["seal"]
    (folder / name).write_bytes(content)
    [entry] = [one for one in manifest["files"] if one["name"] == name]
    entry["bytes"] = len(content)
    entry["sha256"] = files.digest_of(folder / name)
    (folder / "manifest.json").write_bytes(manifests.seal(manifest, signing_key=""))


@pytest.mark.parametrize(
    ("name", "was", "now", "why"),
    [
        ("register-2026Q4.csv", b",80.00,", b",90.00,", "differs from register-2026Q4.json in row"),
        ("register-2026Q4.json", b'"counted":"80.00"', b'"counted":"90.00"', "says counted is"),
        ("register-2026Q4.json", b'"quarter":"175.00"', b'"quarter":"15.00"', "is not the sum"),
        ("audit-2026Q4.jsonl", b"Gift basket", b"Sift basket", "was changed after it was written"),
    ],
)
def test_files_that_disagree_are_named_even_under_a_new_manifest(
    package: Callable[[str], Path], name: str, was: bytes, now: bytes, why: str
) -> None:
    folder = package("unsigned")
    content = (folder / name).read_bytes()
    assert was in content
    resealed(folder, name, content.replace(was, now, 1))
    with pytest.raises(PackageError, match=why) as caught:
        check_package(folder)
    assert name in str(caught.value)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "damaged"),
        (b"[" * 100_000, "damaged"),
        (b'{"seal": 1}', "damaged"),
        (b"\xff\xfe", "damaged"),
        (b" " * 6_000_000, "5,000,000 is the most"),
    ],
    ids=["empty", "deep", "no seal", "no text", "huge"],
)
def test_a_hostile_manifest_gives_a_sentence(
    package: Callable[[str], Path], content: bytes, why: str
) -> None:
    folder = package("unsigned")
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(PackageError, match=why):
        check_package(folder)


def test_what_is_no_plain_file_does_not_belong(package: Callable[[str], Path]) -> None:
    folder = package("unsigned")
    os.mkfifo(folder / "pipe")
    with pytest.raises(PackageError, match="pipe is no plain file"):
        check_package(folder)


def test_a_zip_that_another_program_packed_is_checked_too(
    package: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = package("unsigned")
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.write(file, f"package/{file.name}")
    assert "packed by another program" in " ".join(check_package(path).said)


def test_the_package_of_this_test_is_read_on_its_register(app: Flask) -> None:
    with frozen_reading() as session, producing.staged(Path(app.config["DATA_DIR"])) as place:
        package = producing.produce(session, Order(quarter_of("2026Q3")), place, firm="Northwind")
        assert check_package(place).period == package.order.period.label


def test_a_pdf_that_prints_other_numbers_than_its_data_is_named(
    package: Callable[[str], Path], made: Path
) -> None:
    folder = package("unsigned")
    said = " ".join(check_package(folder).said)
    assert "register-2026Q4.pdf prints the same numbers, and holds the same data inside." in said
    other = (made / "other" / "register-2026Q4.pdf").read_bytes()
    resealed(folder, "register-2026Q4.pdf", other)
    with pytest.raises(PackageError, match=r"register-2026Q4\.pdf holds another"):
        check_package(folder)


def test_a_pdf_alone_is_held_to_the_data_inside_it(made: Path, tmp_path: Path) -> None:
    said = " ".join(check_pdf(made / "unsigned" / "register-2026Q4.pdf"))
    assert "Its cover prints the numbers that the data inside come to." in said
    broken = tmp_path / "broken.pdf"
    broken.write_bytes((made / "unsigned" / "register-2026Q4.pdf").read_bytes()[:9_000])
    with pytest.raises(PackageError, match=r"broken\.pdf: its end is damaged or missing"):
        check_pdf(broken)
