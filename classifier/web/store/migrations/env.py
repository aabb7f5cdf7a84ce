"""How Alembic runs: always inside the connection that ``migrate`` hands it."""

from alembic import context

from classifier.web.store.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
