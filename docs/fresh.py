"""What all generators of pages share: write the page, or say whether it is stale."""

import argparse
import sys
from pathlib import Path


def keep_fresh(page: Path, text: str) -> None:
    """Write a page; with ``--check`` on the command line, only exit with 1 if it would change."""
    parser = argparse.ArgumentParser(description=f"Writes {page.name} anew.")
    parser.add_argument("--check", action="store_true", help="only say whether it is stale")
    if not parser.parse_args().check:
        page.parent.mkdir(exist_ok=True)
        page.write_text(text, encoding="utf-8", newline="\n")
    elif not page.exists() or page.read_text(encoding="utf-8") != text:
        sys.exit(f"{page} is stale: run `make docs`")
