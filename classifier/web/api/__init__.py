"""The triage page for programs: scores, ranks, the queue, decisions, webhooks."""

from fastapi import FastAPI

from classifier.web.api import decisions, health, issues, scoring, webhooks
from classifier.web.api.description import describe


def add_api(app: FastAPI) -> None:
    """Add the routes for programs, and their description at ``/api/openapi.json``."""
    for module in (scoring, issues, decisions, webhooks, health):
        app.include_router(module.router)
    describe(app)
