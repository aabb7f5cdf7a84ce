"""Does a released model's configuration still give that model?"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from classifier import load, rank_issues
from classifier.artifact import Manifest, find_model, verify, write_manifest
from classifier.errors import InputError
from training.config import Experiment
from training.corpora import corpus_for
from training.corpus import Corpus, Floats
from training.fit import VOTE_FACTOR, fit, write_fitted
from training.protocols import beside
from training.release import experiment_of


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of the released model and of the one that was trained again."""

    name: str
    released: float
    reproduced: float
    difference: float  # absolute; of the scores the largest, and the two beside it are means


TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Reproduction:
    """A model beside the one that its manifest's configuration gives now."""

    model_id: str
    issues: int  # whose scores were compared
    quantities: Sequence[Quantity]
    tolerance: float

    @property
    def is_exact(self) -> bool:
        """Whether no difference exceeds the tolerance."""
        return all(quantity.difference <= self.tolerance for quantity in self.quantities)


def reproduce(model: str, *, tolerance: float, data: Path) -> Reproduction:
    """Train a model again from its manifest and compare what it says of the gold issues.

    Raises InputError if this version does not understand the configuration, or if the issues and
    labels are not those that it was trained on.
    """
    directory = find_model(model)
    experiment = experiment_of(verify(directory))
    corpus = corpus_for([experiment], data)
    return reproduce_on(corpus, directory, tolerance=tolerance)


def reproduce_on(corpus: Corpus, directory: Path, *, tolerance: float = TOLERANCE) -> Reproduction:
    """The same on a corpus that was read already."""
    manifest = verify(directory)
    experiment = experiment_of(manifest)
    _check_data(manifest, corpus)
    with tempfile.TemporaryDirectory() as scratch:
        again = Path(scratch) / manifest.model_id
        reproduced = _train(corpus, experiment, again)
        scores = _score(corpus, directory), _score(corpus, again)
    return Reproduction(
        model_id=manifest.model_id,
        issues=len(corpus.gold),
        quantities=[*_choices(manifest, reproduced), _scores(*scores)],
        tolerance=tolerance,
    )


def show_reproduction(found: Reproduction) -> None:
    """Print each number of both models, and how far apart they are."""
    title = f"{found.model_id}, trained again; scores are of {found.issues} issues"
    grid = Table(title=title, title_justify="left")
    for heading in ("", "released", "reproduced", "difference", f"≤ {found.tolerance:g}"):
        grid.add_column(heading, overflow="fold")
    for quantity in found.quantities:
        numbers = (quantity.released, quantity.reproduced, quantity.difference)
        verdict = "yes" if quantity.difference <= found.tolerance else "NO"
        grid.add_row(quantity.name, *(f"{number:.9g}" for number in numbers), verdict)
    Console().print(grid)


def _check_data(manifest: Manifest, corpus: Corpus) -> None:
    if manifest.data_digest == corpus.digest:
        return
    origins = [label.origin for label in corpus.issues]
    counts = ", ".join(f"{origins.count(name)} {name}" for name in sorted(set(origins)))
    raise InputError(
        f"{manifest.model_id} was trained on data {manifest.data_digest[:12]}, here are "
        f"{corpus.digest[:12]} ({counts}): the issues, their texts or labels differ",
        hint="Take the labels of the commit that its card names, and hydrate all of their texts.",
    )


def _train(corpus: Corpus, experiment: Experiment, directory: Path) -> Manifest:
    fitted = fit(corpus, corpus.is_silent, corpus.gold, beside(corpus), experiment)
    return write_manifest(directory, write_fitted(fitted, corpus, experiment, directory))


def _score(corpus: Corpus, directory: Path) -> Floats:
    """Probabilities of the gold issues: (gold,)."""
    issues = [corpus.issues[row].issue for row in corpus.gold]
    of_key = {
        entry.key: entry.probability for entry in rank_issues(issues, load(directory)).entries
    }
    return np.array([of_key[issue.key] for issue in issues])


def _choices(released: Manifest, reproduced: Manifest) -> list[Quantity]:
    pairs = {
        "vote factor": (released.config[VOTE_FACTOR], reproduced.config[VOTE_FACTOR]),
        **{
            f"calibration {name}": (
                getattr(released.calibration, name),
                getattr(reproduced.calibration, name),
            )
            for name in ("a", "b", "c")
        },
    }
    return [Quantity(name, *pair, abs(pair[0] - pair[1])) for name, pair in pairs.items()]


def _scores(released: Floats, reproduced: Floats) -> Quantity:
    return Quantity(
        "scores: mean, largest difference",
        float(released.mean()),
        float(reproduced.mean()),
        float(np.abs(released - reproduced).max()),
    )
