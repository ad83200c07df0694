"""The checkpoints that were made of the trail."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from compliance_app.store.models import TrailCheckpoint
from compliance_app.store.replay import kept_rows


def list_checkpoints(session: Session) -> Sequence[TrailCheckpoint]:
    """Return every checkpoint, the smallest first."""
    return session.scalars(
        select(TrailCheckpoint).order_by(TrailCheckpoint.size, TrailCheckpoint.id)
    ).all()


def latest(session: Session) -> TrailCheckpoint | None:
    """Return the checkpoint that was made last."""
    return session.scalar(select(TrailCheckpoint).order_by(TrailCheckpoint.id.desc()).limit(1))


def as_stored(session: Session) -> Sequence[Mapping[str, Any]]:
    """Return every checkpoint's row as JSON, whatever nonsense it holds."""
    rows = kept_rows(session, TrailCheckpoint, without=frozenset())
    return [json.loads(row.document) for row in rows]
