"""Blind mode: who may see what of which issue before they have decided on it."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from classifier.web.store.mine import opined_on
from classifier.web.store.preferences import Preferences
from classifier.web.store.queue import Filter
from classifier.web.store.standing import OPINIONS
from classifier.web.store.tables import DecisionRow, IssueRow, ReviewerRow

NOBODY = 0  # no reviewer's id: who has not said who they are


def revealed(
    session: Session,
    preferences: Preferences,
    reviewer: ReviewerRow | None,
    issue_ids: Sequence[int],
) -> frozenset[int]:
    """The issues whose scores the reviewer may see.

    In blind mode these are the ones they have an opinion on; a skipped issue has none yet, one
    whose decision was taken back has none any more.
    """
    if not preferences.blind:
        return frozenset(issue_ids)
    if reviewer is None:
        return frozenset()
    decided = select(IssueRow.id).where(IssueRow.id.in_(issue_ids), opined_on(reviewer.id))
    return frozenset(session.scalars(decided))


def was_hidden(
    session: Session, preferences: Preferences, reviewer: ReviewerRow, issue_id: int
) -> bool:
    """Whether the issue's score, of the text that it has now, was kept from the reviewer until now.

    Once they had an opinion it was there to be seen, even if they took that back since.
    """
    had_opinion = exists().where(
        DecisionRow.issue_id == issue_id,
        DecisionRow.reviewer_id == reviewer.id,
        DecisionRow.verdict.in_(OPINIONS),
        *(IssueRow.id == issue_id, DecisionRow.digest == IssueRow.digest),
    )
    return preferences.blind and not session.scalar(select(had_opinion))


def without_scores(wanted: Filter, reviewer: ReviewerRow | None) -> Filter:
    """Return the filter with nothing in it that asks for scores, or for what others said.

    The order by probability stays, for who draws from its beginning by chance.
    """
    hidden_from = reviewer.id if reviewer else NOBODY
    plain = Filter()
    return replace(
        wanted,
        at_least=plain.at_least,
        at_most=plain.at_most,
        scenario=plain.scenario,
        by=plain.by,
        hidden_from=hidden_from,
    )


def without_hints(wanted: Filter, reviewer: ReviewerRow | None) -> Filter:
    """Return the filter with nothing in it that tells of scores, the oldest issues first."""
    return replace(without_scores(wanted, reviewer), by="age")
