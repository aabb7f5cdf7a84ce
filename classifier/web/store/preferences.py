"""What is set on the settings page, for all reviewers alike."""

import json
from dataclasses import asdict, dataclass, fields

from sqlalchemy.orm import Session

from classifier.errors import InputError
from classifier.web.store.facts import fact, keep_fact

KEY = "preferences"


@dataclass(frozen=True, slots=True)
class Preferences:
    """How people screen here. Raises InputError for what makes no sense."""

    blind: bool = False  # scores are hidden
    audit_share: float = 0.1  # of each reviewer's decisions
    learning: bool = True  # whether a head is fitted in the background
    relearn_every: int = 20  # decisions
    threshold: float | None = None  # None: as the server was started

    def __post_init__(self) -> None:
        """Refuse shares outside of 0 to 1, and no decisions at all."""
        for name in ("audit_share", "threshold"):
            share = getattr(self, name)
            if share is not None and not 0.0 <= share <= 1.0:
                raise InputError(f"{name} {share} is no share", hint="Give a number from 0 to 1.")
        if self.relearn_every < 1:
            raise InputError(
                f"relearn_every {self.relearn_every} is below 1", hint="Give 1 or more decisions."
            )


def read_preferences(session: Session) -> Preferences:
    """Read what is set, with the defaults where nothing is."""
    known = json.loads(fact(session, KEY) or "{}")
    names = {field.name for field in fields(Preferences)}
    return Preferences(**{name: value for name, value in known.items() if name in names})


def write_preferences(session: Session, preferences: Preferences) -> None:
    """Keep what is set."""
    keep_fact(session, KEY, json.dumps(asdict(preferences)))
