"""Runs migrations; called by `sonotag.store.database.migrate` and, for new ones, by `alembic revision`."""

from typing import Any

from alembic import context
from sqlalchemy import Connection, create_engine, event

from sonotag.store.tables import Base

url = context.config.get_main_option("sqlalchemy.url")
assert url is not None, "sqlalchemy.url is set by migrate()"

engine = create_engine(url)


# A migration that is interrupted must leave the schema it found. SQLite can take back changes of tables, but its
# driver begins no transaction before them unless told to.
@event.listens_for(engine, "connect")
def leave_transactions_to_us(connection: Any, _: Any) -> None:
    connection.isolation_level = None


@event.listens_for(engine, "begin")
def begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


with engine.connect() as connection:
    # batch: SQLite cannot alter columns in place.
    context.configure(
        connection=connection, target_metadata=Base.metadata, render_as_batch=True, transactional_ddl=True
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
