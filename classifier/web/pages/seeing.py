"""What counts as likely here, and whether there is more to come."""

from fastapi import Request

from classifier.web.store.preferences import Preferences


def is_reading(request: Request) -> bool:
    """Whether issues still come in from what the server was started with."""
    progress = request.app.state.filling.progress
    return bool(request.app.state.settings.sources) and not progress.is_done


def threshold_of(request: Request, preferences: Preferences) -> float:
    """From which probability on an issue is worth reading."""
    started_with: float = request.app.state.settings.threshold
    return started_with if preferences.threshold is None else preferences.threshold
