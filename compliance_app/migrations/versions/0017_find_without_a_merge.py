"""Let a finding stand without a merge: a class or a last day may bring a gift to light too."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Allow it."""
    with op.batch_alter_table("recipient_finding") as batch:
        batch.alter_column("merge_id", existing_type=NUMBER, nullable=True)


def downgrade() -> None:
    """Ask for a merge again; this fails where a finding has none, which is right."""
    with op.batch_alter_table("recipient_finding") as batch:
        batch.alter_column("merge_id", existing_type=NUMBER, nullable=False)
