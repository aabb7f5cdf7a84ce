"""Which of many texts use the words of one: cosines of TF-IDF."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, vstack

from classifier.web.statistics.estimates import Floats
from classifier.web.statistics.terms import count_words, frequency_of, rarity, weigh

PLACES = 2**16


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Texts, each under a number; counted once and kept for the next index."""

    counted: Mapping[int, csr_array]
    idf: Floats
    terms: csr_array  # (texts, PLACES)

    def most_like(self, text: str, most: int) -> list[tuple[int, float]]:
        """Numbers and cosines, 0.0 to 1.0, of the texts most like this one; the highest first."""
        if not self.counted:
            return []
        own = weigh(count_words([text], PLACES), self.idf)
        cosines = np.minimum((self.terms @ own.T).toarray()[:, 0], 1.0)
        numbers = list(self.counted)
        best = np.argsort(-cosines, kind="stable")[:most]
        return [(numbers[place], float(cosines[place])) for place in best]


def index_of(
    numbers: Sequence[int], texts: Mapping[int, str], before: Mapping[int, csr_array]
) -> Index:
    """Make an index of numbers, of which ``texts`` has those that were not counted ``before``."""
    fresh = list(texts)
    rows = count_words([texts[number] for number in fresh], PLACES)
    new = {number: rows[[place]] for place, number in enumerate(fresh)}
    known = {**before, **new}
    counted = {number: known[number] for number in numbers if number in known}
    if not counted:
        return Index({}, np.zeros(PLACES), csr_array((0, PLACES)))
    counts = csr_array(vstack(list(counted.values())))
    idf = rarity(frequency_of(counts), len(counted))
    return Index(counted, idf, weigh(counts, idf))
