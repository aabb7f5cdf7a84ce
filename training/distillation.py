"""Labels from a model: what a teacher says of issues that nobody judged, for smaller networks.

The teacher is an experiment's model without the gold issues, so that what it says may be learned
from in every fold (Hinton et al., NIPS workshop 2014).
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from tqdm import tqdm

from classifier.errors import InputError
from classifier.normalize import normalize
from classifier.types import Issue, IssueKey, NormalizedIssue
from training.config import Experiment
from training.corpus import Corpus
from training.families import FittedModel, read_digest
from training.families.embedding_cache import VectorCache
from training.fit import fit_uncalibrated
from training.fold_store import code_at_start
from training.issue_text import IssueText
from training.labels import DistilledLabel, write_table
from training.protocols import beside
from training.text_sources import read_text_source

AT_A_TIME = 500
"""Issues between two savings: what an interrupt loses."""


def distil(
    corpus: Corpus,
    experiment: Experiment,
    sources: Sequence[str],
    *,
    at_most: int | None,
    kept: Path,
    out: Path,
) -> int:
    """Write what the experiment's model says of unlabelled issues as the table of distilled labels.

    Of more than ``at_most`` issues, those are taken whose keys have the lowest checksums. What was
    scored before an interrupt is found again in ``kept``. Returns the number of rows; raises
    InputError if there is no issue to score, or the experiment brings gold issues of its own.
    """
    if experiment.data.issues:
        raise InputError(
            f"{experiment.name} has issues of its own, and the study would teach its teacher",
            hint="Distil with an experiment without [data].",
        )
    labelled = {label.issue.key for label in corpus.issues}
    texts = {text.key: text for source in sources for text in read_text_source(source)}
    found = [text for key, text in texts.items() if key not in labelled and text.body is not None]
    if not found:
        raise InputError(
            f"{len(texts)} issues in {', '.join(sources)}, and none with a body and without a label"
        )
    found = sorted(found, key=lambda text: _checksum(text.key))[:at_most]
    nobody = np.empty(0, dtype=np.intp)
    model = fit_uncalibrated(corpus, nobody, beside(corpus), experiment)
    read = read_digest(experiment)
    recipe = f"{experiment.model_dump_json()} {read} {corpus.digest} {code_at_start()}"
    cache = VectorCache(kept / f"{sha256(recipe.encode()).hexdigest()}.sqlite")
    scores = _scores(model, found, cache)
    rows = [
        (text.key.repo, str(text.key.number), f"{100 * score:.2f}")
        for text, score in zip(found, scores, strict=True)
    ]
    return write_table(DistilledLabel, rows, out)


def _scores(model: FittedModel, texts: Sequence[IssueText], cache: VectorCache) -> Iterator[float]:
    with tqdm(desc="asking the teacher", unit=" issues", total=len(texts), disable=None) as bar:
        for start in range(0, len(texts), AT_A_TIME):
            some = texts[start : start + AT_A_TIME]
            keys = [_content(text) for text in some]
            known = cache.get(keys)
            missing = [at for at, key in enumerate(keys) if key not in known]
            if missing:
                said = model.predict([_normalized(some[at]) for at in missing])
                fresh = {
                    keys[at]: np.array([score], dtype=np.float32)
                    for at, score in zip(missing, said, strict=True)
                }
                cache.put(fresh)
                known |= fresh
            yield from (float(known[key][0]) for key in keys)
            bar.update(len(some))


def _normalized(text: IssueText) -> NormalizedIssue:
    return normalize(Issue(text.key, text.title, text.body or "", text.opened_at))


def _checksum(key: IssueKey) -> bytes:
    return sha256(f"{key.repo}#{key.number}".encode()).digest()


def _content(text: IssueText) -> bytes:
    return sha256(f"{text.title}\n{text.body}".encode(errors="surrogatepass")).digest()
