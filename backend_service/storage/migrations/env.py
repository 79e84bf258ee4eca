"""What alembic runs to migrate: on the connection it is given, in one transaction."""

from __future__ import annotations

from alembic import context

from backend_service.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter a column in place
)
with context.begin_transaction():
    context.run_migrations()
