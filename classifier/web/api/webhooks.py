"""GitHub tells what happens to issues, and the queue follows."""

import hashlib
import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from starlette.datastructures import State

from classifier.errors import InputError
from classifier.sources.records import NotAnIssueError, to_issue
from classifier.types import Issue
from classifier.web.api.deliveries import ACTIONS, Delivery, Payload, follow
from classifier.web.api.description import NO_TOKEN, problems
from classifier.web.api.shapes import DeliveredOut
from classifier.web.problems import Problem
from classifier.web.security.signatures import check_signature

LOG = logging.getLogger(__name__)
router = APIRouter(tags=["webhooks"])
Name = Annotated[str, Header(pattern=r"^[A-Za-z0-9_-]{1,100}$")]
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The event, as GitHub sends it: "
        "https://docs.github.com/webhooks/webhook-events-and-payloads",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


@router.post(
    "/webhooks/github",
    summary="Hear of an event at GitHub",
    responses=problems(409, 415, 422, 503),
    openapi_extra={**NO_TOKEN, **BODY},
)
def receive(
    request: Request,
    x_github_event: Name,
    x_github_delivery: Name,
    x_hub_signature_256: Annotated[
        str, Header(description="`sha256=` and the HMAC of the body, in hexadecimal.")
    ] = "",
) -> DeliveredOut:
    """Take an issue over that was opened or edited, or note that it was closed or is gone.

    A delivery that was dealt with is refused when it comes again, under its own id or another.
    One that failed may come again: it changed nothing.
    """
    body: bytes = request.scope["state"]["body"]
    check_signature(request.app.state.settings.webhook_secret, body, x_hub_signature_256)
    payload = _payload(body, request.headers.get("content-type", ""))
    action = payload.get("action")
    delivery = Delivery(
        x_github_delivery,
        x_github_event,
        action if isinstance(action, str) else "",
        payload,
        hashlib.sha256(body).hexdigest(),
    )
    outcome = _outcome(request.app.state, delivery)
    request.app.state.metrics.deliveries.labels(_known_event(delivery.event), outcome).inc()
    facts = {"delivery": delivery.id, "event": _known_event(delivery.event), "outcome": outcome}
    LOG.info("delivery", extra=facts)
    return DeliveredOut.model_validate({"outcome": outcome})


def _payload(body: bytes, content_type: str) -> Payload:
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "The body is not declared as JSON",
            hint="Choose the content type `application/json` in the webhook's settings.",
        )
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _malformed("The body is not JSON") from error
    if not isinstance(payload, Mapping):
        raise _malformed("The body is no JSON object")
    return payload


def _outcome(state: State, delivery: Delivery) -> str:
    if delivery.event == "ping":
        return "pong"
    if delivery.event != "issues" or delivery.action not in ACTIONS:
        return "ignored"
    issue = _issue(delivery.payload)
    return "ignored" if issue is None else follow(state, delivery, issue)


def _issue(payload: Payload) -> Issue | None:
    """Read the issue; None if it is a pull request."""
    repository = payload.get("repository")
    name = repository.get("full_name") if isinstance(repository, Mapping) else None
    try:
        issue = to_issue(payload.get("issue"), repo=name if isinstance(name, str) else "")
    except NotAnIssueError:
        return None
    except InputError as error:
        raise _malformed("The event has no issue that can be read") from error
    if not (issue.key.repo and issue.key.number):
        raise _malformed("The event does not say which issue it is about")
    return issue


def _known_event(event: str) -> str:
    return event if event in {"ping", "issues"} else "other"


def _malformed(title: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, title, hint="Is it GitHub that sends this?")
