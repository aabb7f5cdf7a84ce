"""A small transformer with loud heads, in memory and on disk."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from classifier.artifact import Manifest, write_manifest
from classifier.calibration import IDENTITY
from classifier.normalize import normalize
from classifier.scorers.features import FACTS
from classifier.types import Issue, IssueKey, NormalizedIssue, Scenario

if TYPE_CHECKING:
    from training.families.transformer.model import TransformerModel

BODIES = (
    "The loss ignores the weights. I expected 2.0 but got 1.0, no error is shown.",
    "It crashes.\n\n```\nTraceback (most recent call last):\nValueError: shapes differ\n```\n",
    "",
    "How do I install this? Voilà, naïve café; 損失が間違っている 🙂",
    "```python\nprint(model(x) == model(x))\nassert allclose(a, b)\n```\nResults differ. " * 20,
)
TITLES = ("Metric is wrong", "Crash in fit", "Question", "Wrong gradient?", "")


def manifest(**fields: object) -> Manifest:
    return replace(
        Manifest(
            model_id="tiny",
            scorer="onnx",
            calibration=IDENTITY,
            created_at="2026-01-02T03:04:05+00:00",
            data_digest="0" * 64,
            config={},
            metrics={},
        ),
        **fields,  # type: ignore[arg-type] # the manifest's own
    )


@pytest.fixture(scope="session")
def issues() -> list[NormalizedIssue]:
    texts = [(title, body) for title in TITLES for body in BODIES]
    return [
        normalize(Issue(IssueKey("octo/demo", number), *words))
        for number, words in enumerate(texts, start=1)
    ]


@pytest.fixture(scope="session")
def onnx_model(
    tiny_base: Path, tiny_encoders: Path, issues: list[NormalizedIssue]
) -> "TransformerModel":
    """Its terms are fitted; what it makes of embeddings and facts is random, and not small."""
    from training.families.transformer import TransformerSettings, fit  # noqa: PLC0415 - slow
    from training.families.transformer.graph import SoftmaxHead  # noqa: PLC0415 - an extra's

    settings = TransformerSettings(base=str(tiny_base), encoders=tiny_encoders, minimum_count=1)
    is_silent = np.array([["rror" not in issue.text for issue in issues]], dtype=np.float64)
    (model,) = fit(settings, issues, is_silent, np.ones(len(issues)), seed=3)
    random = np.random.default_rng(5)
    width = len(model.head.embedding)
    return replace(
        model,
        head=replace(
            model.head,
            embedding=random.normal(size=width),
            facts=random.normal(size=len(FACTS)),
        ),
        softmaxes={
            name: SoftmaxHead(random.normal(size=(width, classes)), random.normal(size=classes))
            for name, classes in (("scenario", len(Scenario)), ("impact", 4))
        },
    )


@pytest.fixture(scope="session")
def onnx_directory(
    onnx_model: "TransformerModel", tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A model directory that nobody may alter."""
    directory = tmp_path_factory.mktemp("models") / "tiny"
    directory.mkdir()
    onnx_model.write(directory)
    write_manifest(directory, manifest())
    return directory
