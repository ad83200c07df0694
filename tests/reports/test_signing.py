import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    load_pkcs12,
    serialize_key_and_certificates,
)
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from reports.quarter import build_csv, build_pdf
from reports.sealing import SealError, check_seal
from reports.signature_check import check_data, check_signature
from reports.signing import ROOM, ReportKeyError, SignatureError
from reports.signing_key import ReportKey, make_key, open_key
from tests.reports.pages import texts
from tests.reports.sample import QUARTER
from tests.reports.test_archive import failed_rules

TODAY = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
FILE = make_key("Dana Castellano", "Ardmore & Lyle Securities LLC", "a long password", now=TODAY)
KEY = open_key(FILE, "a long password", now=TODAY)
SIGNED = build_pdf(QUARTER, signer=KEY)


def status_of(pdf: bytes) -> Any:  # noqa: ANN401
    """Return what pyHanko finds of the one signature, trusting our own certificate."""
    certificate = load_pkcs12(FILE, b"a long password").cert
    assert certificate is not None
    trusted = Certificate.load(certificate.certificate.public_bytes(Encoding.DER))
    context = ValidationContext(trust_roots=[trusted], moment=TODAY, allow_fetching=False)
    (signature,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    return validate_pdf_signature(signature, context, skip_diff=True)


def test_a_signed_report_is_whole_and_trusted() -> None:
    status = status_of(SIGNED)
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="poppler is not installed")
def test_poppler_agrees_until_a_byte_is_changed(tmp_path: Path) -> None:
    file = tmp_path / "register.pdf"
    file.write_bytes(SIGNED)
    said = subprocess.run(["pdfsig", file], capture_output=True, check=False).stdout
    assert b"Signer Certificate Common Name: Dana Castellano" in said
    assert b"Signature is Valid" in said
    assert b"Total document signed" in said
    changed = bytearray(SIGNED)
    changed[len(changed) // 2] ^= 1
    file.write_bytes(changed)
    said = subprocess.run(["pdfsig", file], capture_output=True, check=False).stdout
    assert b"Signature is Valid" not in said


@pytest.mark.parametrize("place", [20, 5_000, -40])
def test_any_changed_byte_breaks_the_signature(place: int) -> None:
    changed = bytearray(SIGNED)
    changed[place] ^= 1
    try:
        intact = status_of(bytes(changed)).intact
    except Exception:  # noqa: BLE001  # pyHanko raises many kinds over a broken file
        intact = False
    assert not intact


@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_a_signed_report_still_keeps_to_the_standards(profile: str) -> None:
    assert failed_rules(SIGNED, profile) == []


def test_the_same_reading_and_key_give_the_same_bytes() -> None:
    assert build_pdf(QUARTER, signer=open_key(FILE, "a long password", now=TODAY)) == SIGNED


def test_a_time_stamp_is_part_of_the_signature() -> None:
    authority = SimpleSigner.load_pkcs12_data(FILE, [], b"a long password")
    stamper = DummyTimeStamper(authority.signing_cert, authority.signing_key, fixed_dt=TODAY)
    key = open_key(FILE, "a long password", now=TODAY, stamper=stamper)
    pdf = build_pdf(QUARTER, signer=key)
    assert status_of(pdf).timestamp_validity.timestamp == TODAY
    assert check_signature(BytesIO(pdf)) == ("Dana Castellano", key.fingerprint, TODAY)
    assert "PAdES baseline B-T" in texts(pdf)[-1]


def test_the_last_page_says_who_signed_and_what_that_means() -> None:
    last = " ".join(texts(SIGNED)[-1].split())
    assert "Signer Dana Castellano" in last
    assert "It does not say that what people entered into the register is true" in last
    assert " ".join(KEY.fingerprint[i : i + 8] for i in range(0, 64, 8)) in last
    assert "This file carries no signature." in texts(build_pdf(QUARTER))[-1]


def test_a_signature_is_not_dated_before_its_key() -> None:
    assert KEY.signed_at(TODAY - timedelta(days=90)) == datetime(2026, 7, 6, tzinfo=UTC)
    assert KEY.signed_at(TODAY) == TODAY


def without_key() -> bytes:
    opened = load_pkcs12(FILE, b"a long password").cert
    assert opened is not None
    return serialize_key_and_certificates(None, None, opened.certificate, None, NoEncryption())


@pytest.mark.parametrize(
    ("data", "password", "day", "sentence"),
    [
        (FILE, "another", TODAY, "The password does not open the key file"),
        (FILE, "", TODAY, "The password does not open the key file"),
        (b"", "a long password", TODAY, "is not a PKCS#12 file"),
        (b"-----BEGIN PRIVATE KEY-----", "a long password", TODAY, "is not a PKCS#12 file"),
        (FILE[:-30], "a long password", TODAY, "is not a PKCS#12 file"),
        (without_key(), "", TODAY, "holds no private key with its certificate"),
        (FILE, "a long password", TODAY + timedelta(days=1900), "expired on 2031-07-10"),
        (FILE, "a long password", TODAY - timedelta(days=1), "valid only from 2026-07-06"),
    ],
    ids=["wrong password", "no password", "empty", "pem", "cut off", "no key", "old", "early"],
)
def test_a_key_that_cannot_sign_is_refused_with_the_reason(
    data: bytes, password: str, day: datetime, sentence: str
) -> None:
    with pytest.raises(ReportKeyError, match=sentence):
        open_key(data, password, now=day)


def test_a_time_stamp_service_that_does_not_answer_stops_the_report() -> None:
    key = open_key(FILE, "a long password", now=TODAY, timestamp_url="http://127.0.0.1:9/")
    assert isinstance(key, ReportKey)
    with pytest.raises(ReportKeyError, match="time-stamp service did not answer"):
        build_pdf(QUARTER, signer=key)


def test_a_check_without_a_pdf_reader_finds_the_signer() -> None:
    found = check_signature(BytesIO(SIGNED))
    assert found == ("Dana Castellano", KEY.fingerprint, None)
    assert check_signature(BytesIO(build_pdf(QUARTER))) is None


def test_a_check_without_a_pdf_reader_finds_any_changed_byte() -> None:
    field = SIGNED.index(b"/ByteRange")
    digits = SIGNED.index(b"<", field)
    last = digits + len(SIGNED[digits : digits + ROOM].rstrip(b"0"))
    # What is around the signed attributes is not covered by the signature itself.
    places = {30, 400, *range(field, digits + 120, 5), *range(digits, last, 150)}
    places |= {*range(last - 1_500, last - 1_250, 7), last + 9, digits + 2 * ROOM, len(SIGNED) - 2}
    for place in places:
        changed = bytearray(SIGNED)
        changed[place] ^= 1
        with pytest.raises((SignatureError, SealError)):
            check_alone(BytesIO(changed))


def check_alone(file: BytesIO) -> None:
    """Check a PDF as `verify` does: where no signature is found, there must be a seal."""
    if check_signature(file) is None:
        check_seal(file)


def test_what_was_added_to_a_signed_file_is_found() -> None:
    with pytest.raises(SignatureError, match="added or removed"):
        check_signature(BytesIO(SIGNED + b"\n"))


def test_the_data_inside_are_held_to_the_content_hash() -> None:
    assert check_data(BytesIO(SIGNED)) == sha256(build_csv(QUARTER)).hexdigest()
    with pytest.raises(SignatureError, match="cannot be read"):
        check_data(BytesIO(b"%PDF-1.7 nothing"))
