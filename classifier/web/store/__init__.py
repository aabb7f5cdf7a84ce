"""What the triage page keeps, in SQLite or PostgreSQL."""
