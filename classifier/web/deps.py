"""What routes ask for: the database and who is there.

The database's transaction ends before the answer is sent (``scope="function"``), so what was
answered was committed.
"""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from classifier.web.problems import is_for_programs
from classifier.web.security.access import needs_token
from classifier.web.store.engine import reading, session
from classifier.web.store.tables import ReviewerRow


class SignInFirstError(Exception):
    """A page needs a name and there is none."""


def db(request: Request) -> Iterator[Session]:
    """Open a transaction that may write; committed when the route returns, undone if it raises."""
    with session(request.app.state.engine) as opened:
        yield opened


def read_db(request: Request) -> Iterator[Session]:
    """Open a transaction that only reads and waits for nobody."""
    with reading(request.app.state.engine) as opened:
        yield opened


def reviewer(request: Request) -> ReviewerRow | None:
    """Who asks; None if they do not say."""
    found: ReviewerRow | None = request.scope["state"]["reviewer"]
    return found


def needs_reviewer(
    found: Annotated[ReviewerRow | None, Depends(reviewer)], request: Request
) -> ReviewerRow:
    """Who asks; people who do not say are sent to sign in, programs are told what is missing."""
    if found is not None:
        return found
    if is_for_programs(request.url.path):
        raise needs_token()
    raise SignInFirstError


Db = Annotated[Session, Depends(db, scope="function")]
ReadDb = Annotated[Session, Depends(read_db, scope="function")]
MaybeReviewer = Annotated[ReviewerRow | None, Depends(reviewer)]
Reviewer = Annotated[ReviewerRow, Depends(needs_reviewer)]
