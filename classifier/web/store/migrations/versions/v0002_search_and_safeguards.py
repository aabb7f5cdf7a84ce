"""Indexes of the queue, search in texts, and decisions that nobody can change."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# One scan of an index answers every filter: they are all in it, after what orders the queue.
ORDERS = {
    "ix_issues_current": "current DESC",
    "ix_issues_priority": "priority DESC",
}
TIES = "repo, number, id, state, standing, scenario, opened_at"
INDEXES = {
    "ix_issues_age": f"{TIES}, current",
    "ix_issues_facets": "repo, state, standing, scenario, current, opened_at, priority",
    "ix_issues_audit_draw": "audit_draw, repo, state, standing",
    "ix_issues_duplicate_of": "duplicate_of",
    "ix_issues_digest": "digest",
}
SAME = {
    "uq_issues_key": ("repo, number", "repo <> '' AND number > 0"),
    "uq_issues_digest": ("digest", "repo = '' OR number = 0"),
}
NEVER = "decisions are never changed"
SQLITE_SEARCH = (
    (
        "CREATE VIRTUAL TABLE issue_texts USING fts5"
        "(title, body, content='issues', content_rowid='id', tokenize='unicode61')"
    ),
    "INSERT INTO issue_texts(issue_texts) VALUES ('rebuild')",
    (
        "CREATE TRIGGER issue_texts_insert AFTER INSERT ON issues BEGIN "
        "INSERT INTO issue_texts(rowid, title, body) VALUES (new.id, new.title, new.body); END"
    ),
    (
        "CREATE TRIGGER issue_texts_delete AFTER DELETE ON issues BEGIN "
        "INSERT INTO issue_texts(issue_texts, rowid, title, body) "
        "VALUES ('delete', old.id, old.title, old.body); END"
    ),
    (
        "CREATE TRIGGER issue_texts_update AFTER UPDATE OF title, body ON issues BEGIN "
        "INSERT INTO issue_texts(issue_texts, rowid, title, body) "
        "VALUES ('delete', old.id, old.title, old.body); "
        "INSERT INTO issue_texts(rowid, title, body) VALUES (new.id, new.title, new.body); END"
    ),
)
SQLITE_SAFEGUARDS = tuple(
    f"CREATE TRIGGER decisions_no_{action} BEFORE {action} ON decisions "
    f"BEGIN SELECT RAISE(ABORT, '{NEVER}'); END"
    for action in ("update", "delete")
)
# Signs become blanks, or PostgreSQL would take tf.keras for a host. A text vector holds 1 MB.
POSTGRESQL_SEARCH = (
    (
        "CREATE INDEX ix_issues_words ON issues USING gin (to_tsvector('simple', "
        "regexp_replace(left(title || ' ' || body, 100000), '[[:punct:]]+', ' ', 'g')))"
    ),
)
POSTGRESQL_SAFEGUARDS = (
    (
        "CREATE FUNCTION decisions_never_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{NEVER}'; END $$"
    ),
    (
        "CREATE TRIGGER decisions_no_update BEFORE UPDATE OR DELETE ON decisions "
        "FOR EACH ROW EXECUTE FUNCTION decisions_never_change()"
    ),
    (
        "CREATE TRIGGER decisions_no_truncate BEFORE TRUNCATE ON decisions "
        "FOR EACH STATEMENT EXECUTE FUNCTION decisions_never_change()"
    ),
)


def upgrade() -> None:
    """Add them; issues that are there already can be searched at once."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    nulls = "" if is_sqlite else " NULLS LAST"  # where SQLite has them by itself
    for name, order in ORDERS.items():
        op.execute(f"CREATE INDEX {name} ON issues ({order}{nulls}, {TIES}, current)")
    for name, columns in INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON issues ({columns})")
    for name, (columns, condition) in SAME.items():
        op.execute(f"CREATE UNIQUE INDEX {name} ON issues ({columns}) WHERE {condition}")
    for statement in (
        SQLITE_SEARCH + SQLITE_SAFEGUARDS
        if is_sqlite
        else POSTGRESQL_SEARCH + POSTGRESQL_SAFEGUARDS
    ):
        op.execute(statement)


def downgrade() -> None:
    """Drop them; issues and decisions stay."""
    if op.get_bind().dialect.name == "sqlite":
        for name in ("decisions_no_update", "decisions_no_delete"):
            op.execute(f"DROP TRIGGER {name}")
        for name in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER issue_texts_{name}")
        op.execute("DROP TABLE issue_texts")
    else:
        for name in ("decisions_no_update", "decisions_no_truncate"):
            op.execute(f"DROP TRIGGER {name} ON decisions")
        op.execute("DROP FUNCTION decisions_never_change()")
        op.execute("DROP INDEX ix_issues_words")
    for name in (*ORDERS, *INDEXES, *SAME):
        op.execute(f"DROP INDEX {name}")
