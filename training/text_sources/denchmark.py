"""Texts from Denchmark's XML, one issue a file: ``denchmark:DIRECTORY[?repo=OWNER/NAME]``.

The files name no repository, so it comes from ``?repo=``, else from the folder that a file lies
in, which Denchmark calls ``OWNER+NAME``. Folders are read with all below them.
"""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from classifier.errors import InputError
from classifier.types import IssueKey
from training.issue_text import IssueText

REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
RULE = re.compile(r"<denchmark-h:hr></denchmark-h>")
# none reaches past the next opening mark, so a file of unclosed marks takes linear time
HEADING = re.compile(r"<denchmark-h:h([1-6])>((?:(?!<denchmark-h:).)*?)</denchmark-h>", re.DOTALL)
CODE = re.compile(r"<denchmark-code>((?:(?!<denchmark-code>).)*?)</denchmark-code>", re.DOTALL)
LINK = re.compile(
    r"<denchmark-link:((?:(?!<denchmark-link:)[^>])*)>((?:(?!<denchmark-link:).)*?)</denchmark-link>",
    re.DOTALL,
)
BLANK_LINES = re.compile(r"\n{3,}")


def read(rest: str) -> Iterator[IssueText]:
    """Read a folder's issues, folder by folder, by rising number."""
    name, _, query = rest.partition("?")
    directory = Path(name)
    files = list(directory.rglob("*.xml"))
    if not files:
        raise InputError(f"No XML files in {directory}", hint="Name a folder of Denchmark's.")
    repo = parse_qs(query).get("repo", [None])[0]
    for path in sorted(files, key=lambda path: (path.parent, len(path.stem), path.stem)):
        yield read_issue(
            path, _checked(repo or path.absolute().parent.name.replace("+", "/"), path)
        )


def read_issue(path: Path, repo: str) -> IssueText:
    """Read one file."""
    try:
        bug = fromstring(path.read_bytes(), forbid_dtd=True)
        number, opened_at = int(bug.attrib["id"]), bug.attrib["open_date"]
        moment = datetime.fromisoformat(opened_at).astimezone(UTC)
    except (OSError, ParseError, DefusedXmlException, KeyError, ValueError) as error:
        raise InputError(
            f"Cannot read {path}: {error!r}", hint="It is not Denchmark's; move it away."
        ) from None
    return IssueText(
        key=IssueKey(repo, number),
        title=html.unescape(bug.findtext("summary", "")).strip(),  # escaped twice there
        body=rendered(bug.findtext("description", "")),
        opened_at=moment,
    )


def rendered(description: str) -> str:
    """Denchmark's own marks as the markdown they stand for: code fenced, headings, links."""
    text = RULE.sub("", description)
    text = HEADING.sub(lambda match: f"{'#' * int(match[1])} {match[2]}", text)
    text = CODE.sub(lambda match: "\n```\n" + match[1].strip("\n") + "\n```\n", text)
    text = LINK.sub(lambda match: f"[{match[2]}]({match[1]})" if match[2] else match[1], text)
    return BLANK_LINES.sub("\n\n", text).strip()


def _checked(repo: str, path: Path) -> str:
    if not REPOSITORY.fullmatch(repo):
        raise InputError(
            f"Cannot tell the repository of {path}: {repo!r}",
            hint="Say it: `denchmark:DIRECTORY?repo=OWNER/NAME`.",
        )
    return repo
