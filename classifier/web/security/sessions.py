"""Who is looking: a cookie, signed with a secret that the database keeps.

Beyond loopback a visit counts only if a token began it, and as long as that token is the
reviewer's; so visits that began with a mere name on loopback are worth nothing there, and a new
token ends the visits of the old one. Signing out ends all visits of that reviewer, in other
browsers, too: a cookie that somebody copied is told from the original by nothing.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session
from starlette.requests import Request

from classifier.web.store.reviewers import end_visits
from classifier.web.store.tables import ReviewerRow

SALT = "silentrank visit"
MAX_AGE_SECONDS = 30 * 24 * 60 * 60
PROOF_LENGTH = 32  # characters of the token's hash, which says nothing of the token


@dataclass(frozen=True, slots=True)
class Visit:
    """One browser's time here, signed in or not."""

    id: str  # random: what forms' tokens are made of
    reviewer_id: int | None = None
    proof: str = ""  # of the token that it began with; "" where a name was enough
    sign_outs: int = 0  # of the reviewer, before it began


def new_visit() -> Visit:
    """Begin one without a name."""
    return Visit(secrets.token_urlsafe(16))


def proof_of(reviewer: ReviewerRow) -> str:
    """What a visit that begins with the reviewer's token keeps of it."""
    return (reviewer.token_hash or "")[:PROOF_LENGTH]


class Visits:
    """Reads and writes visits as cookies, and makes the tokens of their forms."""

    def __init__(self, secret: str, *, port: int) -> None:
        self._secret = secret.encode()
        # cookies are shared by all ports of a host, and two servers may well run on loopback
        self.cookie = f"silentrank_{port}"
        self._serializer = URLSafeTimedSerializer(
            secret, salt=SALT, signer_kwargs={"digest_method": hashlib.sha256}
        )

    def read(self, cookie: str) -> Visit | None:
        """Return the visit; None if the cookie is forged, altered or too old."""
        try:
            id_, reviewer_id, proof, sign_outs = self._serializer.loads(
                cookie, max_age=MAX_AGE_SECONDS
            )
        except (BadSignature, TypeError, ValueError):
            return None
        return Visit(id_, reviewer_id, proof, sign_outs)

    def write(self, visit: Visit) -> str:
        """Return the cookie of a visit."""
        text = self._serializer.dumps([visit.id, visit.reviewer_id, visit.proof, visit.sign_outs])
        return text if isinstance(text, str) else text.decode()

    def form_token(self, visit: Visit) -> str:
        """Return what a form must hold to be taken for one of this visit's."""
        return hmac.new(self._secret, b"form " + visit.id.encode(), hashlib.sha256).hexdigest()


def sign_in(request: Request, reviewer: ReviewerRow, *, with_token: bool) -> None:
    """Let the visit go on under a reviewer's name, and under another id (session fixation)."""
    proof = proof_of(reviewer) if with_token else ""
    _change(request, Visit(new_visit().id, reviewer.id, proof, reviewer.sign_outs))


def sign_out(request: Request, session: Session) -> None:
    """Let the visit go on without a name, and end all others of the reviewer's."""
    reviewer: ReviewerRow | None = request.scope["state"]["reviewer"]
    if reviewer is not None:
        end_visits(session, reviewer.id)
    _change(request, new_visit())


def csrf_token(request: Request) -> str:
    """Return what this visit's forms hold as ``csrf_token``; begins a visit if need be."""
    state = request.scope["state"]
    if state["visit"] is None:
        _change(request, new_visit())
    token: str = state["visits"].form_token(state["visit"])
    return token


def _change(request: Request, visit: Visit) -> None:
    """Have the answer set the cookie: see ``classifier.web.security.access``."""
    request.scope["state"]["visit"] = visit
    request.scope["state"]["is_visit_changed"] = True
