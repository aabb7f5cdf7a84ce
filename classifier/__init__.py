"""silentrank: ranks GitHub issues by how likely they report a silent bug."""
