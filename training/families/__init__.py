"""Model families: one file each, config and fit; one line in FAMILIES."""
