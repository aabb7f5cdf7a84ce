"""Labelled issues as training consumes them: one rendering, typed columns."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from datasets import ClassLabel, Dataset, Features, Value

from classifier.errors import InputError
from classifier.types import Issue, IssueKey
from training.issue_text import IssueText, is_readable
from training.labels import (
    DistilledLabel,
    NegativeKind,
    Scenario,
    SilverKind,
    SilverLabel,
    StudyLabel,
    TitleLabel,
    key_of,
    read_table,
)
from training.shards import read_shards

logger = logging.getLogger(__name__)

Origin = Literal["study", "silver", "pytorch_title", "own", "distilled"]
ORIGINS: tuple[str, ...] = get_args(Origin)
KINDS: tuple[str, ...] = (*get_args(SilverKind), *get_args(NegativeKind))
SCENARIOS: tuple[str, ...] = get_args(Scenario)

FEATURES = Features(
    {
        "origin": ClassLabel(names=list(ORIGINS)),
        "repo": Value("string"),
        "number": Value("int64"),
        "url": Value("string"),
        "title": Value("string"),
        "body": Value("string"),
        "opened_at": Value("timestamp[s, tz=UTC]"),
        "is_silent": Value("bool"),
        "votes": Value("int8"),
        "silver_score": Value("float64"),
        "kind": ClassLabel(names=list(KINDS)),
        "scenario": ClassLabel(names=list(SCENARIOS)),
        "impact": Value("int8"),
    }
)


@dataclass(frozen=True, slots=True)
class LabeledIssue:
    """An issue and what is known of it; None where its origin does not say."""

    issue: Issue
    origin: Origin  # an issue may come from both silver and pytorch_title
    is_silent: bool | None  # gold of the study, maintainers' label of pytorch_title, yours of own
    votes: int | None  # 0 to 3, of the study alone
    silver_score: float | None  # 0 to 100, of silver, and a trained model's of distilled
    kind: str | None  # one of KINDS
    scenario: str | None  # one of SCENARIOS
    impact: int | None  # 1 mild to 4 severe


@dataclass(frozen=True, slots=True)
class RenderingPair:
    """One issue as GitHub's raw markdown and as Denchmark rendered it."""

    title: str
    body_markdown: str
    body: str


def load_dataset(
    hydrated: Path,
    *,
    labels: Path | None = None,
    is_study_needed: bool = True,
    with_distilled: bool = False,
) -> Dataset:
    """Join label tables and hydrated texts: study, silver, titles, each sorted by key.

    Distilled labels, many times as many, come after them if they are asked for.

    Labelled issues without text are left out and counted in a warning. Raises InputError if
    ``is_study_needed`` and no issue of the study has text, or if distilled labels are asked for
    and none has.
    """
    texts = read_shards(hydrated)
    if not (texts or is_study_needed):
        return Dataset.from_dict({name: [] for name in FEATURES}, features=FEATURES)
    rows = [
        *_rows("study", read_table(StudyLabel, labels), texts, _study_cells),
        *_rows("silver", read_table(SilverLabel, labels), texts, _silver_cells),
        *_rows("pytorch_title", read_table(TitleLabel, labels), texts, _title_cells),
    ]
    if with_distilled:
        rows += _rows("distilled", read_table(DistilledLabel, labels), texts, _distilled_cells)
        if rows[-1]["origin"] != "distilled":
            raise InputError(
                f"No issue with a distilled label has text in {hydrated}",
                hint="Run `silentrank-train hydrate --from parquet:FILE`, or do without "
                "use_distilled.",
            )
    if is_study_needed and not any(row["origin"] == "study" for row in rows):
        raise InputError(
            f"No issue of the study has text in {hydrated}",
            hint="Run `silentrank-train hydrate --from parquet:FILE`.",
        )
    columns = {name: [row.get(name) for row in rows] for name in FEATURES}
    return Dataset.from_dict(columns, features=FEATURES)


def labeled_issues(dataset: Dataset) -> list[LabeledIssue]:
    """The dataset's rows as values, in their order."""
    return [_labeled_issue(row) for row in dataset]


def digest_of(issues: Iterable[LabeledIssue]) -> str:
    """SHA-256 of the content: equal for equal issues and labels, in whatever order."""
    lines = sorted(json.dumps(asdict(label), default=str, sort_keys=True) for label in issues)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def rendering_pairs(hydrated: Path) -> list[RenderingPair]:
    """The issues known in both renderings, sorted by key; they check the normalizer only.

    Just the study's silent issues have raw markdown, so a model that saw it would learn the
    renderer.
    """
    texts = sorted(read_shards(hydrated).values(), key=lambda text: text.key)
    return [
        RenderingPair(text.title, text.body_markdown, text.body)
        for text in texts
        if text.body_markdown is not None and text.body is not None
    ]


Cells = dict[str, Any]
Label = TypeVar("Label", StudyLabel, SilverLabel, TitleLabel, DistilledLabel)


def _rows(
    origin: Origin,
    labels: Sequence[Label],
    texts: Mapping[IssueKey, IssueText],
    cells: Callable[[Label, IssueText], Cells],
) -> list[Cells]:
    rows, missing = [], []
    for label in labels:
        key = key_of(label)
        if is_readable(texts, key, origin):
            shared = {"origin": origin, **asdict(key), "title": texts[key].title}
            rows.append(shared | cells(label, texts[key]))
        else:
            missing.append(f"{key.repo}#{key.number}")
    if missing:
        first = ", ".join(missing[:5])
        logger.warning(
            "%s: %d of %d issues have no text: %s", origin, len(missing), len(labels), first
        )
    return rows


def _study_cells(label: StudyLabel, text: IssueText) -> Cells:
    return {
        "url": label.url,
        "body": text.body,
        "opened_at": label.opened_at,
        "is_silent": label.silent,
        "votes": label.votes,
        "kind": "silent" if label.silent else None,
        "scenario": label.scenario,
        "impact": label.impact,
    }


def _silver_cells(label: SilverLabel, text: IssueText) -> Cells:
    return {
        "body": text.body,
        "opened_at": text.opened_at,
        "silver_score": label.score,
        "kind": label.kind,
        "scenario": label.scenario,
        "impact": label.impact,
    }


def _distilled_cells(label: DistilledLabel, text: IssueText) -> Cells:
    return {"body": text.body, "opened_at": text.opened_at, "silver_score": label.score}


def _title_cells(label: TitleLabel, _: IssueText) -> Cells:
    return {
        "body": "",  # a few bodies are known, but all rows of one origin should look alike
        "opened_at": label.created_at,
        "is_silent": label.silent_strict if label.silent is None else label.silent,
        "kind": "silent" if label.silent else label.negative_kind,
    }


def _labeled_issue(row: Cells) -> LabeledIssue:
    issue = Issue(
        key=IssueKey(row["repo"], row["number"]),
        title=row["title"],
        body=row["body"],
        opened_at=row["opened_at"],
        url=row["url"] or "",
    )
    return LabeledIssue(
        issue=issue,
        origin=get_args(Origin)[row["origin"]],
        is_silent=row["is_silent"],
        votes=row["votes"],
        silver_score=row["silver_score"],
        kind=None if row["kind"] is None else KINDS[row["kind"]],
        scenario=None if row["scenario"] is None else SCENARIOS[row["scenario"]],
        impact=row["impact"],
    )
