"""What the fake GitHub's REST answers look like."""

from __future__ import annotations

import base64
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.fake_github.clock import stamp
from tests.fake_github.entities import REACTIONS, Comment, Issue

if TYPE_CHECKING:
    from tests.fake_github.entities import Event, Label, Reaction, User
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
REPOSITORY_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
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
        "performed_via_github_app": None,
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
        "performed_via_github_app": None,
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
        "performed_via_github_app": None,
    }
    if event.label:
        shown["label"] = {"name": event.label.name, "color": event.label.color}
    if event.kind == "renamed":
        shown["rename"] = {"from": event.previous_title, "to": event.title}
    if event.kind == "closed":
        shown["state_reason"] = event.state_reason
    return shown


def repository_json(repository: Repository, api: str) -> Json:
    """Show a repository whole."""
    url = f"{api}/repos/{repository.full_name}"
    page = f"{PAGES}/{repository.full_name}"
    open_issues = sum(issue.state == "open" for issue in repository.issues.values())
    moment = stamp(repository.created_at)
    return {
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.is_private,
        "owner": user_json(repository.owner, api),
        "html_url": page,
        "url": url,
        **{name: url + path for name, path in REPOSITORY_LINKS.items()},
        "git_url": f"git://github.com/{repository.full_name}.git",
        "ssh_url": f"git@github.com:{repository.full_name}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        "mirror_url": None,
        **dict.fromkeys(("description", "homepage", "language", "license")),
        **dict.fromkeys(("created_at", "updated_at", "pushed_at"), moment),
        **dict.fromkeys(("fork", "disabled", "has_pages", "is_template"), False),
        **dict.fromkeys(("has_projects", "has_downloads", "has_wiki", "allow_forking"), True),
        "archived": repository.is_archived,
        "has_issues": repository.has_issues,
        "has_discussions": False,
        "visibility": "private" if repository.is_private else "public",
        "default_branch": "main",
        "topics": [],
        **dict.fromkeys(("size", "forks", "forks_count", "network_count"), 0),
        **dict.fromkeys(("stargazers_count", "watchers", "watchers_count"), 0),
        "subscribers_count": 0,
        **dict.fromkeys(("open_issues", "open_issues_count"), open_issues),
    }
