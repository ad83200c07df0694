import json
from pathlib import Path

from tests.cli.conftest import Console

CONTACTS = (
    "Record ID,First Name,Last Name,Email,Job Title,Company Name\n"
    "101,Zoe,Quill,zoe@acme.example,Trustee,Acme Pension\n"
    "102,Morgan,Ellery,m@northgate.example,CIO,Northgate Pension Trust\n"
)
BAD = CONTACTS + "103,Ken,Ito,not-an-address,Analyst,Acme Pension\n"


def file_of(folder: Path, text: str) -> Path:
    path = folder / "contacts.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_contacts_come_in_and_go_out_of_use_again(
    console: Console, register: Path, tmp_path: Path
) -> None:
    file = file_of(tmp_path, CONTACTS)
    dry = console("recipients", "import", file, "--dry-run")
    assert (dry.exit_code, dry.stderr) == (0, "")
    assert dry.output.splitlines()[0] == "Line 2: Zoe Quill: added"

    done = console("recipients", "import", file, "--source", "hubspot")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.output == (
        "HubSpot contacts: 1 added, 1 added that may be there already, 0 updated, 0 unchanged, "
        "0 left out of 2 rows.\n"
        "1 pair may be one person: see the review list.\n"
        "This is import 1; tally3220 recipients import-undo 1 undoes it.\n"
    )
    (listed,) = json.loads(console("recipients", "imports", "--json").output)
    assert (listed["source"], listed["counts"]["rows"], listed["undone"]) == ("hubspot", 2, False)

    undone = console("recipients", "import-undo", "1")
    assert undone.output == "Import 1 is undone: 3 out of use, 0 set back, 0 kept.\n"
    again = console("recipients", "import-undo", "1")
    assert (again.exit_code, again.stderr.strip()) == (
        1,
        "Import 1 was undone before; import the file again if it is needed.",
    )


def test_bad_rows_stop_the_file_unless_the_others_are_wanted(
    console: Console, register: Path, tmp_path: Path
) -> None:
    file = file_of(tmp_path, BAD)
    refused = console("recipients", "import", file)
    assert refused.exit_code == 2
    assert refused.stderr.splitlines()[0] == (
        "Line 4, email: 'not-an-address' is not an e-mail address such as ana@firm.example."
    )
    assert console("recipients", "import", file, "--partial").exit_code == 0
    unknown = console("recipients", "import", file, "--source", "sap")
    assert (unknown.exit_code, unknown.stderr.strip()) == (
        2,
        "There is no source or mapping 'sap'; there are hubspot, salesforce.",
    )


def test_the_console_keeps_client_firms(console: Console, register: Path) -> None:
    name = "Northgate Pension Trust"
    for arguments in (
        ("classify", name, "erisa_plan", "--since", "2026-01-01"),
        ("change", name, "--segment", "Pensions", "--parent", "Harbor Capital"),
        ("negotiation", name, "Custody", "--from", "2026-10-01"),
        ("negotiation", name, "Custody", "--to", "2026-10-31"),
        ("hand-over", name, "rita@firm.example", "--on", "2026-03-02"),
    ):
        result = console("employers", *arguments)
        assert (result.exit_code, result.stderr) == (0, ""), result.output
    assert "Custody with Northgate Pension Trust: from 2026-10-01, until 2026-10-31." in (
        console(
            "employers",
            "negotiation",
            name,
            "Custody",
            "--from",
            "2026-10-01",
            "--to",
            "2026-10-31",
        ).output
    )
    firms = json.loads(console("employers", "list", "--json").output)
    assert firms[1] == {
        "name": name,
        "class": "erisa_plan",
        "parent": "Harbor Capital",
        "segment": "Pensions",
        "region": None,
        "covered_by": "rita@firm.example",
    }
    loop = console("employers", "change", "Harbor Capital", "--parent", name)
    assert (loop.exit_code, loop.stderr.strip()) == (
        1,
        f"{name} cannot be the parent: its own parents lead back to this firm.",
    )
