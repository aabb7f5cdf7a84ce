"""What people said of the Action's guesses: labels for training, of which none is the Action's.

A guess is found by the Action's reaction on the issue. People answer it by the label
``not a silent bug``, or by 👍 and 👎 on the comment. What the Action says itself, its label
included, is no label here: a model must not learn from its own opinion.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.files import replace_file
from classifier.traces import COMMENT, NOT_SILENT_LABEL, REACTION, mark_of

if TYPE_CHECKING:
    from classifier.github.client import Client

HUMAN = "human"
SILENT, NOT_SILENT = "silent", "not silent"
BY_LABEL, BY_VOTES = "label", "reactions"

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Feedback:
    """One issue that the Action spoke about, or that a person labelled."""

    url: str
    repo: str
    number: int
    label: str = ""  # SILENT, NOT_SILENT, or "" where no person said anything clear
    labelled_by: str = ""  # HUMAN wherever there is a label
    how: str = ""  # BY_LABEL or BY_VOTES
    up: int = 0  # 👍 by people
    down: int = 0  # 👎 by people


def collect_feedback(
    client: "Client", repository: str, *, login: str, since: datetime | None = None
) -> Iterator[Feedback]:
    """Look through a repository's issues, those changed since a date if one is given.

    ``login`` is the account that the Action comments as.
    """
    parameters = {"state": "all", "sort": "created", "direction": "asc"}
    if since:
        parameters["since"] = f"{since:%Y-%m-%d}T00:00:00Z"
    for page in client.pages(f"/repos/{repository}/issues", parameters):
        for record in page:
            if record.get("pull_request") is None and _is_touched(record):
                yield _feedback(client, repository, record, login.lower())


def write_feedback(path: Path, rows: Iterable[Feedback]) -> None:
    """Write a labels file that ``--labels`` and ``[data]`` read, whole or not at all."""
    stream = io.StringIO()
    table = csv.DictWriter(stream, [field.name for field in fields(Feedback)], lineterminator="\n")
    table.writeheader()
    table.writerows(map(asdict, rows))
    replace_file(path, stream.getvalue().encode())


def _is_touched(record: Record) -> bool:
    """Whether the Action may have commented, or a person has spoken: the list tells both."""
    reactions = record.get("reactions") or {}
    return bool(reactions.get(REACTION)) or NOT_SILENT_LABEL in _label_names(record)


def _feedback(client: "Client", repository: str, record: Record, login: str) -> Feedback:
    number = int(record["number"])
    path = f"/repos/{repository}/issues/{number}"
    comment = _own_comment(client, path, login) if record.get("comments") else None
    up, down = _votes(client, repository, comment, login) if comment else (0, 0)
    is_refused = NOT_SILENT_LABEL in _label_names(record)
    if is_refused and _is_by_a_person(client, path, login):
        said = (NOT_SILENT, HUMAN, BY_LABEL)
    elif up != down:
        label = SILENT if up > down else NOT_SILENT
        said = (label, HUMAN, BY_VOTES)
    else:
        said = ("", "", "")
    return Feedback(str(record["html_url"]), repository, number, *said, up=up, down=down)


def _own_comment(client: "Client", path: str, login: str) -> Record | None:
    for page in client.pages(f"{path}/comments", {}):
        for comment in page:
            if _login(comment) == login and mark_of(comment.get("body") or "", kind=COMMENT):
                return dict(comment)
    return None


def _votes(client: "Client", repository: str, comment: Record, login: str) -> tuple[int, int]:
    """👍 and 👎 of people; a bot's, the Action's own included, do not count."""
    rollup = comment.get("reactions") or {}
    if not (rollup.get("+1") or rollup.get("-1")):
        return 0, 0
    path = f"/repos/{repository}/issues/comments/{comment['id']}/reactions"
    contents = [
        reaction["content"]
        for page in client.pages(path, {})
        for reaction in page
        if _is_person(reaction.get("user"), login)
    ]
    return contents.count("+1"), contents.count("-1")


def _is_by_a_person(client: "Client", path: str, login: str) -> bool:
    """Whether the latest to put the label on was a person."""
    events = [
        event
        for page in client.pages(f"{path}/events", {})
        for event in page
        if event["event"] == "labeled" and event["label"]["name"].lower() == NOT_SILENT_LABEL
    ]
    return bool(events) and _is_person(events[-1].get("actor"), login)


def _is_person(user: object, login: str) -> bool:
    if not isinstance(user, Mapping):
        return False  # an account that is gone: nobody knows what it was
    name = str(user.get("login", "")).lower()
    return user.get("type") != "Bot" and not name.endswith("[bot]") and name != login


def _login(record: Record) -> str:
    user = record.get("user")
    return str(user.get("login", "")).lower() if isinstance(user, Mapping) else ""


def _label_names(record: Record) -> set[str]:
    return {str(label["name"]).lower() for label in record.get("labels", ())}
