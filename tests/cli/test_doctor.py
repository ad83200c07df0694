import json
from pathlib import Path

import pytest

from tests.cli.conftest import Console


def advice(console: Console) -> dict[str, str]:
    findings = json.loads(console("doctor", "--json").stdout)["findings"]
    return {one["subject"]: one["advice"] for one in findings if one["advice"]}


def test_a_machine_that_is_well_has_nothing_to_mend(
    console: Console, register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLY3220_SECRET_KEY", "sixteen characters or more")
    monkeypatch.setenv("TALLY3220_BASE_URL", "https://gifts.firm.example")
    result = console("doctor")
    assert (result.exit_code, result.stderr) == (0, "")
    assert {line.split()[0] for line in result.output.splitlines()} == {"well"}


def test_a_missing_key_is_to_be_mended(console: Console, register: Path) -> None:
    assert list(advice(console)) == ["secret key"]
    assert console("doctor").exit_code == 1


def test_an_address_without_tls_is_to_be_mended(
    console: Console, register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLY3220_SECRET_KEY", "sixteen characters or more")
    monkeypatch.setenv("TALLY3220_BASE_URL", "http://gifts.firm.example")
    assert list(advice(console)) == ["address"]


def test_a_database_without_a_register_is_to_be_mended(console: Console) -> None:
    assert advice(console)["database"] == (
        "The database has no register yet; run: tally3220 database upgrade"
    )


def test_a_register_nobody_can_enter_is_to_be_mended(console: Console) -> None:
    console("database", "upgrade")
    assert set(advice(console)) == {"secret key", "administrator", "compliance officer"}
