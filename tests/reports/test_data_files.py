import csv
import json
from datetime import UTC, date, datetime, timedelta, timezone
from io import StringIO

import pytest

from compliance_app.rules.workflow import DecisionKind
from reports.quarter import build_csv, build_json
from reports.source import DecisionLine, QuarterReport
from tests.reports.sample import make_report, make_share


def rows(report: QuarterReport) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(build_csv(report).decode(), newline="")))


def test_the_csv_has_a_header_and_a_row_for_each_share() -> None:
    assert build_csv(make_report(make_share(running_cents=250_00))).decode() == (
        "reference,given_on,giver_email,logged_by_email,recipient_name,recipient_email,employer,"
        "category,description,purpose,cost,market_value,face_value,tax,delivery,quantity,payer,"
        "host_present,state,counted_value,version,logged_on,recipient_id,giver_name,"
        "logged_by_name,counts,running_total,limit,excess,verdict,regime,ground,planned,late,"
        "reasons,flags,decisions,exemption,waited_at_end\r\n"
        "G-000001,2026-05-04,,,Priya Abernathy,,Beacon Pension Advisors,gift_card,Dinner voucher,"
        "Thanks for the annual review,,,,0.00,0.00,1,,,given,100.00,1,2026-05-05,1,Wei Dubois,"
        "Wei Dubois,yes,250.00,300.00,0.00,within_limit,FINRA_3220,,no,no,,,"
        "2026-05-05T14:02:00Z approve by Dana Castellano: Modest and usual,,no\r\n"
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("gift_reference", "reference"),
        ("recipient", "recipient_name"),
        ("employer", "employer"),
        ("giver", "giver_name"),
        ("description", "description"),
        ("purpose", "purpose"),
        ("ground", "ground"),
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(
    field: str, column: str, start: str
) -> None:
    [row] = rows(make_report(make_share(**{field: f"{start}HYPERLINK(1)"})))
    assert row[column] == f"'{start}HYPERLINK(1)"


def test_reasons_flags_and_decisions_are_made_text_too() -> None:
    decision = DecisionLine(datetime(2026, 5, 5, tzinfo=UTC), "=x", DecisionKind.APPROVE, "")
    share = make_share(reasons=("=1+1", "second"), flags=("@SUM",), decisions=(decision,))
    [row] = rows(make_report(share))
    assert row["reasons"] == "'=1+1\nsecond"
    assert row["flags"] == "'@SUM"
    assert row["decisions"] == "2026-05-05T00:00:00Z approve by =x"


def test_quotes_line_ends_and_20_000_characters_come_back_from_the_csv() -> None:
    description = 'He said "no",\r\nthen\nyes; ' + "x" * 20_000
    [row] = rows(make_report(make_share(description=description)))
    assert row["description"] == description


def test_what_is_not_known_is_an_empty_cell() -> None:
    [row] = rows(make_report(make_share(running_cents=None, limit_cents=None, host_present=None)))
    assert (row["running_total"], row["limit"], row["host_present"]) == ("", "", "")


def test_the_shares_are_in_the_order_of_employer_recipient_day_and_reference() -> None:
    report = make_report(
        make_share(gift_reference="G-5", employer="zeta", recipient_id=5),
        make_share(gift_reference="G-4", employer="Beta", recipient="Zoe", recipient_id=4),
        make_share(gift_reference="G-3", employer="Beta", recipient="ann", recipient_id=3),
        make_share(
            gift_reference="G-2",
            employer="Beta",
            recipient="ann",
            recipient_id=3,
            given_on=date(2026, 5, 1),
        ),
        make_share(gift_reference="G-1", employer="Beta", recipient="ann", recipient_id=3),
    )
    assert [row["reference"] for row in rows(report)] == ["G-2", "G-1", "G-3", "G-4", "G-5"]


def test_an_empty_quarter_is_a_header_alone() -> None:
    assert rows(make_report()) == []
    assert build_csv(make_report()).startswith(b"reference,given_on,")


def test_the_json_says_money_as_decimal_strings_and_days_as_text() -> None:
    document = json.loads(build_json(make_report(make_share(running_cents=250_00, tax_cents=5))))
    [share] = document["shares"]
    assert share["counted"] == "100.00"
    assert share["running"] == "250.00"
    assert share["tax"] == "0.05"
    assert share["cost"] is None
    assert share["given_on"] == "2026-05-04"
    assert share["counts"] is True
    assert share["decisions"] == [
        {
            "decided_at": "2026-05-05T14:02:00Z",
            "decided_by": "Dana Castellano",
            "kind": "approve",
            "reason": "Modest and usual",
        }
    ]
    assert document["meta"]["limits"] == [{"from_day": "2026-03-30", "amount": "300.00"}]
    assert document["totals"] == [
        {
            "employer": "Beacon Pension Advisors",
            "gifts": 1,
            "limit": "300.00",
            "over": False,
            "quarter": "100.00",
            "recipient": "Priya Abernathy",
            "recipient_id": 1,
            "running": "100.00",
        }
    ]


def test_the_json_is_canonical() -> None:
    text = build_json(make_report(make_share(recipient="Zoë"))).decode()
    document = json.loads(text)
    again = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert text == again + "\n"
    assert "Zoë" in text


def test_moments_of_any_zone_are_written_in_utc() -> None:
    zone = timezone(timedelta(hours=-4))
    decision = DecisionLine(
        datetime(2026, 5, 5, 20, 30, tzinfo=zone), "Dana", DecisionKind.APPROVE, ""
    )
    report = make_report(make_share(decisions=(decision,)))
    [row] = rows(report)
    assert row["decisions"] == "2026-05-06T00:30:00Z approve by Dana"
    [share] = json.loads(build_json(report))["shares"]
    assert share["decisions"][0]["decided_at"] == "2026-05-06T00:30:00Z"


def test_csv_and_json_say_the_same_value_of_every_share() -> None:
    report = make_report(
        make_share(counted_cents=1), make_share(recipient_id=2, counted_cents=1_000_000_00)
    )
    in_json = [share["counted"] for share in json.loads(build_json(report))["shares"]]
    in_csv = [row["counted_value"] for row in rows(report)]
    assert in_json == in_csv == ["0.01", "1000000.00"]
