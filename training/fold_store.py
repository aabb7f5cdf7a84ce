"""What finished folds said, kept by everything that it depends on.

A fold is found again only for equal settings, data, rows and code, so a run that was interrupted
goes on where it stopped, and nothing is measured twice.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from classifier.errors import InputError
from classifier.files import replace_file
from training.config import Experiment
from training.corpus import Booleans, Corpus, Floats
from training.families import read_digest
from training.provenance import code_digest, library_versions
from training.splits import Split
from training.targets import used_beside

UNMEASURED = {"name", "description", "data", "ablations", "evaluation"}
"""What no fold depends on, or only through the corpus, the split and the number of inner folds."""


@dataclass(frozen=True, slots=True, eq=False)
class FoldOutcome:
    """What one fold's model says of the issues that it was not trained on."""

    probabilities: Floats  # (tested,)
    vote_factor: float
    seconds: float  # that training and scoring took


class FoldStore:
    """A folder with a small JSON file for each finished fold."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def key(self, experiment: Experiment, corpus: Corpus, truth: Booleans, split: Split) -> str:
        """SHA-256 of all that the outcome depends on."""
        settings = experiment.model_dump_json(exclude=UNMEASURED)
        digest = hashlib.sha256(f"{settings} {experiment.evaluation.inner_folds}".encode())
        digest.update(f"{corpus.digest} {corpus.view} {code_at_start()}".encode())
        digest.update(f"{library_versions()} {read_digest(experiment)}".encode())
        extra = used_beside(corpus, split.extra, experiment.targets)
        if np.isin(extra, corpus.of("distilled")).any():
            digest.update(corpus.distilled_digest.encode())
        judged = np.packbits(truth[np.union1d(split.train, split.test)])
        for rows in (judged, split.train, extra, split.test):
            digest.update(f"{len(rows)} ".encode() + rows.tobytes())
        return digest.hexdigest()

    def get(self, key: str) -> FoldOutcome | None:
        """The outcome, or None if it is not there or cannot be read."""
        try:
            content = json.loads((self._directory / f"{key}.json").read_bytes())
            probabilities = np.array(content.pop("probabilities"), dtype=np.float64)
            return FoldOutcome(probabilities=probabilities, **content)
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return None

    def put(self, key: str, outcome: FoldOutcome) -> None:
        """Keep an outcome; the file is there whole or not at all.

        Raises InputError if the code is no longer what it was when measuring began.
        """
        content = {
            "probabilities": outcome.probabilities.tolist(),
            "vote_factor": outcome.vote_factor,
            "seconds": outcome.seconds,
        }
        if code_digest() != code_at_start():
            raise InputError(
                "The code changed while it was measured",
                hint="Measure again, in a checkout that nobody edits meanwhile.",
            )
        replace_file(self._directory / f"{key}.json", json.dumps(content).encode())


@cache
def code_at_start() -> str:
    """The code's digest when the process first asked: what runs is what was loaded then."""
    return code_digest()
