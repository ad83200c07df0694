"""The checkpoints that were made of the trail."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from compliance_app.store.models import TrailCheckpoint


def list_checkpoints(session: Session) -> Sequence[TrailCheckpoint]:
    """Return every checkpoint, the smallest first."""
    return session.scalars(
        select(TrailCheckpoint).order_by(TrailCheckpoint.size, TrailCheckpoint.id)
    ).all()


def latest(session: Session) -> TrailCheckpoint | None:
    """Return the checkpoint that was made last."""
    return session.scalar(select(TrailCheckpoint).order_by(TrailCheckpoint.id.desc()).limit(1))
