"""Serves a scikit-learn pipeline stored with skops: numbers and known types, nothing runnable."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.artifact import RESTORE, Manifest
from classifier.calibration import BetaCalibration
from classifier.errors import ArtifactError, MissingExtraError
from classifier.scorers.features import FACTS, TEXT_COLUMNS, extract
from classifier.types import Evidence, NormalizedIssue, Score

WEIGHTS = "weights.skops"
FACTS_STEP = "facts"
TRUSTED_TYPES: tuple[str, ...] = ()
"""Types beyond those that skops knows to be harmless; the pipeline holds none."""


class LinearScorer:
    """A pipeline of ``features`` (a ColumnTransformer) and ``classifier`` (a linear model)."""

    def __init__(self, pipeline: Any, calibration: BetaCalibration) -> None:  # noqa: ANN401 scikit-learn ships no types
        self._pipeline = pipeline
        self._calibration = calibration

    def score(self, issues: Sequence[NormalizedIssue]) -> list[Score]:
        """Calibrated scores, in the order of the issues."""
        if not issues:
            return []
        calibrated = self._calibration.calibrate(self._raw(issues))
        return [
            Score(issue.key, float(probability))
            for issue, probability in zip(issues, calibrated, strict=True)
        ]

    def facts(self, issue: NormalizedIssue) -> list[Evidence]:
        """What each of ``FACTS`` adds to the calibrated log-odds, against the average issue."""
        features = self._pipeline.named_steps["features"]
        names = features.output_indices_
        if FACTS_STEP not in names:
            return []
        row = extract([issue])
        scaled = features.named_transformers_[FACTS_STEP].transform(row[:, len(TEXT_COLUMNS) :])[0]
        weights = self._pipeline.named_steps["classifier"].coef_[0][names[FACTS_STEP]]
        slope = self._calibration.slope(float(self._raw([issue])[0]))
        return [
            Evidence(
                fact.present if row[0, len(TEXT_COLUMNS) + i] > 0 else fact.absent,
                float(weights[i] * scaled[i] * slope),
                is_quote=False,
            )
            for i, fact in enumerate(FACTS)
        ]

    def _raw(self, issues: Sequence[NormalizedIssue]) -> NDArray[np.float64]:
        raw: NDArray[np.float64] = self._pipeline.predict_proba(extract(issues))[:, 1]
        return raw


def load(directory: Path, manifest: Manifest) -> LinearScorer:
    """Load a verified model directory. Needs extra ``linear``."""
    try:
        import skops.io  # noqa: PLC0415 the import is slow and only this scorer needs it
    except ImportError as error:
        raise MissingExtraError(f"Model {manifest.model_id}", extra="linear") from error
    try:
        pipeline = skops.io.load(directory / WEIGHTS, trusted=list(TRUSTED_TYPES))
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise ArtifactError(f"{directory / WEIGHTS} is damaged ({error})", hint=RESTORE) from error
    return LinearScorer(pipeline, manifest.calibration)
