"""Runs migrations; called by `sonotag.store.database.migrate` and, for new ones, by `alembic revision`."""

from alembic import context
from sqlalchemy import create_engine

from sonotag.store.tables import Base

url = context.config.get_main_option("sqlalchemy.url")
assert url is not None, "sqlalchemy.url is set by migrate()"

engine = create_engine(url)
with engine.connect() as connection:
    # batch: SQLite cannot alter columns in place.
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
