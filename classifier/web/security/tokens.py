"""Tokens by which reviewers and their programs are known beyond loopback.

A token has 256 random bits, so its SHA-256 is kept without a salt and without a slow hash: there
is nothing to guess.
"""

import hashlib
import secrets

from sqlalchemy.orm import Session

from classifier.web.store.reviewers import find_by_token
from classifier.web.store.tables import ReviewerRow

PREFIX = "silentrank_"  # by which scanners for leaked secrets can know one
SCHEME = "bearer"


def new_token() -> str:
    """Make a token; it is shown once and never kept."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def bearer_of(authorization: str) -> str | None:
    """Return the token of an ``Authorization`` header; None if there is none of ours."""
    scheme, _, token = authorization.strip().partition(" ")
    return token.strip() if scheme.lower() == SCHEME and token.strip() else None


def owner_of(session: Session, token: str) -> ReviewerRow | None:
    """Find whose token it is.

    The database compares hashes; how long that takes tells nothing of the token.
    """
    return find_by_token(session, hash_of(token))
