"""Near-duplicates of an issue: found by MinHash bands, verified word triple by word triple.

As in training, texts are near-duplicates where the Jaccard similarity of their word triples is
``SIMILAR`` or more. A band is some rows of a text's MinHash; who shares one may be similar.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, Select, delete, insert, select, update
from sqlalchemy.orm import Session, aliased

from classifier.normalize import normalize
from classifier.web.store.audit import GONE
from classifier.web.store.engine import reading, session
from classifier.web.store.issues import issue_of
from classifier.web.store.tables import BandRow, IssueRow

SIMILAR = 0.8
BANDS, ROWS = 14, 5  # finds 99.6 of 100 texts that are just similar, and .1 % of those at .3
SEED = 1
TRIPLE = 3
WORD = re.compile(r"\w+")
ISSUES_A_BATCH = 64
MOST_CANDIDATES = 50  # that are looked at: of a template there may be thousands


@dataclass(frozen=True, slots=True)
class Near:
    """Another issue like this one."""

    issue_id: int
    repo: str
    number: int
    title: str
    standing: str
    similarity: float  # 0.0 to 1.0


def triples_of(text: str) -> frozenset[str]:
    """All runs of three words, in lower case; of shorter texts the whole."""
    words = WORD.findall(text.lower())
    count = max(1, len(words) - TRIPLE + 1) if words else 0
    return frozenset(" ".join(words[start : start + TRIPLE]) for start in range(count))


def bands_of(triples: Iterable[str]) -> tuple[str, ...]:
    """A short hash of each band: (BANDS,); none of a text without a word."""
    encoded = [triple.encode("utf-8", "replace") for triple in sorted(triples)]
    if not encoded:
        return ()
    from datasketch import MinHash  # noqa: PLC0415 - slow to load, and pages need no new sketch

    sketch = MinHash(num_perm=BANDS * ROWS, seed=SEED)
    sketch.update_batch(encoded)
    rows = sketch.hashvalues.reshape(BANDS, ROWS).astype(">u8")
    return tuple(hashlib.blake2b(row.tobytes(), digest_size=8).hexdigest() for row in rows)


def similarity(first: frozenset[str], second: frozenset[str]) -> float:
    """Jaccard: the share of all triples that both have, 0.0 to 1.0; nothing is like nothing."""
    either = len(first | second)
    return len(first & second) / either if either else 0.0


def catch_up(engine: Engine, after: int = 0) -> int | None:
    """Sketch some issues that are new or changed, and note whose near-duplicate each is.

    Takes those with ids above ``after``, and returns the last; None if there were none. What
    takes time is done before the database is asked for its writer's place.
    """
    with reading(engine) as opened:
        wanted = unsketched().where(IssueRow.id > after).limit(ISSUES_A_BATCH)
        rows = opened.scalars(wanted).all()
    if not rows:
        return None
    bands = {row.id: bands_of(_triples(row)) for row in rows}
    with session(engine) as opened:
        for issue_id, values in bands.items():
            _keep(opened, issue_id, values)
    with reading(engine) as opened:
        groups = _groups(opened, {row.id: row.digest for row in rows})
    with session(engine) as opened:
        _requeue(opened, list(bands))
        opened.execute(update(IssueRow), groups)
    return rows[-1].id


def near_duplicates(opened: Session, issue: IssueRow, *, most: int = 5) -> tuple[Near, ...]:
    """The issues most like this one, of those that are still there; the most similar first."""
    found = _verified(opened, issue)
    found.sort(key=lambda pair: (-pair[1], pair[0].id))
    return tuple(
        Near(other.id, other.repo, other.number, other.title, other.standing, value)
        for other, value in found[:most]
    )


def unsketched() -> Select[IssueRow]:
    """Issues whose bands are missing or of another text: an index has these alone."""
    return select(IssueRow).where(IssueRow.sketched != IssueRow.digest).order_by(IssueRow.id)


def _keep(opened: Session, issue_id: int, bands: Sequence[str]) -> None:
    opened.execute(delete(BandRow).where(BandRow.issue_id == issue_id))
    numbered = enumerate(bands)
    rows = [{"issue_id": issue_id, "band": band, "hash": value} for band, value in numbered]
    if rows:
        opened.execute(insert(BandRow), rows)


def _groups(opened: Session, sketched: Mapping[int, str]) -> list[dict[str, int | str | None]]:
    """Whose near-duplicate each is: its group's first issue's, so that all name the same.

    Each comes with the digest of the text that was ``sketched``; it may be edited by now.
    """
    first: dict[int, int | None] = {}
    for issue in opened.scalars(
        select(IssueRow).where(IssueRow.id.in_(sketched)).order_by(IssueRow.id)
    ).all():
        earlier = [other for other, _ in _verified(opened, issue) if other.id < issue.id]
        known = (first.get(other.id, other.duplicate_of) or other.id for other in earlier)
        first[issue.id] = min(known, default=None)
    return [
        {"id": issue_id, "duplicate_of": group, "sketched": sketched[issue_id]}
        for issue_id, group in first.items()
    ]


def _requeue(opened: Session, issue_ids: Sequence[int]) -> None:
    """Have those looked at anew that were near-duplicates of what these issues said before."""
    opened.execute(
        update(IssueRow)
        .where(IssueRow.duplicate_of.in_(issue_ids))
        .values(duplicate_of=None, sketched="")
        .execution_options(synchronize_session=False)
    )


def _verified(opened: Session, issue: IssueRow) -> list[tuple[IssueRow, float]]:
    own, other = aliased(BandRow), aliased(BandRow)
    sharing = (
        select(other.issue_id)
        .join(own, (own.band == other.band) & (own.hash == other.hash))
        .where(own.issue_id == issue.id, other.issue_id != issue.id)
        .distinct()
        .order_by(other.issue_id)
        .limit(MOST_CANDIDATES)
    )
    candidates = opened.scalars(
        select(IssueRow)
        .where(IssueRow.id.in_(opened.scalars(sharing).all()), IssueRow.state.not_in(GONE))
        .order_by(IssueRow.id)
    )
    triples = _triples(issue)
    pairs = [(one, similarity(triples, _triples(one))) for one in candidates]
    return [(one, value) for one, value in pairs if value >= SIMILAR]


def _triples(issue: IssueRow) -> frozenset[str]:
    """Of what is left without the template's words, or all issues of a template would be alike."""
    return triples_of(normalize(issue_of(issue)).text)
