"""A repository and all that people do in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.fake_github.entities import Comment, Edit, Event, Issue, Label, Reaction

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tests.fake_github.entities import User
    from tests.fake_github.store import Store


class Repository:
    """Issues by number, labels by name; who does something is named by login."""

    def __init__(self, store: Store, full_name: str, *, is_private: bool = False) -> None:
        self.store = store
        self.id = store.next_id()
        self.full_name = full_name
        self.owner = store.user(full_name.partition("/")[0])
        self.is_private = is_private
        self.is_archived = False
        self.has_issues = True
        self.created_at = store.clock.now
        self.issues: dict[int, Issue] = {}
        self.gone: dict[int, Issue | None] = {}  # where it was transferred to; None: deleted
        self.labels: dict[str, Label] = {}
        self.pinned: list[Issue] = []
        self.members: set[str] = {self.owner.login}

    @property
    def name(self) -> str:
        return self.full_name.partition("/")[2]

    def rename(self, full_name: str) -> None:
        """Give the repository another name; the old one leads here from now on."""
        with self.store.lock:
            self.full_name = full_name
            self.store.repositories[full_name.lower()] = self

    def add_issue(
        self,
        title: str = "It is wrong",
        body: str | None = "",
        *,
        author: str = "alice",
        labels: Iterable[str] = (),
        created_at: datetime | None = None,
        is_pull_request: bool = False,
    ) -> Issue:
        """Open an issue, or a pull request: both draw from the same numbers."""
        with self.store.lock:
            at = created_at or self.store.clock.tick()
            issue = Issue(
                id=self.store.next_id(),
                number=len(self.issues) + len(self.gone) + 1,
                repository=self,
                author=self.store.user(author),
                title=title,
                body=body,
                created_at=at,
                updated_at=at,
                is_pull_request=is_pull_request,
            )
            self.issues[issue.number] = issue
            for name in labels:
                self.label(issue, name, by=author, at=at)
            return issue

    def edit(
        self,
        issue: Issue,
        *,
        title: str | None = None,
        body: str | None = None,
        by: str = "alice",
        at: datetime | None = None,
    ) -> None:
        """Change title or body; what they were stays in the history."""
        with self.store.lock:
            at = at or self.store.clock.tick()
            if title is not None and title != issue.title:
                self._happen(issue, "renamed", by, at, previous_title=issue.title, title=title)
                issue.title = title
            if body is not None and body != (issue.body or ""):
                _rewrite(issue, body, Edit(at, self.store.user(by), body))
            issue.updated_at = at

    def close(self, issue: Issue, *, by: str = "alice", reason: str = "completed") -> None:
        """Close an issue, or close it anew for another reason."""
        with self.store.lock:
            event = self._happen(issue, "closed", by, state_reason=reason)
            issue.closed_at, issue.closed_by = event.created_at, event.actor
            issue.state_reason = reason

    def reopen(self, issue: Issue, *, by: str = "alice") -> None:
        """Open a closed issue again."""
        with self.store.lock:
            self._happen(issue, "reopened", by)
            issue.closed_at = issue.closed_by = None
            issue.state_reason = "reopened"

    def lock(self, issue: Issue, *, by: str = "alice") -> None:
        """Let only members of the repository comment from now on."""
        with self.store.lock:
            self._happen(issue, "locked", by)
            issue.is_locked = True

    def add_label(
        self, name: str, *, color: str = "ededed", description: str | None = None
    ) -> Label:
        """Define a label, if no label of this name is there."""
        with self.store.lock:
            label = Label(self.store.next_id(), name, color, description)
            return self.labels.setdefault(name.lower(), label)

    def label(self, issue: Issue, name: str, *, by: str, at: datetime | None = None) -> None:
        """Put a label on an issue, defining it if need be; twice is once."""
        with self.store.lock:
            label = self.add_label(name)
            if label not in issue.labels:
                self._happen(issue, "labeled", by, at, label=label)
                issue.labels.append(label)

    def unlabel(self, issue: Issue, name: str, *, by: str) -> None:
        """Take a label off an issue, if it is there."""
        with self.store.lock:
            label = self.labels.get(name.lower())
            if label in issue.labels:
                self._happen(issue, "unlabeled", by, label=label)
                issue.labels.remove(label)

    def comment(self, issue: Issue, body: str, *, by: str, at: datetime | None = None) -> Comment:
        """Say something below an issue."""
        with self.store.lock:
            at = at or self.store.clock.tick()
            comment = Comment(self.store.next_id(), issue, self.store.user(by), body, at, at)
            issue.comments.append(comment)
            issue.updated_at = max(issue.updated_at, at)
            return comment

    def edit_comment(self, comment: Comment, body: str, *, by: str | None = None) -> None:
        """Change what a comment says; who wrote it does, unless ``by`` names another."""
        with self.store.lock:
            at = self.store.clock.tick()
            editor = self.store.user(by) if by else comment.author
            _rewrite(comment, body, Edit(at, editor, body))
            comment.updated_at = comment.issue.updated_at = at

    def delete_comment(self, comment: Comment) -> None:
        """Take a comment away: nothing shows that it was there."""
        with self.store.lock:
            comment.issue.comments.remove(comment)
            comment.issue.updated_at = self.store.clock.tick()

    def react(self, subject: Comment | Issue, content: str, *, by: str) -> Reaction:
        """React with one of ``REACTIONS``; a second time by the same person is the first."""
        with self.store.lock:
            user = self.store.user(by)
            for reaction in subject.reactions:
                if (reaction.user, reaction.content) == (user, content):
                    return reaction
            at = self.store.clock.tick()
            subject.reactions.append(Reaction(self.store.next_id(), content, user, at))
            return subject.reactions[-1]

    def transfer(self, issue: Issue, full_name: str, *, by: str = "alice") -> Issue:
        """Move an issue; its old address leads to the one returned, which is the one that lives."""
        with self.store.lock:
            target = self.store.repository(full_name) or self.store.add_repository(full_name)
            moved = replace(
                issue,
                id=self.store.next_id(),
                number=len(target.issues) + len(target.gone) + 1,
                repository=target,
                labels=[],
            )
            kept = [label.name for label in issue.labels if label.name.lower() in target.labels]
            moved.labels = [target.labels[name.lower()] for name in kept]
            for comment in moved.comments:
                comment.issue = moved
            target.issues[moved.number] = moved
            self.gone[issue.number] = moved
            del self.issues[issue.number]
            target._happen(moved, "transferred", by)  # noqa: SLF001 - a repository's own kind
            return moved

    def delete(self, issue: Issue) -> None:
        """Take an issue away: it is answered with 410 from now on."""
        with self.store.lock:
            del self.issues[issue.number]
            self.gone[issue.number] = None

    def association(self, user: User) -> str:
        """Tell how someone belongs here, in GitHub's words."""
        if user is self.owner:
            return "OWNER"
        return "MEMBER" if user.login in self.members else "NONE"

    def _happen(
        self,
        issue: Issue,
        kind: str,
        by: str,
        at: datetime | None = None,
        *,
        label: Label | None = None,
        previous_title: str = "",
        title: str = "",
        state_reason: str | None = None,
    ) -> Event:
        at = at or self.store.clock.tick()
        event = Event(
            self.store.next_id(),
            kind,
            self.store.user(by),
            at,
            label,
            previous_title,
            title,
            state_reason,
        )
        issue.events.append(event)
        issue.updated_at = max(issue.updated_at, at)
        return event


def _rewrite(written: Issue | Comment, body: str, edit: Edit) -> None:
    """Change a body; the first edit of all keeps what was there before."""
    has_first = not isinstance(written, Issue) or written.has_first_edit
    if not written.edits and has_first:
        written.edits.append(Edit(written.created_at, written.author, written.body or ""))
    written.edits.append(edit)
    written.body = body
