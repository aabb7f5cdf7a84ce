"""What a server is started with."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from classifier.profile import Profile
from classifier.web.security.hosts import is_open
from classifier.web.security.limits import Rates

DEFAULT_DATABASE = "silentrank.db"  # SQLite, in the folder where the server is started
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
DEFAULT_THRESHOLD = 0.3  # as the Action's: from there on an issue is worth reading


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the server listens, what it keeps its data in and what it scores with."""

    database_url: str = field(default=DEFAULT_DATABASE, repr=False)  # may have a password
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    model: str | None = None  # None: the active one
    allowed_hosts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()  # read in the background once the server is up
    profile: Profile | None = None
    threshold: float = DEFAULT_THRESHOLD
    webhook_secret: str = field(default="", repr=False)  # "" takes no webhooks
    rates: Rates = field(default_factory=Rates)
    log_level: str = ""  # "" tells of requests beyond loopback only

    @property
    def is_open(self) -> bool:
        """Whether a name is enough to come in; else everybody needs a token."""
        return is_open(self.host, self.allowed_hosts)

    @property
    def offset(self) -> float:
        """What the profile adds to the model's log-odds."""
        return 0.0 if self.profile is None else self.profile.log_odds_offset

    def seen(self, probabilities: Sequence[float]) -> Sequence[float]:
        """The model's probabilities as they are in the profile's repository."""
        if self.profile is None or not probabilities:
            return probabilities
        shifted: list[float] = self.profile.shifted(np.array(probabilities)).tolist()
        return shifted
