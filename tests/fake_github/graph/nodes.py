"""What GraphQL shows of people, labels, reactions, edits and events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fake_github.clock import stamp
from tests.fake_github.present import PAGES, node_id

if TYPE_CHECKING:
    from tests.fake_github.entities import Edit, Event, Label, Reaction, User
    from tests.fake_github.graph.connections import Node
    from tests.fake_github.repository import Repository

CONTENTS = {"+1": "THUMBS_UP", "-1": "THUMBS_DOWN"}  # the others are spelled alike
EVENTS = {
    "labeled": "LabeledEvent",
    "unlabeled": "UnlabeledEvent",
    "renamed": "RenamedTitleEvent",
    "closed": "ClosedEvent",
    "reopened": "ReopenedEvent",
    "locked": "LockedEvent",
    "transferred": "TransferredEvent",
}


def actor_node(user: User) -> Node:
    """Show an account; an app goes without ``[bot]`` here."""
    login = user.login.removesuffix("[bot]")
    path = f"/apps/{login}" if user.is_bot else f"/{login}"
    return {
        "__typename": "Bot" if user.is_bot else "User",
        "id": node_id("BOT" if user.is_bot else "U", user.id),
        "databaseId": user.id,
        "login": login,
        "avatarUrl": f"https://avatars.githubusercontent.com/u/{user.id}?v=4",
        "resourcePath": path,
        "url": PAGES + path,
    }


def label_node(label: Label, repository: Repository) -> Node:
    """Show a label."""
    return {
        "id": node_id("LA", label.id),
        "name": label.name,
        "color": label.color,
        "description": label.description,
        "url": f"{PAGES}/{repository.full_name}/labels/{label.name}",
    }


def reaction_node(reaction: Reaction) -> Node:
    """Show one person's reaction."""
    return {
        "id": node_id("REA", reaction.id),
        "databaseId": reaction.id,
        "content": content_name(reaction),
        "createdAt": stamp(reaction.created_at),
        "user": None if reaction.user.is_bot else actor_node(reaction.user),
    }


def content_name(reaction: Reaction) -> str:
    """Spell a reaction as GraphQL does."""
    return CONTENTS.get(reaction.content, reaction.content.upper())


def edit_node(edit: Edit) -> Node:
    """Show a body as it was after an edit; ``diff`` is the whole body, whatever its name says."""
    at = stamp(edit.at)
    return {
        "id": node_id("UCE", int(edit.at.timestamp())),
        "createdAt": at,
        "editedAt": at,
        "updatedAt": at,
        "diff": edit.body,
        "editor": actor_node(edit.editor),
        "deletedAt": at if edit.body is None else None,
        "deletedBy": actor_node(edit.editor) if edit.body is None else None,
    }


def event_node(event: Event, repository: Repository) -> Node:
    """Show what happened to an issue."""
    return {
        "__typename": EVENTS[event.kind],
        "id": node_id("EV", event.id),
        "actor": actor_node(event.actor),
        "createdAt": stamp(event.created_at),
        "label": label_node(event.label, repository) if event.label else None,
        "previousTitle": event.previous_title,
        "currentTitle": event.title,
        "stateReason": (event.state_reason or "").upper() or None,
    }
