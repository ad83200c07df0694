"""The firm's key for reports: a PKCS#12 file opened, or made new.

A key is refused here, before anything is written, with a sentence that says what is wrong.
"""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from asn1crypto.pkcs12 import Pfx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    load_pkcs12,
    serialize_key_and_certificates,
)
from cryptography.x509.oid import NameOID
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError

from reports.signing import ReportKeyError

BITS: Final = 3072
YEARS: Final = 5
_SECONDS: Final = 20


class ReportKey:
    """An opened key, ready to sign.

    RSA signatures of the same bytes are the same; a time stamp, or a key of another kind,
    makes each signature another one.
    """

    def __init__(self, signer: Any, certificate: x509.Certificate, *, stamper: Any) -> None:  # noqa: ANN401  # pyHanko has no types
        self._signer = signer
        self._certificate = certificate
        self._stamper = stamper
        self.name = _common_name(certificate.subject)
        self.fingerprint = sha256(certificate.public_bytes(Encoding.DER)).hexdigest()

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What the certificate says, in words."""
        certificate = self._certificate
        since, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        return (
            ("Signer", self.name),
            ("Issuer", _common_name(certificate.issuer)),
            ("Serial number", f"{certificate.serial_number:x}"),
            ("Valid", f"{since:%Y-%m-%d} to {until:%Y-%m-%d}"),
            ("Certificate SHA-256", " ".join(_groups(self.fingerprint))),
            ("Profile", f"PAdES baseline B-{'T' if self._stamper else 'B'}, file certified"),
        )

    def signed_at(self, read_at: datetime) -> datetime:
        """Return the date of a signature: that of the reading, if the key was valid by then."""
        return max(read_at, self._certificate.not_valid_before_utc)

    def sign(self, digest: bytes) -> bytes:
        """Return the signature of a SHA-256 hash; raises ReportKeyError without a time stamp."""
        signing = self._signer.async_sign(
            digest,
            "sha256",
            use_pades=True,
            timestamper=self._stamper,
            signed_attr_settings=PdfCMSSignedAttributes(),
        )
        try:
            # In a thread of its own, since the caller's may be within a loop already.
            with ThreadPoolExecutor(1) as thread:
                signed: bytes = thread.submit(asyncio.run, signing).result().dump()
        except TimestampRequestError as error:
            raise ReportKeyError(
                "The time-stamp service did not answer as it should; nothing was written. Try"
                " again later, or leave TALLY3220_REPORT_TIMESTAMP_URL unset."
            ) from error
        except SigningError as error:
            raise ReportKeyError(f"The report could not be signed: {error}") from error
        return signed


def open_key(
    data: bytes,
    password: str,
    *,
    now: datetime,
    timestamp_url: str = "",
    stamper: Any = None,  # noqa: ANN401
) -> ReportKey:
    """Open a PKCS#12 file; raises ReportKeyError if it cannot sign on this day."""
    certificate = _loaded(data, password)
    _check_certificate(certificate, now)
    if timestamp_url:
        stamper = HTTPTimeStamper(timestamp_url, timeout=_SECONDS)
    signer = SimpleSigner.load_pkcs12_data(data, [], password.encode() or None)
    return ReportKey(signer, certificate, stamper=stamper)


def _loaded(data: bytes, password: str) -> x509.Certificate:
    try:
        Pfx.load(data, strict=True).native  # noqa: B018  # reading it is the check
    except (ValueError, TypeError) as error:
        raise ReportKeyError(
            "The key file is not a PKCS#12 file; such files usually end in .p12 or .pfx."
        ) from error
    try:
        loaded = load_pkcs12(data, password.encode() or None)
    except ValueError as error:
        raise ReportKeyError(
            "The password does not open the key file; set TALLY3220_REPORT_KEY_PASSWORD, or"
            " TALLY3220_REPORT_KEY_PASSWORD_FILE, to the one it was made with."
        ) from error
    if loaded.key is None or loaded.cert is None:
        raise ReportKeyError(
            "The key file holds no private key with its certificate; export it again with both."
        )
    return loaded.cert.certificate


def _check_certificate(certificate: x509.Certificate, now: datetime) -> None:
    since, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now > until:
        raise ReportKeyError(
            f"The key for reports expired on {until:%Y-%m-%d}; sign with a valid one, which"
            " `tally3220 report keys` can make."
        )
    if now < since:
        raise ReportKeyError(
            f"The key for reports is valid only from {since:%Y-%m-%d}; check the clock of this"
            " machine, or sign with another key."
        )
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise ReportKeyError(
            "The certificate does not allow its key to sign documents; use one whose key usage"
            " has digital signature or non-repudiation."
        )


def make_key(name: str, firm: str, password: str, *, now: datetime) -> bytes:
    """Return a new key with a certificate it signed itself, as a PKCS#12 file."""
    private: RSAPrivateKey = generate_private_key(public_exponent=65537, key_size=BITS)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, firm[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),
        ]
    )
    since = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + timedelta(days=366 * YEARS))
    )
    for extension, critical in _extensions(private):
        builder = builder.add_extension(extension, critical=critical)
    certificate = builder.sign(private, SHA256())
    protection = BestAvailableEncryption(password.encode())
    return serialize_key_and_certificates(
        b"tally3220 reports", private, certificate, None, protection
    )


def _extensions(private: RSAPrivateKey) -> Iterable[tuple[x509.ExtensionType, bool]]:
    yield x509.BasicConstraints(ca=False, path_length=None), True
    usages = dict.fromkeys(
        (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    yield x509.KeyUsage(digital_signature=True, content_commitment=True, **usages), True
    yield x509.SubjectKeyIdentifier.from_public_key(private.public_key()), False


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else name.rfc4514_string()


def _groups(digest: str) -> Iterable[str]:
    return (digest[i : i + 8] for i in range(0, len(digest), 8))
