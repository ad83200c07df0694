from io import BytesIO
from random import Random

import pytest

from reports.quarter import build_pdf
from reports.sealing import SealError, check_seal
from tests.reports.sample import QUARTER
from tests.reports.test_archive import failed_rules
from tests.reports.test_signing import SIGNED

SEALED = build_pdf(QUARTER)


def flipped(pdf: bytes, place: int, bit: int) -> BytesIO:
    changed = bytearray(pdf)
    changed[place] ^= 1 << bit
    return BytesIO(changed)


def test_a_report_without_a_key_is_sealed() -> None:
    check_seal(BytesIO(SEALED))
    with pytest.raises(SealError, match="it was changed after"):
        check_seal(BytesIO(SIGNED))


def test_every_flipped_bit_of_a_sealed_report_is_found() -> None:
    end = len(SEALED)
    pick = Random(3220)  # noqa: S311 - seeded places, not cryptography
    anywhere = [(pick.randrange(end), pick.randrange(8)) for _ in range(200)]
    # Where the seal and what leads to it lie, not a bit may pass.
    at_the_end = [(place, bit) for place in range(end - 30, end) for bit in range(8)]
    digits = SEALED.index(b"/ID[<")
    around_the_seal = [(place, bit) for place in range(digits, digits + 110) for bit in range(8)]
    for place, bit in (*anywhere, *at_the_end, *around_the_seal):
        with pytest.raises(SealError):
            check_seal(flipped(SEALED, place, bit))


@pytest.mark.parametrize("changed", [SEALED[:-1], SEALED + b"\n", SEALED[:9_000], b"%PDF-1.7\n"])
def test_what_was_added_or_cut_off_is_found(changed: bytes) -> None:
    with pytest.raises(SealError):
        check_seal(BytesIO(changed))


def test_a_seal_keeps_to_the_standard_and_is_the_same_again() -> None:
    assert failed_rules(SEALED, "3a") == []
    assert build_pdf(QUARTER) == SEALED
