"""How well a model does on parts of what it was tested on: a table for its card."""

from collections.abc import Callable, Mapping

import numpy as np

from classifier.metrics import RANKING_MEASURES, Estimate, measure
from classifier.types import SegmentKind
from training.config import EvaluationSettings
from training.corpus import Booleans, Corpus
from training.paired import Predictions
from training.splits import Indices

FEWEST_SILENT = 5
"""Of a slice with fewer silent bugs, or fewer others, nothing can be said."""
FEWEST = 20
"""Issues of a slice, as precision among the first 20 needs."""
THIRDS = (1 / 3, 2 / 3)


def slice_rows(
    corpus: Corpus,
    tested: Predictions,
    *,
    among: Indices,
    by: Callable[[Corpus, Indices], Mapping[str, Booleans]],
    settings: EvaluationSettings,
    names_small: bool = False,
) -> dict[str, Mapping[str, Estimate]]:
    """Measures of rankings by slice; ``among`` are the rows that the tested issues are of.

    Slices that hold all tested issues are left out; of those with too few of a class there is the
    name with its counts, if ``names_small``, and no measure.
    """
    row_of = {corpus.issues[row].issue.key: row for row in among}
    rows = np.array([row_of[key] for key in tested.keys])
    measured: dict[str, Mapping[str, Estimate]] = {}
    for name, is_in in by(corpus, rows).items():
        truth = tested.truth[is_in]
        counts = truth.sum(), (~truth).sum()
        title = f"{name} ({counts[0]} of {len(truth)})"
        if is_in.all():
            continue
        if min(counts) < FEWEST_SILENT or len(truth) < FEWEST:
            measured |= {title: {}} if names_small else {}
            continue
        found = measure(
            truth,
            tested.probabilities[:, is_in],
            resamples=settings.resamples,
            seed=settings.fold_seed,
        )
        measured[title] = {measure_name: found[measure_name] for measure_name in RANKING_MEASURES}
    return measured


def by_repository(corpus: Corpus, rows: Indices) -> dict[str, Booleans]:
    """Each repository's rows."""
    repos = corpus.repos[rows]
    return {str(repo): repos == repo for repo in np.unique(repos)}


def by_looks(corpus: Corpus, rows: Indices) -> dict[str, Booleans]:
    """Rows by year, length, and whether there is code or an error in them."""
    years = corpus.opened_at[rows].astype("datetime64[Y]").astype(str)
    lengths = np.array([len(corpus.texts[row].text) for row in rows])
    short, long = np.quantile(lengths, THIRDS)
    kinds = SegmentKind.CODE, SegmentKind.ERROR
    has_code, has_error = (_has(corpus, rows, kind) for kind in kinds)
    return {
        **{f"opened in {year}": years == year for year in np.unique(years) if year != "NaT"},
        f"up to {short:.0f} characters": lengths <= short,
        f"{short:.0f} to {long:.0f} characters": (lengths > short) & (lengths <= long),
        f"above {long:.0f} characters": lengths > long,
        "with code": has_code,
        "without code": ~has_code,
        "with an error": has_error,
        "without an error": ~has_error,
    }


def _has(corpus: Corpus, rows: Indices, kind: SegmentKind) -> Booleans:
    return np.array(
        [any(segment.kind is kind for segment in corpus.texts[row].segments) for row in rows]
    )
