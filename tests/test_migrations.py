"""The shipped migrations make exactly the tables of the models, and can be taken back."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect

from compliance_app import assets
from compliance_app.store import models, schema
from compliance_app.store.base import Base, prepare


def _engine(folder: Path) -> Engine:
    engine = create_engine(f"sqlite:///{folder / 'register.db'}")
    prepare(engine)
    return engine


def test_the_migrations_make_the_tables_of_the_models(tmp_path: Path) -> None:
    engine = _engine(tmp_path)
    schema.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert differences == []


def test_the_migrations_can_be_taken_back_and_made_again(tmp_path: Path) -> None:
    engine = _engine(tmp_path)
    schema.upgrade(engine)
    schema.downgrade(engine, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    schema.upgrade(engine)
    assert schema.current(engine) == schema.head()
    engine.dispose()


def test_every_check_bears_the_name_of_its_model(tmp_path: Path) -> None:
    engine = _engine(tmp_path)
    schema.upgrade(engine)
    made = {
        (table, check["name"])
        for table in Base.metadata.tables
        for check in inspect(engine).get_check_constraints(table)
    }
    engine.dispose()
    assert {
        ("recipient", "ck_recipient_not_into_itself"),
        ("gift_version", "ck_gift_version_quantity_positive"),
        ("trail_head", "ck_trail_head_only_one"),
    } <= made
    assert not [name for _, name in made if name is None or name.count("ck_") > 1]


def test_a_new_register_has_a_trail_that_begins_with_nothing(tmp_path: Path) -> None:
    engine = _engine(tmp_path)
    schema.upgrade(engine)
    with engine.connect() as connection:
        head = connection.exec_driver_sql("SELECT id, number, sha256 FROM trail_head").all()
    engine.dispose()
    assert head == [(1, 0, "0" * 64)]


def test_a_migration_never_imports_the_models() -> None:
    importing = [
        path.name
        for path in (assets.MIGRATIONS / "versions").glob("*.py")
        if "compliance_app" in path.read_text(encoding="utf-8")
    ]
    assert importing == []
    assert models.__all__
