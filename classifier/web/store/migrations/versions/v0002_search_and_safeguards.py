"""Indexes of the queue, what issues are ranked by, search, and decisions that nobody changes."""

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
    "ix_issues_facets": "repo, state, standing, scenario, current, opened_at, priority, number",
    "ix_issues_audit_draw": "audit_draw, repo, state, standing",
    "ix_issues_duplicate_of": "duplicate_of",
    "ix_issues_digest": "digest",
}
SAME = {
    "uq_issues_key": ("repo, number", "repo <> '' AND number > 0"),
    "uq_issues_digest": ("digest", "repo = '' OR number = 0"),
}
RANKED_BY = "head_probability, probability, severity"
CURRENT = "coalesce({0}head_probability, {0}probability)"
PRIORITY = "coalesce({0}head_probability, {0}probability) * {0}severity"
RANK = f"UPDATE issues SET current = {CURRENT}, priority = {PRIORITY}".format("")  # noqa: S608 - all of it stands here
NEVER = "decisions are never changed"
SQLITE_SEARCH = (
    (
        "CREATE VIRTUAL TABLE issue_texts USING fts5"
        "(title, body, content='issues', content_rowid='id', tokenize='unicode61', prefix='2 3')"
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
SQLITE_RANKS = tuple(
    f"CREATE TRIGGER issue_ranks_{name} AFTER {event} ON issues BEGIN {RANK} WHERE id = new.id; END"
    for name, event in (("insert", "INSERT"), ("update", f"UPDATE OF {RANKED_BY}"))
)
SQLITE_SAFEGUARDS = tuple(
    f"CREATE TRIGGER decisions_no_{action} BEFORE {action} ON decisions "
    f"BEGIN SELECT RAISE(ABORT, '{NEVER}'); END"
    for action in ("update", "delete")
)
# Signs become blanks, or PostgreSQL would take tf.keras for a host. A text vector holds 1 MB. It is
# a column of its own, since of a common word the text of every row would be cut up again.
POSTGRESQL_SEARCH = (
    (
        "ALTER TABLE issues ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('simple', "
        "regexp_replace(left(title || ' ' || body, 100000), '[[:punct:]]+', ' ', 'g'))) STORED"
    ),
    "CREATE INDEX ix_issues_words ON issues USING gin (words)",
)
POSTGRESQL_RANKS = (
    (
        "CREATE FUNCTION issue_ranks() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN NEW.current := {CURRENT.format('NEW.')}; "
        f"NEW.priority := {PRIORITY.format('NEW.')}; RETURN NEW; END $$"
    ),
    (
        f"CREATE TRIGGER issue_ranks BEFORE INSERT OR UPDATE OF {RANKED_BY} ON issues "
        "FOR EACH ROW EXECUTE FUNCTION issue_ranks()"
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
    sqlite = (*SQLITE_SEARCH, *SQLITE_RANKS, *SQLITE_SAFEGUARDS)
    postgresql = (*POSTGRESQL_SEARCH, *POSTGRESQL_RANKS, *POSTGRESQL_SAFEGUARDS)
    for statement in (RANK, *(sqlite if is_sqlite else postgresql)):
        op.execute(statement)


def downgrade() -> None:
    """Drop them; issues and decisions stay."""
    if op.get_bind().dialect.name == "sqlite":
        for name in ("decisions_no_update", "decisions_no_delete"):
            op.execute(f"DROP TRIGGER {name}")
        for name in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER issue_texts_{name}")
        for name in ("insert", "update"):
            op.execute(f"DROP TRIGGER issue_ranks_{name}")
        op.execute("DROP TABLE issue_texts")
    else:
        for name in ("decisions_no_update", "decisions_no_truncate"):
            op.execute(f"DROP TRIGGER {name} ON decisions")
        op.execute("DROP FUNCTION decisions_never_change()")
        op.execute("DROP TRIGGER issue_ranks ON issues")
        op.execute("DROP FUNCTION issue_ranks()")
        op.execute("DROP INDEX ix_issues_words")
        op.execute("ALTER TABLE issues DROP COLUMN words")
    for name in (*ORDERS, *INDEXES, *SAME):
        op.execute(f"DROP INDEX {name}")
