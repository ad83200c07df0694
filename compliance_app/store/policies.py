"""The adopted versions of the firm's policy."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from compliance_app.store.models import Policy
from compliance_app.store.prepared import Prepared, ask
from compliance_app.store.recipient_facts import hold_merges_off


def in_force_by(session: Session, day: date) -> Sequence[Policy]:
    """Return the versions that had taken effect by the day, oldest first; the last is in force."""
    return session.scalars(
        select(Policy).where(Policy.effective_on <= day).order_by(Policy.effective_on)
    ).all()


def hashes_by(session: Session, day: date) -> tuple[str, ...]:
    """Return the hashes of the versions that had taken effect by the day, oldest first."""
    (rows,) = ask(session, HASHES(day=day))
    return tuple(row.sha256 for row in rows)


HASHES = Prepared(
    select(Policy.sha256)
    .where(Policy.effective_on <= bindparam("day"))
    .order_by(Policy.effective_on)
)


def list_policies(session: Session) -> Sequence[Policy]:
    """Return every version, the newest first."""
    return session.scalars(select(Policy).order_by(Policy.effective_on.desc())).all()


def find_latest(session: Session) -> Policy | None:
    """Return the version that takes effect last, None before the firm has adopted one."""
    return session.scalars(select(Policy).order_by(Policy.effective_on.desc()).limit(1)).first()


def find_before(session: Session, day: date) -> Policy | None:
    """Return the version that was in force until the day."""
    return session.scalars(
        select(Policy)
        .where(Policy.effective_on < day)
        .order_by(Policy.effective_on.desc())
        .limit(1)
    ).first()


def find_by_sha256(session: Session, sha256: str) -> Policy | None:
    """Return the version whose document has this hash."""
    return session.scalar(select(Policy).where(Policy.sha256 == sha256))


def lock_versions(session: Session) -> None:
    """Let nobody else adopt a version, or judge a gift, until the commit.

    There may be no version to lock yet, so it is the lock that stands for no row.
    """
    hold_merges_off(session, merging=True)
