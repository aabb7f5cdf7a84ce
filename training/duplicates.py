"""Which texts nearly repeat each other, so that no split tests on what it trained on."""

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

import numpy as np
from datasketch import MinHash, MinHashLSH
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from tqdm import tqdm

SHINGLE_WORDS = 3
PERMUTATIONS = 128
SEED = 1
WORD = re.compile(r"\w+")


def group_near_duplicates(
    texts: Sequence[str], names: Sequence[Hashable | None] = (), *, threshold: float = 0.8
) -> list[int]:
    """Give each text the index of the first text of its group.

    Texts are grouped where MinHash estimates the Jaccard similarity of their word triples at
    ``threshold`` or more, and so are texts linked through others, and those of one name, whatever
    they say: an issue may be known under several origins. A text without a word has
    nothing to leak and stays alone.
    """
    words = [tuple(WORD.findall(text.lower())) for text in texts]
    first_with: dict[tuple[str, ...], int] = {}
    pairs = [(index, first_with.setdefault(key, index)) for index, key in enumerate(words) if key]
    pairs.extend(_similar_pairs(first_with, threshold))
    first_of: dict[Hashable, int] = {}
    pairs.extend((i, first_of.setdefault(name, i)) for i, name in enumerate(names) if name)
    return _first_of_each_group(pairs, len(texts))


def _similar_pairs(
    index_of: Mapping[tuple[str, ...], int], threshold: float
) -> Iterator[tuple[int, int]]:
    # recall weighs more than precision in choosing candidates: each is verified below
    buckets = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, weights=(0.2, 0.8))
    seen: dict[int, MinHash] = {}
    distinct = tqdm(index_of.items(), desc="near-duplicates", unit=" texts", disable=None)
    for words, index in distinct:
        sketch = MinHash(num_perm=PERMUTATIONS, seed=SEED)
        sketch.update_batch(_shingles(words))
        for candidate in buckets.query(sketch):
            if sketch.jaccard(seen[candidate]) >= threshold:
                yield index, candidate
        buckets.insert(index, sketch)
        seen[index] = sketch


def _shingles(words: Sequence[str]) -> list[bytes]:
    count = max(1, len(words) - SHINGLE_WORDS + 1)
    return sorted(
        {" ".join(words[start : start + SHINGLE_WORDS]).encode() for start in range(count)}
    )


def _first_of_each_group(pairs: Iterable[tuple[int, int]], count: int) -> list[int]:
    edges = np.array(list(pairs), dtype=np.intp).reshape(-1, 2)
    links = coo_array((np.ones(len(edges), dtype=bool), (edges[:, 0], edges[:, 1])), (count, count))
    _, component = connected_components(links, directed=False)
    first: dict[int, int] = {}
    return [first.setdefault(group, index) for index, group in enumerate(component.tolist())]
