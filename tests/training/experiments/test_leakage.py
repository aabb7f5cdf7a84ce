"""An honest corpus passes; every planted leak is found by the check that is there for it."""

import io
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from classifier.metrics import roc_auc
from classifier.normalize import normalize
from classifier.types import Issue, IssueKey
from training.config import EvaluationSettings, Experiment
from training.corpus import Corpus
from training.dataset import LabeledIssue, Origin, digest_of
from training.duplicates import group_near_duplicates
from training.experiments import Bench
from training.leakage import (
    Check,
    LeakageReport,
    check_leakage,
    check_overlap,
    check_permuted,
    check_probes,
    permuted,
    render,
    standard_error,
)
from training.leakage.overlap import near_pairs
from training.tracking import Tracker

STUDY, SILVER, TITLES = 120, 30, 90
SYLLABLES = ("ka", "lo", "mi", "ren", "su", "to", "vel", "xi", "zon", "bru", "den", "fal")
MARKDOWN = (
    "### Report\n\n**{first}** goes *wrong*:\n\n- [x] read\n- [ ] tried\n\n```python\n{code}\n```\n"
    "<details><summary>More</summary>\n\n`{last}` &amp; [link](https://example.org/{last})\n\n"
    "> {last}\n</details>\r\n"
)
RENDERED = "Report\n{first} goes wrong:\nread\ntried\n{code}\nMore\n{last} & link\n{last}\n"
EXPERIMENT = Experiment(
    name="small",
    description="A model of invented issues.",
    family="tfidf-lr",
    seed=7,
    model={"texts": [{"column": "title", "minimum_count": 1}]},
    evaluation=EvaluationSettings(
        folds=3, repeats=2, inner_folds=2, fold_seed=3, first_origin=date(2020, 1, 1)
    ),
)
Write = Callable[[LabeledIssue], Issue]


def is_silent(number: int) -> bool:
    return number % 3 == 0


def words(chance: random.Random, count: int) -> list[str]:
    return ["".join(chance.choices(SYLLABLES, k=3)) for _ in range(count)]


def invented(number: int, origin: Origin) -> LabeledIssue:
    """Nothing of it but one word in the title tells what it is labelled."""
    chance = random.Random(number)  # noqa: S311 inventing text needs no cryptography
    hint = "wrong" if is_silent(number) else "crash"
    issue = Issue(
        key=IssueKey("octo/grad" if origin == "study" else f"octo/{origin}-{number % 4}", number),
        title=" ".join([hint, *words(chance, 8)]),
        body="" if origin == "pytorch_title" else f"{' '.join(words(chance, 30))}.",
        opened_at=datetime(2019, 1, 1, tzinfo=UTC) + timedelta(days=chance.randrange(2200)),
    )
    return LabeledIssue(
        issue,
        origin,
        is_silent=None if origin == "silver" else is_silent(number),
        votes=3 * is_silent(number) if origin == "study" else None,
        silver_score=(90.0 if is_silent(number) else 4.0) if origin == "silver" else None,
        kind=None,
        scenario=None,
        impact=None,
    )


def corpus_of(issues: Sequence[LabeledIssue]) -> Corpus:
    texts = [normalize(label.issue) for label in issues]
    groups = np.array(group_near_duplicates([text.text for text in texts]), dtype=np.intp)
    return Corpus(issues, texts, groups, digest_of(issues))


def rewritten(corpus: Corpus, write: Write) -> Corpus:
    return corpus_of([replace(label, issue=write(label)) for label in corpus.issues])


def failed(checks: Sequence[Check]) -> list[str]:
    return [check.name for check in checks if not check.passed]


def bench_of(corpus: Corpus, runs: Path) -> Bench:
    return Bench(corpus, runs, Tracker(), 1)


@pytest.fixture(scope="module")
def honest() -> Corpus:
    counts: dict[Origin, int] = {"study": STUDY, "silver": SILVER, "pytorch_title": TITLES}
    origins = [origin for origin, count in counts.items() for _ in range(count)]
    return corpus_of([invented(number, origin) for number, origin in enumerate(origins)])


@pytest.fixture(scope="module")
def report(honest: Corpus, tmp_path_factory: pytest.TempPathFactory) -> LeakageReport:
    return check_leakage(bench_of(honest, tmp_path_factory.mktemp("runs")), EXPERIMENT)


