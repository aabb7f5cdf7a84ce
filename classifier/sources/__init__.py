"""Where issues come from: one module a source, one line in SOURCES."""
