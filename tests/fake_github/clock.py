"""The time inside the fake GitHub."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class Clock:
    """Stands still but for a second with each change, and for what a test does to it.

    It dates what people do. The header ``Date`` and the moment when a quota resets follow the
    real clock, since clients compare them with their own.
    """

    def __init__(self) -> None:
        self.now = START

    def tick(self) -> datetime:
        """Return the moment of one more change."""
        self.now += timedelta(seconds=1)
        return self.now

    def set(self, now: datetime) -> None:
        """Go on from ``now``."""
        self.now = now.astimezone(UTC)

    def advance(self, **by: float) -> None:
        """Let time pass: ``advance(days=7)``."""
        self.now += timedelta(**by)


def stamp(moment: datetime) -> str:
    """Write a moment as GitHub does: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
