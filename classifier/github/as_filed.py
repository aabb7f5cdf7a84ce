"""Issues as they were when they were opened: what was edited in later must not leak.

GitHub keeps every version of a body, unless someone deletes it from the history, and every title
that was changed. What an issue said at first does not change any more, so it is kept
and not asked for again.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby, islice
from typing import Any

from classifier.errors import GitHubError
from classifier.github.client import Client
from classifier.github.failures import expecting
from classifier.github.token import HOW_TO_GIVE
from classifier.types import IssueKey

ISSUES_A_QUESTION = 100
# Of a history the first and the last few: which end is the older one GitHub does not promise,
# and the oldest version may have been deleted.
FIELDS = """fragment filed on Issue {
  title body url createdAt lastEditedAt includesCreatedEdit
  early: userContentEdits(last: 3) { nodes { editedAt diff } }
  late: userContentEdits(first: 3) { nodes { editedAt diff } }
  timelineItems(first: 1, itemTypes: [RENAMED_TITLE_EVENT]) {
    nodes { ... on RenamedTitleEvent { previousTitle } }
  }
}"""
MISSING = "NOT_FOUND"  # the type of error for what is not there


@dataclass(frozen=True, slots=True)
class Filed:
    """An issue as it was filed."""

    title: str
    body: str
    created_at: str  # ISO 8601
    url: str
    is_whole: bool = True  # False: the first body is gone, this is the earliest that is known


def read_as_filed(client: Client, keys: Iterable[IssueKey]) -> Iterator[dict[IssueKey, Filed]]:
    """Read issues as they were filed, some hundred at a time; those that are gone are left out.

    Raises GitHubError without a token: GraphQL answers nobody without.
    """
    if not client.has_token:
        raise GitHubError("GitHub tells edits only to who has a token", hint=HOW_TO_GIVE)
    remaining = iter(keys)
    while batch := list(islice(remaining, ISSUES_A_QUESTION)):
        filed = _kept(client, batch)
        asked = _asked(client, [key for key in batch if key not in filed])
        if client.answers is not None:
            rows = {_name(key): json.dumps(asdict(text)).encode() for key, text in asked.items()}
            client.answers.set_all(rows)
        yield filed | asked


def _kept(client: Client, keys: Iterable[IssueKey]) -> dict[IssueKey, Filed]:
    if client.answers is None:
        return {}
    names = {_name(key): key for key in keys}
    kept = client.answers.get_all(names)
    return {names[name]: Filed(**json.loads(value)) for name, value in kept.items()}


def _name(key: IssueKey) -> str:
    """What an issue is called among the answers, where it is no address of one."""
    return f"filed {key.repo}#{key.number}"


def _asked(client: Client, keys: Sequence[IssueKey]) -> dict[IssueKey, Filed]:
    """Ask for all at once, and where that is too much, for each half."""
    if not keys:
        return {}
    try:
        data, errors = client.graphql(_question(keys))
    except GitHubError as error:
        if error.status != 502 or len(keys) == 1:  # noqa: PLR2004 - how GitHub says: too long
            raise
        data, errors = None, [{}]
    if failed := [error for error in errors if error.get("type") != MISSING]:
        if len(keys) == 1:
            said = str(failed[0].get("message", ""))
            raise GitHubError(f"GitHub cannot tell of {keys[0].repo}#{keys[0].number}: {said}")
        half = len(keys) // 2
        return _asked(client, keys[:half]) | _asked(client, keys[half:])
    with expecting("the history of issues"):
        return dict(_found(data, keys))


def _question(keys: Iterable[IssueKey]) -> str:
    """Write one question about all of them."""
    lines = ["query {"]
    for place, (repository, group) in enumerate(groupby(keys, key=lambda key: key.repo)):
        owner, _, name = repository.partition("/")
        whose = f"owner: {json.dumps(owner)}, name: {json.dumps(name)}"  # strings as in GraphQL
        lines.append(f"r{place}: repository({whose}) {{")
        lines += [f"i{key.number}: issue(number: {key.number}) {{ ...filed }}" for key in group]
        lines.append("}")
    return "\n".join([*lines, "}", FIELDS])


def _found(data: Any, keys: Iterable[IssueKey]) -> Iterator[tuple[IssueKey, Filed]]:  # noqa: ANN401
    for place, (_, group) in enumerate(groupby(keys, key=lambda key: key.repo)):
        issues = (data or {}).get(f"r{place}") or {}
        for key in group:
            issue = issues.get(f"i{key.number}")
            if issue is not None:
                yield key, first_version(issue)


def first_version(issue: Mapping[str, Any]) -> Filed:
    """Tell from an issue's history what it was at first."""
    renamings = issue["timelineItems"]["nodes"]
    title = renamings[0]["previousTitle"] if renamings else issue["title"]
    ends = (issue["early"] or {}, issue["late"] or {})  # null for what was never edited
    versions = sorted(
        ((node["editedAt"], node["diff"]) for end in ends for node in end.get("nodes") or ()),
        key=lambda version: version[0],
    )
    known = [text for _, text in versions if text is not None]
    is_whole = issue["lastEditedAt"] is None or bool(
        issue["includesCreatedEdit"] and versions and versions[0][1] is not None
    )
    body = known[0] if known else issue["body"]
    return Filed(title, body or "", issue["createdAt"], issue["url"], is_whole)
