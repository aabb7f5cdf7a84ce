"""What the fake GitHub's REST answers look like for a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fake_github.clock import stamp
from tests.fake_github.present import PAGES, Json, node_id, user_json

if TYPE_CHECKING:
    from tests.fake_github.repository import Repository

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
