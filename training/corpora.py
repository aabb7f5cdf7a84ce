"""The issues that experiments ask for."""

from collections.abc import Sequence
from pathlib import Path

from training.config import Experiment
from training.corpus import Corpus, load_corpus
from training.own import read_own


def corpus_for(experiments: Sequence[Experiment], hydrated: Path) -> Corpus:
    """Your own issues, if the first experiment names any, and the labelled ones that all need."""
    return load_corpus(
        hydrated,
        own=read_own(experiments[0].data),
        with_distilled=any(experiment.targets.use_distilled for experiment in experiments),
    )
