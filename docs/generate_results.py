"""Writes the README's figures from the active model: ``python -m docs.generate_results``."""

import re
from collections.abc import Mapping
from pathlib import Path
from textwrap import fill

from classifier.artifact import Manifest, active_model, find_model, read_manifest
from docs.fresh import keep_fresh
from training.figures import short
from training.labels import StudyLabel, read_table
from training.results import HEADINGS, table

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(
    r"(?<=<!-- results: `make docs` writes them -->\n).*?(?=<!-- /results -->)", re.DOTALL
)
MEASURES: Mapping[str, str] = {
    "average_precision": "average precision",
    "roc_auc": "ROC AUC",
    "precision_at_20": "silent among the first 20",
    "recall_at_20_percent": "found in the first 20 %",
}
ROWS: Mapping[str, str] = {
    "cv/silent": "**silentrank**, cross-validation",
    "temporal/silent": "silentrank, trained on the past, tested quarter by quarter",
    "ablation/title only": "the same method, titles alone",
    "reference/large language model, zero-shot": "a large language model, asked without training",
}


COUNTING = "tfidf"
"""The other model that ships, to compare with."""


def with_results(page: str, manifest: Manifest) -> str:
    """Return the page with the block between its marks written anew."""
    written, count = BLOCK.subn(lambda _: results(manifest), page)
    if count != 1:
        raise ValueError(f"{README.name} has {count} blocks of results, not 1")
    return written


def results(manifest: Manifest) -> str:
    """Return the table and the sentences that say what it means for a reader."""
    rows = {title: manifest.metrics[row] for row, title in ROWS.items() if row in manifest.metrics}
    counting = read_manifest(find_model(COUNTING)).metrics["cv/silent"]
    title = f"the model that counts words (`--model {COUNTING}`), cross-validation"
    whole, *others = rows
    order = [whole, title, *others]
    headings, cells = table({name: {**rows, title: counting}[name] for name in order})
    columns = [0, *(headings.index(HEADINGS[measure]) for measure in MEASURES)]
    chance = short(_base_rate())
    lines = [
        ["", *MEASURES.values()],
        ["---"] * len(columns),
        *([line[column] for column in columns] for line in cells),
        ["in random order", chance, ".500", chance, ".200"],
    ]
    in_words = fill(_in_words(manifest), 100, break_long_words=False, break_on_hyphens=False)
    return "\n".join(["", *(f"| {' | '.join(line)} |" for line in lines), "", in_words, "", ""])


def _in_words(manifest: Manifest) -> str:
    measured = manifest.metrics["cv/silent"]
    among_20 = 20 * measured["precision_at_20"].value
    found = measured["recall_at_20_percent"].value
    return (
        f"Measured on the {len(_study()):,} issues of the study, {sum(_study())} of them silent "
        "bugs, each scored by a model that never saw it; in brackets 95 % bootstrap intervals. In "
        f"plain words: about {among_20:.0f} of the first 20 issues are silent bugs, where chance "
        f"would give {20 * _base_rate():.0f}, and reading the first fifth of the queue finds "
        f"{100 * found:.0f} % of them. The [model card](models/{manifest.model_id}/CARD.md) has "
        "all figures."
    )


def _base_rate() -> float:
    return sum(_study()) / len(_study())


def _study() -> list[bool]:
    """Whether each of the study's issues whose text is known is a silent bug."""
    return [label.silent for label in read_table(StudyLabel) if label.opened_at is not None]


if __name__ == "__main__":
    page = README.read_text(encoding="utf-8")
    keep_fresh(README, with_results(page, read_manifest(find_model(active_model()))))
