"""What a head says of a repository's issues, batch by batch, and how that is written down."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from sqlalchemy import Engine, bindparam, select, update
from sqlalchemy.orm import Session

from classifier.web.store.engine import reading
from classifier.web.store.tables import IssueRow

if TYPE_CHECKING:  # slow to load, and the server should be up at once
    from sqlalchemy import Table

    from classifier.web.statistics.head import Head

ISSUES_A_BATCH = 500
READ = (
    IssueRow.id,
    IssueRow.title,
    IssueRow.body,
    IssueRow.probability,
    IssueRow.digest,
    IssueRow.model_id,
)


def text_of(title: str, body: str) -> str:
    """What the head reads of an issue."""
    return f"{title}\n{body}"


def say(
    engine: Engine, repo: str, head: "Head", *, is_new: bool = False
) -> Iterator[dict[str, Any]]:
    """What the head says of each issue, or of those that no head has read: rows to update."""
    after = 0
    while True:
        wanted = select(*READ).where(IssueRow.repo == repo, IssueRow.id > after)
        if is_new:
            wanted = wanted.where(IssueRow.head_probability.is_(None))
        with reading(engine) as opened:
            rows = opened.execute(wanted.order_by(IssueRow.id).limit(ISSUES_A_BATCH)).all()
        if not rows:
            return
        texts = [text_of(row.title, row.body) for row in rows]
        said = head.probabilities(texts, np.array([row.probability for row in rows]))
        for row, probability in zip(rows, said.tolist(), strict=True):
            yield {
                "of_issue": row.id,
                "of_digest": row.digest,
                "of_model": row.model_id,
                "of_head": probability,
            }
        after = rows[-1].id


def keep_said(opened: Session, said: list[dict[str, Any]]) -> None:
    """Write down what ``say`` gave, but for issues that were edited or scored anew since."""
    table = cast("Table", IssueRow.__table__)  # its own type is wider
    issues = table.c
    unchanged = update(table).where(
        issues.id == bindparam("of_issue"),
        issues.digest == bindparam("of_digest"),
        issues.model_id == bindparam("of_model"),
    )
    if said:
        opened.connection().execute(unchanged.values(head_probability=bindparam("of_head")), said)
