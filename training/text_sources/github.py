"""Texts from GitHub itself, as they were filed: ``github``, or ``github:OWNER/NAME`` for one.

It fetches what is labelled and nothing else. An issue that was transferred keeps the name that
its label knows.
"""

import sys
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tqdm import tqdm

from classifier.errors import GitHubError, InputError
from classifier.sources.github import connected
from classifier.sources.records import key_of
from classifier.sources.status import Status
from classifier.types import IssueKey
from classifier.writers.escape import visible
from training.issue_text import IssueText

if TYPE_CHECKING:
    from classifier.github.as_filed import Filed
    from classifier.github.client import Client

GONE = (404, 410, 451)  # unknown, deleted, taken down


def read(rest: str, wanted: Collection[IssueKey]) -> Iterator[IssueText]:
    """Fetch issues a hundred at a time, by rising key; the transferred ones come last.

    What an issue said when it was filed is kept in the user's cache, so that an interrupted run
    asks only for what is missing.
    """
    keys = _chosen(rest, wanted)
    with connected(tell) as client:
        from classifier.github.as_filed import read_as_filed  # noqa: PLC0415 - an extra

        missing = set(keys)
        for batch in read_as_filed(client, keys):
            missing -= batch.keys()
            yield from (_text(key, filed) for key, filed in batch.items())
        moved = dict(_transferred(client, sorted(missing)))
        for batch in read_as_filed(client, sorted(moved)):
            yield from (_text(moved[key], filed) for key, filed in batch.items())


def _chosen(rest: str, wanted: Collection[IssueKey]) -> list[IssueKey]:
    """Return which issues to ask for. Raises InputError if there are none."""
    keys = sorted(key for key in wanted if not rest or key.repo.lower() == rest.lower())
    if not keys:
        known = sorted({key.repo for key in wanted})
        some = ", ".join(known[:3]) + (" …" if known[3:] else "")
        of_that = f" of {rest}" if rest else ""
        raise InputError(
            f"No issue{of_that} is labelled, so GitHub is asked for none",
            hint=f"Labelled are issues of {some}." if known else "Give labels first.",
        )
    return keys


def _transferred(
    client: "Client", keys: Collection[IssueKey]
) -> Iterator[tuple[IssueKey, IssueKey]]:
    """Yield where issues are now, each with its old key; what is gone is left out."""
    from classifier.github.issues import get_issue, is_pull_request  # noqa: PLC0415 - an extra

    there = {repo: _is_there(client, repo) for repo in sorted({key.repo for key in keys})}
    for key in keys:
        if not there[key.repo]:
            continue
        try:
            record = get_issue(client, key.repo, key.number)
        except GitHubError as error:
            if error.status not in GONE:
                raise
            continue
        if not is_pull_request(record):
            yield key_of(record), key


def _is_there(client: "Client", repository: str) -> bool:
    try:
        client.get(f"/repos/{repository}")
    except GitHubError as error:
        if error.status not in GONE:
            raise
        return False
    return True


def _text(key: IssueKey, filed: "Filed") -> IssueText:
    moment = datetime.fromisoformat(filed.created_at).astimezone(UTC)
    return IssueText(key=key, title=filed.title, body=filed.body, opened_at=moment)


def tell(status: Status) -> None:
    """Print what lasts beside a progress bar, without what could act."""
    if status.is_lasting:
        tqdm.write(visible(status.text), file=sys.stderr)
