"""Let people ask about a gift, and answer, beside it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table of comments."""
    op.create_table(
        "comment",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("gift_id", NUMBER, nullable=False),
        sa.Column("version_number", NUMBER, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by_id", NUMBER, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name="fk_comment_gift_id_gift"),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["person.id"], name="fk_comment_written_by_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
    )
    op.create_index("ix_comment_gift_id", "comment", ["gift_id"], unique=False)


def downgrade() -> None:
    """Take the table away; what was asked stays in the trail."""
    op.drop_index("ix_comment_gift_id", "comment")
    op.drop_table("comment")
