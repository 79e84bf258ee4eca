"""Brings a read model's database to the newest revision, at every start, without a command."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

_VERSIONS = Path(__file__).parent / "versions"


def migrate(engine: Engine) -> None:
    """Upgrade the database behind `engine`; one that is up to date is left alone.

    Raises
    ------
    sqlalchemy.exc.SQLAlchemyError
        If the database cannot be reached or refuses a step.
    """
    with engine.begin() as connection:
        if _revision_of(connection) != newest_revision():
            _upgrade(connection)


def newest_revision() -> str:
    """Return the newest revision by the names of the files: ``r0001_read_model.py`` holds revision ``0001``."""
    return max(file.stem for file in _VERSIONS.glob("r*.py")).removeprefix("r").partition("_")[0]


def _revision_of(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _upgrade(connection: Connection) -> None:
    # Imported here, for it takes a quarter of a second that a start after the first does not need.
    from alembic import command
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")
