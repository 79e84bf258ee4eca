"""The migrated schema is the one the code writes to."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from backend_service.storage import migrations
from backend_service.storage.migrations import migrate, newest_revision
from backend_service.storage.read_model import open_read_model
from backend_service.storage.tables import metadata
from core.refusals import Fault


@pytest.fixture
def engine(read_model_url):
    engine = open_read_model(read_model_url)
    yield engine
    engine.dispose()


def test_empty_database_gets_every_table(engine):
    assert set(inspect(engine).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_migrated_schema_is_the_one_of_the_tables(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_again_keeps_what_is_there(engine):
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO zones VALUES ('Z-1', 'Centre', '[]')"))
    migrate(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM zones")) == 1


def test_file_that_is_no_database_is_a_fault(tmp_path):
    (tmp_path / "read_model.sqlite").write_bytes(b"rubbish" * 1000)
    with pytest.raises(Fault) as caught:
        open_read_model(f"sqlite:///{tmp_path / 'read_model.sqlite'}")
    assert caught.value.code == "read_model.unavailable"


def test_the_newest_file_is_the_newest_revision():
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert newest_revision() == scripts.get_current_head()
