"""Counts terms, cutting each text once a process: the folds of a run share most of their issues."""

from collections import Counter
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier.scorers.linear import ANALYZERS

Integers = NDArray[np.intp]


def count_terms(
    texts: Sequence[str], analyzer: str, *, minimum_count: int
) -> tuple[sparse.csr_array, tuple[str, ...]]:
    """How often each text has each term, (texts, terms), and the terms in alphabetical order.

    Terms in fewer than ``minimum_count`` texts are left out, so that none may be left. What the
    process counted before changes nothing.
    """
    counter = _counter(analyzer)
    counted = [counter.count(text) for text in texts]
    columns = np.concatenate([columns for columns, _ in counted])
    counts = np.concatenate([counts for _, counts in counted])
    ends = np.cumsum([0, *(len(columns) for columns, _ in counted)])
    matrix = sparse.csr_array((counts, columns, ends), shape=(len(texts), len(counter.terms)))
    frequent = np.flatnonzero(np.bincount(columns, minlength=len(counter.terms)) >= minimum_count)
    kept = sorted(frequent, key=counter.terms.__getitem__)
    matrix = matrix[:, np.array(kept, dtype=np.intp)]
    matrix.sort_indices()
    return matrix, tuple(counter.terms[column] for column in kept)


class _TermCounter:
    """Numbers terms as it meets them, and remembers every text's counts."""

    def __init__(self, analyzer: str) -> None:
        self._analyze = TfidfVectorizer(**ANALYZERS[analyzer]).build_analyzer()
        self._column_of: dict[str, int] = {}
        self._counted: dict[str, tuple[Integers, NDArray[np.float64]]] = {}
        self.terms: list[str] = []  # by column

    def count(self, text: str) -> tuple[Integers, NDArray[np.float64]]:
        """The text's terms as columns, and how often each occurs."""
        if text not in self._counted:
            counts = Counter(self._analyze(text))
            columns = np.fromiter(map(self._column, counts), np.intp, len(counts))
            self._counted[text] = columns, np.fromiter(counts.values(), np.float64, len(counts))
        return self._counted[text]

    def _column(self, term: str) -> int:
        if term not in self._column_of:
            self._column_of[term] = len(self.terms)
            self.terms.append(term)
        return self._column_of[term]


_counter = cache(_TermCounter)
