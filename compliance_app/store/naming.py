"""Names and addresses that nobody has yet: whoever gives one away is alone until the commit."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from compliance_app.store.prepared import Prepared, ask


def hold_names(session: Session) -> None:
    """Let nobody else add or rename a person or a firm until the commit.

    So who is not found is new, also where nothing unique would tell: two gifts at once to one
    newcomer without an address are for one person. It comes before every other lock. SQLite has
    one writer.
    """
    if session.get_bind().dialect.name != "sqlite":
        ask(session, _NAMES())


# PostgreSQL's lock of all names, which stands for no row.
_NAMES = Prepared(select(func.pg_advisory_xact_lock(3220, 2)))
