"""What a GitHub remembers: people, labels, comments, events and issues."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from tests.fake_github.repository import Repository

REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket")
KNOWN_IDS = {"github-actions[bot]": 41898282, "octocat": 583231}


@dataclass(eq=False, slots=True)
class User:
    """An account; a login that ends in ``[bot]`` is an app's."""

    id: int
    login: str

    @property
    def is_bot(self) -> bool:
        return self.login.endswith("[bot]")


@dataclass(eq=False, slots=True)
class Label:
    """A label of a repository; its name is one whatever its case."""

    id: int
    name: str
    color: str = "ededed"
    description: str | None = None


@dataclass(eq=False, slots=True)
class Reaction:
    """What one person thinks of a comment or an issue."""

    id: int
    content: str
    user: User
    created_at: datetime


@dataclass(eq=False, slots=True)
class Edit:
    """A body as it was from ``at`` on; None where someone deleted it from the history."""

    at: datetime
    editor: User
    body: str | None


@dataclass(eq=False, slots=True)
class Comment:
    """A comment below an issue."""

    id: int
    issue: Issue
    author: User
    body: str
    created_at: datetime
    updated_at: datetime
    reactions: list[Reaction] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Event:
    """Something that happened to an issue: ``labeled``, ``renamed``, ``closed`` and so on."""

    id: int
    kind: str
    actor: User
    created_at: datetime
    label: Label | None = None
    previous_title: str = ""
    title: str = ""
    state_reason: str | None = None


@dataclass(eq=False, slots=True)
class Issue:
    """An issue, or a pull request, as it stands now; ``edits`` and ``events`` have its past."""

    id: int
    number: int
    repository: Repository
    author: User
    title: str
    body: str | None
    created_at: datetime
    updated_at: datetime
    labels: list[Label] = field(default_factory=list)
    is_pull_request: bool = False
    is_locked: bool = False
    state_reason: str | None = None
    closed_at: datetime | None = None
    closed_by: User | None = None
    comments: list[Comment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    has_first_edit: bool = True  # False where the edits began before GitHub kept a history

    @property
    def state(self) -> str:
        return "closed" if self.closed_at else "open"

    @property
    def label_names(self) -> list[str]:
        return [label.name for label in self.labels]
