"""Writes into the Action's page what it says of an example: ``python -m docs.generate_action``.

A block there begins with ``<!-- comment -->`` or ``<!-- summary -->`` and ends with its closing
mark; what is between is replaced.
"""

import io
import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from classifier.action.run import run_action
from classifier.artifact import active_model
from classifier.sources import read_issues
from classifier.types import Issue
from docs.fresh import keep_fresh

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "action.md"
EXAMPLES = ROOT / "examples" / "issues.jsonl"
TITLE = "var over two axes divides by the wrong count"
BLOCK = re.compile(r"<!-- (?P<name>comment|summary) -->\n.*?<!-- /(?P=name) -->", re.DOTALL)
PREVIEW = re.compile(
    r"<details><summary>The comment that belongs.*?</summary>\n\n(?P<comment>.*)\n\n</details>",
    re.DOTALL,
)


def with_examples(page: str) -> str:
    """Return the page, each block with what the Action says now."""
    shown = said_of_example()
    page, count = BLOCK.subn(lambda block: _block(block["name"], shown[block["name"]]), page)
    if count != len(shown):
        raise ValueError(f"{PAGE.name} has {count} blocks, not {len(shown)}")
    return page


def said_of_example() -> Mapping[str, str]:
    """Run the Action on an example: comment and summary, as markdown."""
    (issue,) = (
        issue for issue in read_issues([str(EXAMPLES)], lambda _: None) if issue.title == TITLE
    )
    with tempfile.TemporaryDirectory() as folder:
        event, summary = Path(folder) / "event.json", Path(folder) / "summary.md"
        event.write_text(json.dumps(_event(issue)), encoding="utf-8")
        run_action(
            {
                "GITHUB_EVENT_NAME": "issues",
                "GITHUB_EVENT_PATH": str(event),
                "GITHUB_REPOSITORY": issue.key.repo,
                "GITHUB_STEP_SUMMARY": str(summary),
                "INPUT_MODEL": active_model(),
            },
            log=io.StringIO(),
        )
        whole = summary.read_text(encoding="utf-8")
    comment = PREVIEW.search(whole)
    if comment is None:
        raise ValueError(f"{TITLE!r} is too unlikely now to get a comment")
    return {
        "comment": comment["comment"],
        "summary": PREVIEW.sub("", whole).replace("\n\n\n\n", "\n\n"),
    }


def _event(issue: Issue) -> dict[str, object]:
    record = {"number": issue.key.number, "title": issue.title, "body": issue.body}
    return {"action": "opened", "issue": {**record, "state": "open"}}


def _block(name: str, markdown: str) -> str:
    """A quotation, which GitHub shows as it shows the comment itself."""
    lines = [f"> {line}".rstrip() for line in markdown.strip().splitlines()]
    return f"<!-- {name} -->\n" + "\n".join(lines) + f"\n<!-- /{name} -->"


if __name__ == "__main__":
    keep_fresh(PAGE, with_examples(PAGE.read_text(encoding="utf-8")))
