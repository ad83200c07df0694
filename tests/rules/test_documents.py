"""What the documents say of the rules is what the rules are."""

import re
import tomllib
from pathlib import Path

from compliance_app.rules.case_fields import EXPECTED, GIFT, POLICY, WHOLE
from compliance_app.rules.exclusions import EXCLUSIONS
from compliance_app.rules.money import format_dollars
from compliance_app.rules.regimes import REGIMES

ROOT = Path(__file__).resolve().parents[2]
RULE = (ROOT / "docs" / "rule-3220.md").read_text(encoding="utf-8")
CASES = (ROOT / "docs" / "golden-cases.md").read_text(encoding="utf-8")
TEMPLATE = (ROOT / "compliance_app" / "policy_template.toml").read_text(encoding="utf-8")


def test_every_law_and_its_figures_are_explained() -> None:
    rows = {
        code: line for line in RULE.splitlines() for code in re.findall(r"^\| (`.*?`) \|", line)
    }
    for regime in REGIMES:
        named = [line for codes, line in rows.items() if f"`{regime.code}`" in codes]
        assert len(named) == 1, regime.code
        if regime.code in {"FINRA_2320", "FINRA_2341", "FINRA_2310", "FINRA_5110"}:
            continue  # their row says "as above"
        if regime.code.startswith("US_SENATE"):
            continue  # and this one "the same"
        for limit in regime.limits:
            assert limit.cents is None or format_dollars(limit.cents) in named[0], regime.code


def test_every_open_point_is_listed() -> None:
    assert re.findall(r"^\| (U[0-9]) \|", RULE, re.MULTILINE) == [f"U{n}" for n in range(1, 10)]


def test_every_setting_the_rule_page_names_is_in_the_template() -> None:
    settings = set(re.findall(r"`((?:year|valuation|amounts|firm)\.[a-z_]+)`", RULE))
    uncommented = re.sub(r"^# (?=[a-z_]+ = |\[\[)", "", TEMPLATE, flags=re.MULTILINE)
    document = tomllib.loads(uncommented)
    known = {
        f"{table}.{key}"
        for table, keys in document.items()
        if isinstance(keys, dict)
        for key in keys
    }
    assert len(settings) == 8
    assert settings <= known


def test_every_field_of_a_case_is_explained() -> None:
    for fields in (WHOLE, POLICY, EXPECTED):
        for field in fields:
            assert f"`{field}`" in CASES, field
    for field in ("cost", "total_paid", "market_value", "face_value", "tax", "delivery", "flags"):
        assert field in GIFT
        assert f"`{field}`" in CASES, field


def test_every_fact_an_exclusion_asks_for_is_explained() -> None:
    for exclusion in EXCLUSIONS.values():
        for fact in exclusion.asks:
            assert re.search(rf"`{fact}[`:]", CASES), fact
