"""A model directory of scorer ``onnx`` in miniature."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.issues import issues
from classifier.artifact import Manifest, write_manifest
from classifier.calibration import IDENTITY
from classifier.normalize import normalize
from classifier.types import Issue, IssueKey


@pytest.fixture(scope="session")
def tiny_model(
    tiny_base: Path, tiny_encoders: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    from training.families.transformer import TransformerSettings, fit  # noqa: PLC0415 - slow

    texts = [
        normalize(Issue(IssueKey("octo/bench", row["number"]), row["title"], row["body"]))
        for row in issues(6)
    ]
    settings = TransformerSettings(base=str(tiny_base), encoders=tiny_encoders, minimum_count=1)
    targets = np.array([[0.0, 1.0, 0.0, 1.0, 0.0, 1.0]])
    (model,) = fit(settings, texts, targets, np.ones(len(texts)), seed=3)
    directory = tmp_path_factory.mktemp("benchmarks") / "tiny"
    directory.mkdir()
    model.write(directory)
    manifest = Manifest("tiny", "onnx", IDENTITY, "2026-01-02T03:04:05+00:00", "0" * 64, {}, {})
    write_manifest(directory, manifest)
    return directory
