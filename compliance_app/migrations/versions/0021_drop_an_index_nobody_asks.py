"""Drop an index of assessments that nothing asks: each is found by its share, by its own id."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INDEX = "ix_assessment_version_id_recipient_id"


def upgrade() -> None:
    """Drop it: it was kept with every share that is written."""
    op.drop_index(INDEX, table_name="assessment")


def downgrade() -> None:
    """Make it again."""
    op.create_index(INDEX, "assessment", ["version_id", "recipient_id"])
