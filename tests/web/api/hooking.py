"""What tests of webhooks share: a secret, signatures, and what the queue and the database know."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from classifier.web.store.engine import reading
from classifier.web.store.tables import DeliveryRow

SECRET = "It's a Secret to Everybody"  # noqa: S105 - of the tests
REPO = "octo/watched"
Deliver = Callable[..., Any]
BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


def signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def known(client: TestClient, state: str = "all") -> list[dict[str, Any]]:
    wanted = {"repo": REPO, "state": state, "standing": "all"}
    issues: list[dict[str, Any]] = client.get("/api/issues", params=wanted).json()["issues"]
    return issues


def notes(client: TestClient) -> list[str]:
    """What the database remembers of deliveries."""
    with reading(client.app.state.engine) as db:  # type: ignore[attr-defined]
        return list(db.scalars(select(DeliveryRow.outcome)))