def test_an_honest_corpus_passes_every_check_of_every_protocol(report: LeakageReport) -> None:
    assert failed(report.checks) == []
    assert report.passes
    assert report.unanswered == {}
    assert [check.name for check in report.checks if ":" in check.name[:9]] == [
        f"{protocol}: {what}"
        for protocol in ("cv", "temporal", "transfer")
        for what in ("tested near-duplicates of training", "issues both trained and tested")
    ]


def test_one_failed_check_fails_the_report(report: LeakageReport) -> None:
    with_one = replace(report, checks=[*report.checks, Check("planted", 1.0, 0.0, 0.0)])
    assert not with_one.passes


def test_markdown_for_silent_bugs_alone_is_found_by_the_rendering_probe(honest: Corpus) -> None:
    study = replace(honest, issues=[honest.issues[row] for row in honest.gold])

    def write(label: LabeledIssue, *, is_leaking: bool) -> Issue:
        first, *code, last = label.issue.body.split()
        layout = MARKDOWN if is_leaking and label.is_silent else RENDERED
        body = layout.format(first=first, code="\n".join(code), last=last)
        return replace(label.issue, body=body)

    leaking = rewritten(study, lambda label: write(label, is_leaking=True))
    alike = rewritten(study, lambda label: write(label, is_leaking=False))

    assert "rendering, as stored alone: ROC AUC" in failed(check_probes(leaking, EXPERIMENT))
    assert failed(check_probes(alike, EXPERIMENT)) == []


@pytest.mark.parametrize(
    ("write", "found_by"),
    [
        (
            lambda label: replace(label.issue, body=label.issue.body * (1 + 9 * label.is_silent)),
            "length",
        ),
        (
            lambda label: replace(
                label.issue, opened_at=datetime(2020 + label.is_silent, 5, 1, tzinfo=UTC)
            ),
            "opening date",
        ),
        (
            lambda label: replace(
                label.issue, title=f"{label.issue.title}{' with Colab' * label.is_silent}"
            ),
            "template traces",
        ),
        (
            lambda label: replace(
                label.issue, body=f"{'Expected behavior: ' * label.is_silent}{label.issue.body}"
            ),
            "answered sections",
        ),
        (
            lambda label: replace(
                label.issue, body=f"{label.issue.body}{' [x] kalomi' * label.is_silent}"
            ),
            "rendering, as normalized",
        ),
    ],
)
def test_what_tells_the_label_without_the_report_is_found_by_its_probe(
    honest: Corpus, write: Write, found_by: str
) -> None:
    study = replace(honest, issues=[honest.issues[row] for row in honest.gold])
    checks = check_probes(rewritten(study, write), EXPERIMENT)
    assert f"{found_by} alone: ROC AUC" in failed(checks)


def test_issues_without_a_date_are_no_trouble(honest: Corpus) -> None:
    undated = rewritten(honest, lambda label: replace(label.issue, opened_at=None))
    (dated,) = (
        check for check in check_probes(undated, EXPERIMENT) if check.name.startswith("opening")
    )
    assert dated.value == 0.5


def test_a_duplicated_issue_across_folds_is_found(honest: Corpus) -> None:
    first, *others = honest.issues
    again = replace(others[0], issue=replace(first.issue, key=others[0].issue.key))
    grouped = corpus_of([first, again, *others[1:]])
    ungrouped = replace(grouped, groups=np.arange(len(grouped.issues)))

    assert failed(check_overlap(grouped, EXPERIMENT)[0]) == []
    checks, _ = check_overlap(ungrouped, EXPERIMENT)
    assert "cv: tested near-duplicates of training" in failed(checks)


def test_an_issue_known_from_two_origins_and_trained_and_tested_is_found(honest: Corpus) -> None:
    issues = list(honest.issues)
    tested, silver = issues[0], issues[STUDY]
    issues[STUDY] = replace(silver, issue=replace(silver.issue, key=tested.issue.key))
    checks, _ = check_overlap(corpus_of(issues), EXPERIMENT)
    assert "cv: issues both trained and tested" in failed(checks)
    assert "cv: tested near-duplicates of training" not in failed(checks)


