"""All state of one fake GitHub, and who may do what in it."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fake_github.entities import KNOWN_IDS, User
from tests.fake_github.quota import Quotas
from tests.fake_github.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fake_github.clock import Clock


@dataclass(frozen=True, slots=True)
class Token:
    """A secret that stands for a user: an installation's if the user is a bot, else a person's."""

    secret: str
    user: User
    issues: str = "write"  # or "read"

    @property
    def hourly_limit(self) -> int:
        return 1000 if self.user.is_bot else 5000


class Store:
    """Repositories, users and tokens by name; ``lock`` guards every change."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.quotas = Quotas()
        self.pages_by_cursor = False
        self.lock = threading.RLock()
        self.users: dict[str, User] = {}
        self.repositories: dict[str, Repository] = {}
        self.tokens: dict[str, Token] = {}
        self._ids: Iterator[int] = itertools.count(1001)

    def next_id(self) -> int:
        """Give out an id that nothing else has."""
        return next(self._ids)

    def user(self, login: str) -> User:
        """Find an account by its login; whoever is not known yet signs up."""
        with self.lock:
            known = self.users.get(login.lower())
            if known is None:
                known = User(KNOWN_IDS.get(login) or self.next_id(), login)
                self.users[login.lower()] = known
            return known

    def add_repository(self, full_name: str, *, is_private: bool = False) -> Repository:
        """Make a repository; its owner signs up if need be."""
        with self.lock:
            repository = Repository(self, full_name, is_private=is_private)
            self.repositories[full_name.lower()] = repository
            return repository

    def repository(self, full_name: str) -> Repository | None:
        """Find a repository by a name that it has or had."""
        return self.repositories.get(full_name.lower())

    def repository_by_id(self, identifier: int) -> Repository | None:
        """Find a repository by the number that renaming does not change."""
        matches = (repo for repo in self.repositories.values() if repo.id == identifier)
        return next(matches, None)

    def add_token(self, login: str, *, issues: str = "write") -> str:
        """Issue a token with ``issues: write`` or ``issues: read``, and nothing else."""
        with self.lock:
            user = self.user(login)
            secret = f"{'ghs' if user.is_bot else 'ghp'}_{self.next_id():036d}"
            self.tokens[secret] = Token(secret, user, issues)
            return secret
