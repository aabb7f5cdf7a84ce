"""The triage page for programs: scores, ranks, the queue, decisions, webhooks."""
