"""A file whose bytes were damaged is still read as far as it can be, and the place is named."""

from pathlib import Path

from compliance_app.rules.audit import Damage
from compliance_app.services import audit
from compliance_app.store.base import db, frozen_reading
from tests.conftest import make_app, sqlite_url

PAGE_BYTES = 4096


def test_an_event_on_a_broken_page_is_named(template: Path, tmp_path: Path) -> None:
    content = bytearray((template / "tally3220.db").read_bytes())
    page = content.index(b'"name":"Abe Auditor"') // PAGE_BYTES * PAGE_BYTES
    while (at := content.find(b'"name":"Abe Auditor"', page)) >= 0:
        page = at // PAGE_BYTES * PAGE_BYTES
        content[page : page + PAGE_BYTES] = b"\xff" * PAGE_BYTES
    (tmp_path / "tally3220.db").write_bytes(content)
    with make_app(tmp_path, sqlite_url(tmp_path)).app_context():
        with frozen_reading() as session:
            found = audit.verify(session)
        db.session.remove()
        db.engine.dispose()
    assert found.kind is Damage.CHANGED
    assert str(found.problem).endswith(
        "the database is damaged (database disk image is malformed)."
    )
