import json

from reports.quarter import build_manifest
from tests.reports.sample import make_report, make_share


def test_the_manifest_names_every_file_and_what_it_was_made_from() -> None:
    report = make_report(make_share(), make_share(recipient_id=2))
    manifest = json.loads(build_manifest(report, {"b.csv": b"", "a.txt": b"hello"}))
    assert manifest == {
        "files": [
            {
                "bytes": 5,
                "name": "a.txt",
                "sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            },
            {
                "bytes": 0,
                "name": "b.csv",
                "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            },
        ],
        "firm": "Ardmore & Lyle Securities LLC",
        "first_day": "2026-04-01",
        "last_day": "2026-06-30",
        "made_at": "2026-07-05T21:30:00+00:00",
        "period": "2026Q2",
        "policy": {"label": "Gift policy version 4", "sha256": "5f" * 32},
        "recipients": 2,
        "rule": "FINRA Rule 3220",
        "scope": "The whole firm",
        "shares": 2,
        "software": "Tally 3220 0.1.0",
        "trail": {"events": 18_422, "head": "ab12cd34" * 8},
    }
