"""A released model as it is, on issues that it was not trained on."""

from dataclasses import fields, replace

import numpy as np

from classifier.artifact import Manifest
from classifier.errors import InputError
from classifier.pipeline import Model, rank_issues
from training.corpus import Corpus
from training.paired import Predictions
from training.splits import Indices

Numbers = np.ndarray[tuple[int], np.dtype[np.float64]]


def has_learned_from(manifest: Manifest, corpus: Corpus) -> bool:
    """Whether the corpus's gold issues may have been in a model's training.

    A model knows issues of one's own only if its configuration names some.
    """
    is_own = corpus.of("own").size > 0
    return not is_own or manifest.config.get("data", {}).get("labels") is not None


def score_as_released(model: Model, corpus: Corpus, rows: Indices) -> Numbers:
    """Probabilities by the model as it is: (rows,).

    Raises InputError if it may have learned from them.
    """
    if has_learned_from(model.manifest, corpus):
        raise InputError(
            f"{model.model_id} was trained on these issues",
            hint="Only issues that it never saw say what it is worth: give --issues of your own.",
        )
    ranking = rank_issues([corpus.issues[row].issue for row in rows], model)
    of_key = {entry.key: entry.probability for entry in ranking.entries}
    return np.array([of_key[corpus.issues[row].issue.key] for row in rows])


def as_released(model: Model, corpus: Corpus, like: Predictions) -> Predictions:
    """What the model says of the issues that another one was tested on, on that one's folds."""
    row_of = {corpus.issues[row].issue.key: row for row in corpus.gold}
    scores = score_as_released(model, corpus, np.array([row_of[key] for key in like.keys]))
    plain = Predictions(**{field.name: getattr(like, field.name) for field in fields(Predictions)})
    return replace(
        plain,
        name=f"{model.model_id} as it is",
        probabilities=np.where(like.folds >= 0, scores, np.nan),
    )
