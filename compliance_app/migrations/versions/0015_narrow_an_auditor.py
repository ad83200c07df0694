"""Keep which part of the firm an examiner's account is for, as the reports name it."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nobody is narrowed to a part yet."""
    op.add_column("person", sa.Column("scope_kind", sa.String(20), nullable=True))
    op.add_column("person", sa.Column("scope_key", sa.String(200), nullable=True))


def downgrade() -> None:
    """Take them away, and the access of whoever was narrowed: they would read everything."""
    person = sa.table("person", sa.column("active"), sa.column("scope_kind"))
    op.execute(person.update().where(person.c.scope_kind.is_not(None)).values(active=False))
    op.drop_column("person", "scope_key")
    op.drop_column("person", "scope_kind")
