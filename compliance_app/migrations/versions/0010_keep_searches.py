"""Let people keep a search by a name."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table of kept searches."""
    op.create_table(
        "saved_search",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_saved_search_person_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_saved_search"),
    )
    op.create_index("ix_saved_search_person_id", "saved_search", ["person_id"], unique=False)


def downgrade() -> None:
    """Take the table away; what was kept stays in the trail."""
    op.drop_index("ix_saved_search_person_id", "saved_search")
    op.drop_table("saved_search")
