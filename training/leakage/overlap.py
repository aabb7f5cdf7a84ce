"""What training and test rows of a split share, found without the groups that splits are made of.

Groups rest on MinHash, which estimates a similarity with a standard error of up to .04, and on
its index, which may miss a candidate. Here every pair is found, and its similarity is exact.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.types import IssueKey
from training.corpus import Corpus
from training.protocols import Part
from training.splits import Indices, Split

NEARLY_EQUAL = 0.9
"""Jaccard similarity of word triples from which on texts nearly repeat each other.

Groups are made from an estimate of .8 on. At an exact similarity of .9 the estimate is below .8
once in 10,000 pairs; a pair of .8 to .9 may be apart by an error of the estimate.
"""
TRIPLE = 3
ROUNDING = 1e-9  # of a product that is whole, such as .9 * 20

Pairs = NDArray[np.intp]  # (pairs, 2), the smaller index first
Triples = frozenset[int]

_WORD = re.compile(r"\w+")


def near_pairs(texts: Sequence[str], *, threshold: float = NEARLY_EQUAL) -> Pairs:
    """All pairs whose word triples have a Jaccard similarity of ``threshold`` or more, exactly.

    A text of one or two words is one triple; one without words repeats nothing.
    """
    numbered = _numbered_triples(texts)
    pairs = [
        (other, index)
        for index, other in _candidates(numbered, threshold)
        if _jaccard(numbered[index], numbered[other]) >= threshold
    ]
    return np.array(pairs, dtype=np.intp).reshape(-1, 2)


def count_repeats(part: Part, pairs: Pairs) -> int:
    """Tested rows that nearly repeat a row that was learned from, over all splits."""
    return sum(_repeated(split, pairs, len(part.corpus.issues)) for split in part.splits)


def count_shared_issues(part: Part) -> int:
    """Issues that were both learned from and tested, whatever their origin, over all splits."""
    ids = _issue_ids(part.corpus)
    return sum(np.intersect1d(ids[_learned(split)], ids[split.test]).size for split in part.splits)


def _numbered_triples(texts: Sequence[str]) -> list[Triples]:
    """Triples by number: the rarer, the smaller."""
    triples = [_triples(_WORD.findall(text.lower())) for text in texts]
    counts = Counter(triple for found in triples for triple in found)
    rarest_first = sorted(counts, key=lambda triple: (counts[triple], triple))
    number_of = {triple: number for number, triple in enumerate(rarest_first)}
    return [frozenset(number_of[triple] for triple in found) for found in triples]


def _triples(words: Sequence[str]) -> set[tuple[str, ...]]:
    starts = range(max(1, len(words) - TRIPLE + 1)) if words else ()
    return {tuple(words[start : start + TRIPLE]) for start in starts}


def _candidates(numbered: Sequence[Triples], threshold: float) -> Iterator[tuple[int, int]]:
    """Pairs that share one of their rarest triples, as every pair above the threshold must.

    Of ``n`` triples, similar texts share at least ``threshold * n``, so that no more than the
    rest can come before the first that they share (prefix filtering, Chaudhuri et al. 2006).
    """
    texts_with: dict[int, list[int]] = {}
    for index, triples in enumerate(numbered):
        shared = math.ceil(threshold * len(triples) - ROUNDING)
        rarest = sorted(triples)[: len(triples) - shared + 1]
        found = {other for triple in rarest for other in texts_with.get(triple, ())}
        for triple in rarest:
            texts_with.setdefault(triple, []).append(index)
        yield from ((index, other) for other in sorted(found))


def _jaccard(first: Triples, second: Triples) -> float:
    shared = len(first & second)
    return shared / (len(first) + len(second) - shared)


def _repeated(split: Split, pairs: Pairs, rows: int) -> int:
    is_learned, is_tested = np.zeros(rows, dtype=bool), np.zeros(rows, dtype=bool)
    is_learned[_learned(split)] = True
    is_tested[split.test] = True
    both_ways = np.concatenate([pairs, pairs[:, ::-1]])
    is_leak = is_learned[both_ways[:, 0]] & is_tested[both_ways[:, 1]]
    return np.unique(both_ways[is_leak, 1]).size


def _learned(split: Split) -> Indices:
    return np.union1d(split.train, split.extra)


def _issue_ids(corpus: Corpus) -> Indices:
    """The row where each issue is met first; one without a key is met once."""
    first: dict[IssueKey, int] = {}
    keys = [label.issue.key for label in corpus.issues]
    ids = [row if key == IssueKey() else first.setdefault(key, row) for row, key in enumerate(keys)]
    return np.array(ids, dtype=np.intp)
