"""What stands between strangers and the page."""
