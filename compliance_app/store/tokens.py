"""The tokens of programs: found by the hash of what they send, listed for their person."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from compliance_app.store.models import ApiToken


def find_token(session: Session, token_sha256: str) -> ApiToken | None:
    """Return the token with this hash, and its person."""
    return session.scalar(
        select(ApiToken)
        .where(ApiToken.token_sha256 == token_sha256)
        .options(joinedload(ApiToken.person))
    )


def list_tokens(session: Session, person_id: int) -> Sequence[ApiToken]:
    """Return the person's tokens that are still good, newest first."""
    return session.scalars(
        select(ApiToken)
        .where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id.desc())
    ).all()
