"""What the triage page knows about itself: pure functions of arrays, without a database."""
