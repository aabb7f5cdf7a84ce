"""What the fake GitHub's REST answers look like."""

from __future__ import annotations

import base64
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.fake_github.clock import START, stamp
from tests.fake_github.entities import REACTIONS, Comment, Issue, User

if TYPE_CHECKING:
    from tests.fake_github.entities import Event, Label, Reaction
    from tests.fake_github.repository import Repository

Json = dict[str, Any]  # an object of an answer
PAGES = "https://github.com"  # where people read; the API's own addresses start with ``api``

USER_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}


def node_id(kind: str, identifier: int) -> str:
    """Make the name that GraphQL knows an object by."""
    return f"{kind}_{base64.urlsafe_b64encode(identifier.to_bytes(8)).decode().rstrip('=')}"


def user_json(user: User, api: str) -> Json:
    """Show an account as other objects do."""
    url = f"{api}/users/{quote(user.login)}"
    slug = user.login.removesuffix("[bot]")
    return {
        "login": user.login,
        "id": user.id,
        "node_id": node_id("BOT" if user.is_bot else "U", user.id),
        "avatar_url": f"https://avatars.githubusercontent.com/u/{user.id}?v=4",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{PAGES}/apps/{slug}" if user.is_bot else f"{PAGES}/{user.login}",
        **{name: url + path for name, path in USER_LINKS.items()},
        "type": "Bot" if user.is_bot else "User",
        "user_view_type": "public",
        "site_admin": False,
    }


def app_json(user: User, api: str) -> Json | None:
    """Show the app that a bot acts for; None for a person."""
    if not user.is_bot:
        return None
    slug = user.login.removesuffix("[bot]")
    return {
        "id": user.id // 2 + 1,
        "slug": slug,
        "node_id": node_id("A", user.id),
        "owner": user_json(User(9919, "github"), api),
        "name": slug.replace("-", " ").title(),
        "description": "",
        "external_url": f"{PAGES}/features/actions",
        "html_url": f"{PAGES}/apps/{slug}",
        "created_at": stamp(START),
        "updated_at": stamp(START),
        "permissions": {"issues": "write", "metadata": "read"},
        "events": [],
    }


def label_json(label: Label, repository: Repository, api: str) -> Json:
    """Show a label."""
    return {
        "id": label.id,
        "node_id": node_id("LA", label.id),
        "url": f"{api}/repos/{repository.full_name}/labels/{quote(label.name)}",
        "name": label.name,
        "color": label.color,
        "default": label.name in {"bug", "documentation", "question"},
        "description": label.description,
    }


def reaction_json(reaction: Reaction, api: str) -> Json:
    """Show one person's reaction."""
    return {
        "id": reaction.id,
        "node_id": node_id("REA", reaction.id),
        "user": user_json(reaction.user, api),
        "content": reaction.content,
        "created_at": stamp(reaction.created_at),
    }


def rollup_json(subject: Issue | Comment, url: str) -> Json:
    """Count reactions by kind."""
    counts = Counter(reaction.content for reaction in subject.reactions)
    return {
        "url": f"{url}/reactions",
        "total_count": counts.total(),
        **{content: counts[content] for content in REACTIONS},
    }


def issue_json(issue: Issue, api: str, *, is_whole: bool = True) -> Json:
    """Show an issue or pull request; lists leave out what only a single one has."""
    repository = issue.repository
    base = f"{api}/repos/{repository.full_name}"
    url = f"{base}/issues/{issue.number}"
    kind = "pull" if issue.is_pull_request else "issues"
    page = f"{PAGES}/{repository.full_name}/{kind}/{issue.number}"
    shown: Json = {
        "url": url,
        "repository_url": base,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "html_url": page,
        "id": issue.id,
        "node_id": node_id("PR" if issue.is_pull_request else "I", issue.id),
        "number": issue.number,
        "title": issue.title,
        "user": user_json(issue.author, api),
        "labels": [label_json(label, repository, api) for label in issue.labels],
        "state": issue.state,
        "locked": issue.is_locked,
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "comments": len(issue.comments),
        "created_at": stamp(issue.created_at),
        "updated_at": stamp(issue.updated_at),
        "closed_at": stamp(issue.closed_at) if issue.closed_at else None,
        "author_association": repository.association(issue.author),
        "active_lock_reason": None,
        "body": issue.body,
        "reactions": rollup_json(issue, url),
        "timeline_url": f"{url}/timeline",
        "performed_via_github_app": app_json(issue.author, api),
        "state_reason": issue.state_reason,
    }
    if issue.is_pull_request:
        shown["draft"] = False
        shown["pull_request"] = {
            "url": f"{base}/pulls/{issue.number}",
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "merged_at": None,
        }
    if is_whole:
        shown["closed_by"] = user_json(issue.closed_by, api) if issue.closed_by else None
    return shown


def comment_json(comment: Comment, api: str) -> Json:
    """Show a comment."""
    issue = comment.issue
    base = f"{api}/repos/{issue.repository.full_name}/issues"
    url = f"{base}/comments/{comment.id}"
    kind = "pull" if issue.is_pull_request else "issues"
    page = f"{PAGES}/{issue.repository.full_name}/{kind}/{issue.number}"
    return {
        "url": url,
        "html_url": f"{page}#issuecomment-{comment.id}",
        "issue_url": f"{base}/{issue.number}",
        "id": comment.id,
        "node_id": node_id("IC", comment.id),
        "user": user_json(comment.author, api),
        "created_at": stamp(comment.created_at),
        "updated_at": stamp(comment.updated_at),
        "author_association": issue.repository.association(comment.author),
        "body": comment.body,
        "reactions": rollup_json(comment, url),
        "performed_via_github_app": app_json(comment.author, api),
    }


def event_json(event: Event, issue: Issue, api: str) -> Json:
    """Show what happened to an issue."""
    shown: Json = {
        "id": event.id,
        "node_id": node_id("EV", event.id),
        "url": f"{api}/repos/{issue.repository.full_name}/issues/events/{event.id}",
        "actor": user_json(event.actor, api),
        "event": event.kind,
        "commit_id": None,
        "commit_url": None,
        "created_at": stamp(event.created_at),
        "performed_via_github_app": app_json(event.actor, api),
    }
    if event.label:
        shown["label"] = {"name": event.label.name, "color": event.label.color}
    if event.kind == "renamed":
        shown["rename"] = {"from": event.previous_title, "to": event.title}
    if event.kind == "locked":
        shown["lock_reason"] = None
    if event.kind == "closed":
        shown["state_reason"] = event.state_reason
    return shown
