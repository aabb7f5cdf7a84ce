"""Events that are about no issue in particular; those of issues are the fake GitHub's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fake_github.present import Json, user_json
from tests.fake_github.present_repository import repository_json
from tests.fake_github.webhooks import API

if TYPE_CHECKING:
    from tests.fake_github.repository import Repository


def manual_event(repository: Repository) -> Json:
    """What starts a workflow on ``workflow_dispatch``."""
    return {
        "inputs": None,
        "ref": "refs/heads/main",
        "repository": repository_json(repository, API),
        "sender": user_json(repository.owner, API),
    }


def scheduled_event() -> Json:
    """What starts a workflow on ``schedule``."""
    return {"schedule": "23 5 * * 1"}
