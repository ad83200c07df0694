"""Whether a PDF is as it was signed, and whether its data are those of its content hash.

A signature of ours lies in a place of fixed form, so it is checked without reading the file as
a PDF: the memory it takes does not grow with the report.
"""

import re
from datetime import UTC, datetime
from hashlib import sha256
from typing import IO, Any, Final

from asn1crypto.cms import (
    ContentInfo,
    DigestAlgorithm,
    IssuerAndSerialNumber,
    SignedData,
    SignerIdentifier,
    SignerInfo,
)
from asn1crypto.core import Void
from asn1crypto.tsp import TSTInfo
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from reports.sealing import digest_around
from reports.signing import FoundSignature, SignatureError

_RANGE: Final = re.compile(
    rb"/ByteRange ?\[ ?0 (\d{1,12}) (\d{1,12}) (\d{1,12}) ?\] ?/Contents ?<([0-9A-Fa-f]+)>"
)
_IDENTIFIER: Final = re.compile(r"urn:sha256:([0-9a-f]{64})")
_CHUNK: Final = 1 << 20
_OVERLAP: Final = 1 << 17


def check_signature(file: IO[bytes]) -> FoundSignature | None:
    """Return the signature over all bytes of a PDF, None if there is none.

    Raises SignatureError where there is one that does not hold.
    """
    place = _find(file)
    if place is None:
        return None
    begin, after, rest, hexes = place
    if file.seek(0, 2) != after + rest or after - begin != len(hexes) + 2:
        raise SignatureError("it was changed after it was signed: bytes were added or removed")
    file.seek(begin)
    if file.read(after - begin) != b"<%b>" % hexes:
        raise SignatureError("the place of its signature was changed")
    return _check_cms(hexes, digest_around(file, begin, after))


def _find(file: IO[bytes]) -> tuple[int, int, int, bytes] | None:
    """Return where the signature lies: its begin, its end, the length after it, and its digits."""
    file.seek(0)
    kept = b""
    while chunk := file.read(_CHUNK):
        kept = kept[-_OVERLAP:] + chunk
        found = _RANGE.search(kept)
        if found:
            return int(found[1]), int(found[2]), int(found[3]), found[4]
    return None


def _check_cms(hexes: bytes, digest: bytes) -> FoundSignature:
    try:
        content = ContentInfo.load(bytes.fromhex(hexes.decode()))
        signed = content["content"]
        (signer,) = signed["signer_infos"]
        serial = signer["sid"].chosen["serial_number"].native
        certificate = next(
            each.chosen for each in signed["certificates"] if each.chosen.serial_number == serial
        )
        intact, valid = validate_sig_integrity(
            signer, certificate, expected_content_type="data", actual_digest=digest
        )
        named = _attribute(signer["signed_attrs"], "signing_certificate_v2")["certs"][0]
        is_named = named["cert_hash"].native == sha256(certificate.dump()).digest()
        written = _as_written(signed, signer, certificate)
        stamped_at = _stamped_at(signer)
    except (ValueError, TypeError, KeyError, StopIteration, SigningError) as error:
        raise SignatureError("its signature is damaged") from error
    except SignatureValidationError as error:
        raise SignatureError(f"its signature does not hold ({error})") from error
    if hexes != written.hex().encode().ljust(len(hexes), b"0"):
        raise SignatureError("its signature is damaged")
    if not intact:
        raise SignatureError("it was changed after it was signed")
    if not valid or not is_named:
        raise SignatureError("its signature was not made by the certificate it names")
    name = certificate.subject.native.get("common_name") or certificate.subject.human_friendly
    return FoundSignature(str(name), sha256(certificate.dump()).hexdigest(), stamped_at)


def _as_written(signed: Any, signer: Any, certificate: Any) -> bytes:  # noqa: ANN401  # no types
    """Return the signature as this program writes it around what is signed or vouched for.

    The names and numbers between these parts are not covered by the signature itself.
    """
    digest = DigestAlgorithm({"algorithm": "sha256"})
    by = IssuerAndSerialNumber(
        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    )
    kept = ("signed_attrs", "signature_algorithm", "signature", "unsigned_attrs")
    info = SignerInfo(
        {
            "version": "v1",
            "sid": SignerIdentifier("issuer_and_serial_number", by),
            "digest_algorithm": digest,
            **{name: signer[name] for name in kept if not isinstance(signer[name], Void)},
        }
    )
    whole: bytes = ContentInfo(
        {
            "content_type": "signed_data",
            "content": SignedData(
                {
                    "version": "v1",
                    "digest_algorithms": [digest],
                    "encap_content_info": {"content_type": "data"},
                    "certificates": signed["certificates"],
                    "signer_infos": [info],
                }
            ),
        }
    ).dump()
    return whole


def _stamped_at(signer: Any) -> datetime | None:  # noqa: ANN401  # asn1crypto has no types
    """Return the moment of a time stamp; who vouches for it is for the reader to check."""
    token = _attribute(signer["unsigned_attrs"], "signature_time_stamp_token")
    if token is None:
        return None
    told = token["content"]["encap_content_info"]["content"].parsed
    moment: datetime = TSTInfo.load(told.dump())["gen_time"].native
    return moment.astimezone(UTC)


def _attribute(attributes: Any, name: str) -> Any:  # noqa: ANN401  # the same
    found = (each["values"][0] for each in attributes or () if each["type"].native == name)
    return next(found, None)


def check_data(file: IO[bytes]) -> str | None:
    """Return the content hash a PDF names, after its data inside were hashed anew.

    None if the file is one of several volumes, whose data are in the first. Raises
    SignatureError if the data are others, or if it is no report.
    """
    try:
        root = PdfFileReader(file).root
        named = _IDENTIFIER.search(root["/Metadata"].data.decode())
        attached = root.get("/AF", [])
        # By their number, as only so are the objects behind references returned.
        files = [attached[i] for i in range(len(attached))]
        data = [each["/EF"]["/F"].data for each in files if str(each["/F"]).endswith(".csv")]
    except (PdfReadError, KeyError, ValueError, TypeError, AttributeError, OSError) as error:
        raise SignatureError("it cannot be read as a PDF of a report") from error
    if named is None:
        raise SignatureError("it names no content hash, so it is no report of this program")
    if not data:
        return None
    if sha256(data[0]).hexdigest() != named[1]:
        raise SignatureError("the data inside are not those its content hash is of")
    return named[1]
