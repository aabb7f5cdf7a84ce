"""The triage page: the ranked queue, people's decisions and what they teach (extra ``web``)."""
