from collections import Counter
from pathlib import Path

import pytest

from training.labels import (
    TABLES,
    DistilledLabel,
    SilverLabel,
    StudyLabel,
    TitleLabel,
    keys_of,
    read_table,
)

COMMITTED = [kind for kind in TABLES if kind is not DistilledLabel]  # which is made, not shipped
CARD = " ".join((Path(__file__).parents[2] / "data" / "README.md").read_text().split())


@pytest.mark.parametrize("row_type", COMMITTED)
def test_the_card_knows_how_long_each_table_is(row_type: type[StudyLabel]) -> None:
    assert f"| `{TABLES[row_type]}.csv` | {len(read_table(row_type)):,} |" in CARD


@pytest.mark.parametrize("row_type", COMMITTED)
def test_the_card_names_every_column(row_type: type[StudyLabel]) -> None:
    spelled_out = {"vote_2", *(f"rated_{rating}" for rating in range(1, 6))}
    columns = set(row_type.__dataclass_fields__) - spelled_out
    assert {column for column in columns if f"`{column}`" not in CARD} == set()


def test_the_cards_figures_of_the_study_are_the_tables() -> None:
    labels = read_table(StudyLabel)
    silent = [label for label in labels if label.silent]
    votes = Counter(label.votes for label in labels)
    scenarios = Counter(label.scenario for label in silent)
    impacts = Counter(label.impact for label in silent)
    opened = sorted(label.opened_at for label in labels if label.opened_at)
    doubted = sum(label.votes > 0 for label in labels if not label.silent)
    unknown = " and ".join(str(label.number) for label in labels if not label.opened_at)
    for fact in (
        f"{len(silent)} of {len(labels):,} are silent bugs",
        f"from {opened[0]:%Y-%m-%d} to {opened[-1]:%Y-%m-%d}",
        f"unknown for {unknown}",
        f"0 for {votes[0]:,} issues, 1 for {votes[1]}, 2 for {votes[2]}, 3 for {votes[3]}",
        ", ".join(f"{name} {count}" for name, count in scenarios.most_common()),
        f"({', '.join(str(impacts[level]) for level in (1, 2, 3, 4))}; {impacts[None]} were not",
        f"{doubted} negatives carry at least one vote",
        f"for the study ({scenarios['performance']} of {len(silent)})",
        f"{len(silent) / len(labels):.1%} of the study".replace("%", " %"),
    ):
        assert fact in CARD


def test_the_cards_figures_of_the_silver_labels_are_the_tables() -> None:
    labels = read_table(SilverLabel)
    high = sum(label.score >= 50 for label in labels)
    kinds = Counter(label.kind for label in labels)
    for fact in (
        f"{high} have 50 or more",
        ", ".join(f"{name} {count:,}" for name, count in kinds.most_common()),
        f"of {len({label.repo for label in labels})} projects",
        f"{high / len(labels):.0%} of silver at 50".replace("%", " %"),
    ):
        assert fact in CARD


def test_the_cards_figures_of_the_titles_are_the_tables() -> None:
    labels = read_table(TitleLabel)
    silent = Counter(label.silent for label in labels)
    kinds = Counter(label.negative_kind for label in labels if label.negative_kind)
    unknown = sum(label.silent is None and label.silent_strict is None for label in labels)
    shared = set(keys_of(labels)) & set(keys_of(read_table(SilverLabel)))
    for fact in (
        f"({silent[True]}), does not ({silent[False]:,}), or unknown ({silent[None]}",
        ", ".join(f"`{name}` ({count})" for name, count in kinds.most_common()),
        f"leaves {unknown} unknown",
        f"{silent[True] / (len(labels) - silent[None]):.0%} of PyTorch's known".replace("%", " %"),
        f"{len(shared)} issues are in both",
    ):
        assert fact in CARD


def test_the_card_counts_the_labelled_issues() -> None:
    studied, silver = keys_of(read_table(StudyLabel)), keys_of(read_table(SilverLabel))
    issues = {*studied, *silver, *keys_of(read_table(TitleLabel))}
    assert f"Facts about {len(issues):,} labelled GitHub issues" in CARD
