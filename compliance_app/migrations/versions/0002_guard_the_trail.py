"""Guard the trail: it can only grow, and signed checkpoints are kept of how far it had grown.

An index by moment finds how far the trail had come on any past day.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# What can only grow, and the key each table counts by.
APPEND_ONLY = {"trail_event": "number", "trail_checkpoint": "id"}

ACTS = {
    "sqlite": ("update", "delete", "replace"),
    "postgresql": ("update", "delete", "truncate"),
}

REFUSE_ON_POSTGRESQL = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only: rows are never changed', TG_TABLE_NAME; END $$
"""


def upgrade() -> None:
    """Make the checkpoints' table, the index by moment, and the guards."""
    op.create_table(
        "trail_checkpoint",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("verifier", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_trail_checkpoint"),
    )
    op.create_index("ix_trail_checkpoint_size", "trail_checkpoint", ["size"], unique=False)
    op.create_index(
        "ix_trail_event_happened_at_number", "trail_event", ["happened_at", "number"], unique=False
    )
    for guard in _postgresql_guards() if _dialect() == "postgresql" else _sqlite_guards():
        op.execute(guard)


def downgrade() -> None:
    """Take the guards, the index and the checkpoints away; the trail stays."""
    on_postgresql = _dialect() == "postgresql"
    for table in APPEND_ONLY:
        for act in ACTS[_dialect()]:
            op.execute(f"DROP TRIGGER {table}_no_{act}" + (f" ON {table}" if on_postgresql else ""))
    if on_postgresql:
        op.execute("DROP FUNCTION refuse_change()")
    op.drop_index("ix_trail_event_happened_at_number", "trail_event")
    op.drop_table("trail_checkpoint")


def _dialect() -> str:
    return op.get_context().dialect.name


def _sqlite_guards() -> list[str]:
    guards = []
    for table, key in APPEND_ONLY.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: rows are never changed'); END"
        replaced = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608 - the names stand above
        guards += [
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
            # REPLACE takes a row away without asking the delete trigger.
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} {replaced} {refuse}",
        ]
    return guards


def _postgresql_guards() -> list[str]:
    guards = [REFUSE_ON_POSTGRESQL]
    for table in APPEND_ONLY:
        guards += [
            f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            for act in ACTS["postgresql"]
        ]
    return guards
