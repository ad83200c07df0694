"""Know the client firms: their class, coverage and negotiations, and what customer systems say.

Columns that are added hold nothing for what is there, so a trail that never spoke of them still
rebuilds it.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Widen what is known of employers, recipients and gifts, and make the new tables."""
    _widen()
    _dated_table(
        "employer_classification",
        sa.Column("employer_class", sa.String(length=40), nullable=False),
    )
    _dated_table(
        "coverage",
        sa.Column("person_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_coverage_person_id_person"),
    )
    op.create_index("ix_coverage_person_id", "coverage", ["person_id"], unique=False)
    _dated_table(
        "negotiation",
        sa.Column("opportunity", sa.String(length=300), nullable=False),
        always_begins=True,
    )
    op.create_index(
        "ix_negotiation_employer_id_started_on",
        "negotiation",
        ["employer_id", "started_on"],
        unique=False,
    )
    for table in ("employer_classification", "coverage"):
        op.create_index(f"ix_{table}_employer_id", table, ["employer_id"], unique=False)
    # Nothing ever set it; from now on the days of a negotiation say it.
    op.drop_column("employer", "in_negotiation")
    _make_import_tables()


def downgrade() -> None:
    """Take away what is known of client firms; the trail keeps it."""
    for table in ("external_id", "crm_change", "crm_import", "crm_mapping"):
        op.drop_table(table)
    for table in ("negotiation", "coverage", "employer_classification"):
        op.drop_table(table)
    with op.batch_alter_table("gift") as gift:
        gift.drop_index("ix_gift_handed_to_id_id")
        gift.drop_column("handed_to_id")
    with op.batch_alter_table("employment") as employment:
        employment.drop_column("superseded_at")
    with op.batch_alter_table("recipient") as recipient:
        for column in ("departure", "departed_on", "retired_at"):
            recipient.drop_column(column)
    with op.batch_alter_table("employer") as employer:
        employer.drop_index("ix_employer_parent_id")
        employer.drop_constraint(op.f("ck_employer_not_its_own_parent"), type_="check")
        for column in ("parent_id", "segment", "region", "retired_at"):
            employer.drop_column(column)
        employer.add_column(
            sa.Column("in_negotiation", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def _widen() -> None:
    # Written out: SQLite takes a reference with a new column, but never afterwards.
    _add(
        "employer",
        "parent_id",
        NUMBER,
        "CONSTRAINT fk_employer_parent_id_employer REFERENCES employer (id) "
        "CONSTRAINT ck_employer_not_its_own_parent CHECK (parent_id <> id)",
    )
    _add("employer", "segment", sa.String(length=100))
    _add("employer", "region", sa.String(length=100))
    _add("employer", "retired_at", MOMENT)
    op.create_index("ix_employer_parent_id", "employer", ["parent_id"], unique=False)
    _add("recipient", "departure", sa.String(length=40))
    _add("recipient", "departed_on", sa.Date())
    _add("recipient", "retired_at", MOMENT)
    _add("employment", "superseded_at", MOMENT)
    _add(
        "gift",
        "handed_to_id",
        NUMBER,
        "CONSTRAINT fk_gift_handed_to_id_person REFERENCES person (id)",
    )
    op.create_index("ix_gift_handed_to_id_id", "gift", ["handed_to_id", "id"], unique=False)


def _add(table: str, column: str, kind: sa.types.TypeEngine[Any], constraints: str = "") -> None:
    spelled = kind.compile(dialect=op.get_bind().dialect)
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {spelled} {constraints}")


def _dated_table(name: str, *columns: sa.schema.SchemaItem, always_begins: bool = False) -> None:
    op.create_table(
        name,
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("employer_id", NUMBER, nullable=False),
        *(one for one in columns if isinstance(one, sa.Column)),
        sa.Column("started_on", sa.Date(), nullable=not always_begins),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("superseded_at", MOMENT, nullable=True),
        *(one for one in columns if not isinstance(one, sa.Column)),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employer.id"], name=f"fk_{name}_employer_id_employer"
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )


def _make_import_tables() -> None:
    op.create_table(
        "crm_mapping",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("made_by_id", NUMBER, nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name="fk_crm_mapping_made_by_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_crm_mapping"),
    )
    op.create_index("ix_crm_mapping_name_id", "crm_mapping", ["name", "id"], unique=False)
    op.create_table(
        "crm_import",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("made_by_id", NUMBER, nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("undone_by_id", NUMBER, nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name="fk_crm_import_made_by_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["person.id"], name="fk_crm_import_undone_by_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_crm_import"),
    )
    op.create_table(
        "crm_change",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("import_id", NUMBER, nullable=False),
        sa.Column("noun", sa.String(length=40), nullable=False),
        sa.Column("row_id", NUMBER, nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["crm_import.id"], name="fk_crm_change_import_id_crm_import"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_crm_change"),
    )
    op.create_index("ix_crm_change_import_id_id", "crm_change", ["import_id", "id"], unique=False)
    _make_external_ids()


def _make_external_ids() -> None:
    owners = ("recipient", "employer", "negotiation")
    op.create_table(
        "external_id",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        *(sa.Column(f"{owner}_id", NUMBER, nullable=True) for owner in owners),
        sa.Column("retired_at", MOMENT, nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [f"{owner}_id"], [f"{owner}.id"], name=f"fk_external_id_{owner}_id_{owner}"
            )
            for owner in owners
        ),
        sa.PrimaryKeyConstraint("id", name="pk_external_id"),
        sa.UniqueConstraint(
            "source", "kind", "external_id", name="uq_external_id_source_kind_external_id"
        ),
    )
    for owner in owners:
        op.create_index(f"ix_external_id_{owner}_id", "external_id", [f"{owner}_id"], unique=False)
