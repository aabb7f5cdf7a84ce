"""Models that are given nothing of what an issue says, to see whether that is enough.

Each is a logistic regression on one kind of circumstance, trained and tested on the folds that
models are compared on.
"""

import math
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from classifier.metrics import roc_auc
from classifier.types import NormalizedIssue, Section, SegmentKind
from training.corpus import Corpus, Floats
from training.protocols import Part

MOST_STEPS = 1000
DAYS_A_YEAR = 365.25
PER_CHARACTERS = 1000

TEMPLATE_WORDS: tuple[str, ...] = (
    *("system information", "have i written", "custom code", "os platform", "mobile device"),
    *(
        "installed from",
        "tensorflow version",
        "python version",
        "bazel",
        "gcc",
        "cuda",
        "gpu model",
    ),
    *("exact command", "describe the", "current behavior", "expected behavior", "standalone code"),
    *("other info", "source code / logs", "reproduce", "colab", "please", "stack overflow"),
)
"""What templates of the study's time ask and tell, as a normalizer that failed would leave it."""

RENDERER_MARKS: tuple[str, ...] = (
    r"^ {0,3}(?:```|~~~)",
    # not the ** of Python, which every pasted "*args, **kwargs" of a traceback has
    r"(?<![\w*(,])\*\*(?=[^\s*])[^*\n]{1,200}(?<=\S)\*\*(?![\w*])",
    r"^ {0,3}#{1,6} ",
    r"\[[ xX]\]",
    r"</?(?:details|summary|em|strong|code|pre|p|br|img|a|b|i)\b[^>\n]{0,200}>",
    r"<!--",
    r"&(?:lt|gt|amp|quot|nbsp|#\d{1,5});",
    r"\r",
    r"(?<!`)`[^`\n]{1,200}`(?!`)",
    r"\]\([^)\s]{1,500}\)",
    r"^ {0,3}[*+-] ",
    r"^ {0,3}> ",
)
"""What one renderer leaves and another takes away, whatever is said."""

MARKED_KINDS = (SegmentKind.HEADING, SegmentKind.LIST_ITEM, SegmentKind.QUOTE, SegmentKind.TABLE)
"""Kinds that stand only where markdown says so."""

_WORD = re.compile(r"\w+")
_MARKS = tuple(re.compile(pattern, re.MULTILINE) for pattern in RENDERER_MARKS)


def probe(part: Part) -> dict[str, float]:
    """ROC AUC of each probe by name, 0 to 1, mean over the part's folds with both classes.

    Folds are not pooled: a probe that knows nothing says the base rate of its training rows,
    which is the lower, the more silent bugs are tested, so that together it would fall below .5.
    """
    return {name: _roc_auc(part, describe(part.corpus)) for name, describe in PROBES.items()}


def _roc_auc(part: Part, features: Floats) -> float:
    areas = []
    for split in part.splits:
        tested = part.truth[split.test]
        if 0 < tested.sum() < len(tested):
            model = _model().fit(features[split.train], part.truth[split.train])
            areas.append(roc_auc(tested, model.decision_function(features[split.test])))
    return float(np.mean(areas))


def _model() -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=MOST_STEPS))


def _length(corpus: Corpus) -> Floats:
    return np.log1p(
        [
            (len(text), len(_WORD.findall(text)), text.count("\n"))
            for text in (normalized.text for normalized in corpus.texts)
        ]
    )


def _opening_date(corpus: Corpus) -> Floats:
    """Trend and season; an unknown date is an average one, and said to be unknown."""
    moments = corpus.opened_at
    is_known = ~np.isnat(moments)
    if not is_known.any():
        return np.zeros((len(moments), 1))
    years = (moments - moments[is_known].min()) / np.timedelta64(1, "D") / DAYS_A_YEAR
    years = np.where(is_known, years, years[is_known].mean())
    season = math.tau * years
    return np.column_stack([years, years**2, np.sin(season), np.cos(season), is_known])


def _template_traces(corpus: Corpus) -> Floats:
    return np.array([_traces(text) for text in corpus.texts], dtype=np.float64)


def _traces(text: NormalizedIssue) -> list[int]:
    lowered = text.text.lower()
    headings = sum(segment.kind is SegmentKind.HEADING for segment in text.segments)
    return [headings, *(phrase in lowered for phrase in TEMPLATE_WORDS)]


def _answered_sections(corpus: Corpus) -> Floats:
    answered = [{segment.section for segment in text.segments} for text in corpus.texts]
    return np.array(
        [[section in found for section in Section] for found in answered], dtype=np.float64
    )


def _rendering_as_stored(corpus: Corpus) -> Floats:
    return np.array([_marks_in(label.issue.body) for label in corpus.issues])


def _rendering_as_normalized(corpus: Corpus) -> Floats:
    return np.array([_marks_left(text) for text in corpus.texts])


def _marks_left(text: NormalizedIssue) -> list[float]:
    _, *body = text.segments
    kinds = [segment.kind for segment in body]
    marks = _marks_in("\n".join(segment.text for segment in body))
    return [*marks, *(math.log1p(kinds.count(kind)) for kind in MARKED_KINDS)]


def _marks_in(text: str) -> list[float]:
    """Logarithm of each mark's count per thousand characters."""
    scale = PER_CHARACTERS / max(1, len(text))
    return [math.log1p(scale * len(mark.findall(text))) for mark in _MARKS]


PROBES: Mapping[str, Callable[[Corpus], Floats]] = MappingProxyType(
    {
        "length": _length,
        "opening date": _opening_date,
        "template traces": _template_traces,
        "answered sections": _answered_sections,
        "rendering, as stored": _rendering_as_stored,
        "rendering, as normalized": _rendering_as_normalized,
    }
)
