"""Words as numbers: hashed counts, weighed by how rare each is (TF-IDF)."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import normalize

from classifier.web.statistics.estimates import Floats

WORD = r"(?u)\b[^\W_]\w+\b"
MOST_CHARACTERS = 4000  # of a text; what comes later says little


def count_words(texts: Sequence[str], places: int) -> csr_array:
    """How often each text has the words that are hashed to each place: (texts, places)."""
    if not texts:
        return csr_array((0, places), dtype=np.float64)
    vectorizer = HashingVectorizer(
        n_features=places, token_pattern=WORD, norm=None, alternate_sign=False
    )
    return csr_array(vectorizer.transform([text[:MOST_CHARACTERS] for text in texts]))


def frequency_of(counts: csr_array) -> Floats:
    """How many texts have each word: (places,)."""
    found: Floats = np.bincount(counts.indices, minlength=counts.shape[1]).astype(np.float64)
    return found


def rarity(frequency: Floats, texts: int) -> Floats:
    """Inverse document frequency, smoothed, as scikit-learn has it: 1 or more."""
    found: Floats = np.log((1 + texts) / (1 + frequency)) + 1.0
    return found


def weigh(counts: csr_array, idf: Floats) -> csr_array:
    """Unit vectors of 1 + log count, times how rare the word is: the shape of ``counts``."""
    weighed = counts.copy()
    weighed.data = (1.0 + np.log(weighed.data)) * idf[weighed.indices]
    return csr_array(normalize(weighed))