def test_protocols_without_splits_are_told_not_passed_over(honest: Corpus) -> None:
    evaluation = EXPERIMENT.evaluation.model_copy(update={"first_origin": date(2030, 1, 1)})
    later = EXPERIMENT.model_copy(update={"evaluation": evaluation})
    checks, unanswered = check_overlap(honest, later)
    assert "No issue was opened in or after" in unanswered["temporal"]
    assert not any(check.name.startswith("temporal") for check in checks)


def test_a_text_that_says_its_permuted_label_is_found(honest: Corpus, tmp_path: Path) -> None:
    """Which labels an issue gets does not depend on texts, so they can be told in advance."""
    shuffles = [permuted(honest, EXPERIMENT.seed + number).is_silent for number in range(2)]
    marks = zip(*(np.where(labels, "kaboom", "fine") for labels in shuffles), strict=True)
    titles = [f"{first} {'zap' * (second == 'kaboom')}" for first, second in marks]
    issues = [
        replace(label, issue=replace(label.issue, title=f"{label.issue.title} {title}"))
        for label, title in zip(honest.issues, titles, strict=True)
    ]
    checks = check_permuted(bench_of(corpus_of(issues), tmp_path), EXPERIMENT)
    assert failed(checks) == ["permuted labels: ROC AUC", "permuted labels: AP"]


def test_permuted_labels_stay_with_their_origin_and_texts_where_they_are(honest: Corpus) -> None:
    shuffled = permuted(honest, 1)
    assert shuffled.digest != honest.digest
    assert [label.issue for label in shuffled.issues] == [label.issue for label in honest.issues]
    assert not np.array_equal(shuffled.is_silent, honest.is_silent)
    for origin in ("study", "silver", "pytorch_title"):
        rows = honest.of(origin)
        assert np.array_equal(rows, shuffled.of(origin))
        assert shuffled.is_silent[rows].sum() == honest.is_silent[rows].sum()
    assert np.array_equal(shuffled.votes == 3, shuffled.is_silent & (shuffled.votes > 0))
    assert digest_of(permuted(honest, 1).issues) == shuffled.digest
    assert permuted(honest, 2).digest != shuffled.digest


def test_the_standard_error_is_that_of_rankings_without_knowledge() -> None:
    truth = np.arange(200) < 30
    scores = np.random.default_rng(0).random((2000, len(truth)))
    observed = np.std([roc_auc(truth, row) for row in scores])
    assert standard_error(truth) == pytest.approx(observed, rel=0.05)


@given(
    texts=st.lists(st.text("ab ", max_size=40), max_size=12),
    threshold=st.sampled_from([0.3, 0.5, 0.8, 0.9, 1.0]),
)
def test_near_pairs_are_those_that_comparing_all_finds(texts: list[str], threshold: float) -> None:
    def triples(text: str) -> set[tuple[str, ...]]:
        found = text.split()
        return (
            {tuple(found[at : at + 3]) for at in range(max(1, len(found) - 2))} if found else set()
        )

    sets = [triples(text) for text in texts]
    expected = {
        (first, second)
        for second in range(len(sets))
        for first in range(second)
        if (union := sets[first] | sets[second])
        and len(sets[first] & sets[second]) / len(union) >= threshold
    }
    assert set(map(tuple, near_pairs(texts, threshold=threshold).tolist())) == expected


def test_the_table_shows_values_beside_what_is_allowed() -> None:
    checks = [
        Check("area", 0.5124, 0.4, 0.6),
        Check("length", 0.7, 0.0, 0.602),
        Check("repeats", 2, 0, 0),
    ]
    console = Console(width=100, file=io.StringIO(), record=True)
    console.print(render(LeakageReport("small", checks, {"temporal": "No issue in [red]quarter"})))
    lines = [" ".join(line.split("│")).split() for line in console.export_text().splitlines()]
    assert ["area", "0.512", "0.4", "to", "0.6", "passed"] in lines
    assert ["length", "0.7", "at", "most", "0.602", "FAILED"] in lines
    assert ["repeats", "2", "0", "FAILED"] in lines
    assert any(line[:2] == ["temporal:", "overlap"] and "[red]quarter" in line for line in lines)
