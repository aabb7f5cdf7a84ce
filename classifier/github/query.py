"""Which issues of a repository are asked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["open", "closed", "all"]


@dataclass(frozen=True, slots=True)
class Query:
    """Which issues; all conditions hold at once."""

    state: State = "open"
    since: datetime | None = None  # changed then or later, which is GitHub's own meaning
    labels: tuple[str, ...] = ()  # all of them
    limit: int | None = None  # the newest so many, pull requests not counted
