"""Alembic's entry: runs migrations on the connection that it is given, or on the environment's database."""

from alembic import context
from sqlalchemy import Connection, NullPool, create_engine

from app.core.config import load_settings
from app.models import Base


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:  # the command line: alembic revision --autogenerate -m "…"
    with create_engine(load_settings().migration_url, poolclass=NullPool).begin() as opened:
        run(opened)
