"""Word pieces as TF-IDF: what the linear half of the model is fitted on.

The served model holds the same numbers as two tables, weights and inverse document frequencies,
and computes the same sums (``classifier.scorers.onnx``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer

from classifier.scorers.reading import TERM_COLUMNS, Reading

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Inverse document frequencies, 0 for a term that too few issues have."""

    idf: Floats  # (columns, vocabulary)

    def features(self, readings: Sequence[Reading]) -> sparse.csr_array:
        """Each column's TF-IDF, of length 1: (issues, columns x vocabulary)."""
        columns = [
            _unit(_counts(readings, at, self.idf.shape[1]), idf) for at, idf in enumerate(self.idf)
        ]
        return sparse.csr_array(sparse.hstack(columns))


def fit_terms(readings: Sequence[Reading], *, vocabulary: int, minimum_count: int) -> Terms:
    """Learn how rare each term is; those in fewer than ``minimum_count`` issues are left out."""
    rows = []
    for at in range(len(TERM_COLUMNS)):
        counts = _counts(readings, at, vocabulary)
        idf = TfidfTransformer().fit(counts).idf_
        rows.append(np.where(np.diff(sparse.csc_array(counts).indptr) >= minimum_count, idf, 0.0))
    return Terms(np.array(rows))


def _counts(readings: Sequence[Reading], at: int, vocabulary: int) -> sparse.csr_array:
    """How often each term occurs, its logarithm plus 1: (issues, vocabulary)."""
    own = [reading.terms[at] for reading in readings]
    ends = np.cumsum([0, *map(len, own)])
    values = 1.0 + np.log(np.concatenate([reading.counts[at] for reading in readings]))
    return sparse.csr_array((values, np.concatenate(own), ends), shape=(len(readings), vocabulary))


def _unit(counts: sparse.csr_array, idf: Floats) -> sparse.csr_array:
    weighted = sparse.csr_array(counts * idf[np.newaxis, :])
    norms = np.sqrt(np.asarray(weighted.power(2).sum(axis=1)).ravel())
    return sparse.csr_array(weighted * (1.0 / np.maximum(norms, 1e-9))[:, np.newaxis])
