"""Whether a text mentions something: a pattern that is searched only where it can be found.

Searching a long text for words that it lacks takes long, and most facts are looked for in vain.
A pattern has cues: strings of which any text that it fits has one. Looking for those costs little.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from classifier.types import NormalizedIssue, SegmentKind

PROSE_KINDS = frozenset(
    {
        SegmentKind.PROSE,
        SegmentKind.HEADING,
        SegmentKind.LIST_ITEM,
        SegmentKind.QUOTE,
        SegmentKind.TABLE,
    }
)
"""A rendered text has lost what tells these apart: a model that saw it would learn the renderer."""
WORD_KINDS = PROSE_KINDS | {SegmentKind.TITLE}
FOLDED = (("\u0131", "i"), ("\u0130", "i"), ("\u017f", "s"), ("\u212a", "k"))
"""Letters that a pattern which ignores case takes for ASCII ones, and ``str.lower`` does not."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text to search, and what is searched for cues."""

    own: str
    folded: str  # in lower case

    @staticmethod
    def of(own: str) -> "Text":
        """Fold case as patterns do."""
        folded = own
        if not own.isascii():
            for letter, plain in FOLDED:
                folded = folded.replace(letter, plain)
        return Text(own, folded.lower())


@dataclass(frozen=True, eq=False)
class SeenIssue:
    """An issue and the texts of it that facts look at, each joined once."""

    issue: NormalizedIssue

    @cached_property
    def title(self) -> Text:
        """Its title."""
        return Text.of(self.issue.segments[0].text)

    @cached_property
    def words(self) -> Text:
        """Title and prose."""
        segments = self.issue.segments
        return Text.of("\n".join(s.text for s in segments if s.kind in WORD_KINDS))

    @cached_property
    def code(self) -> Text:
        """Its code."""
        segments = self.issue.segments
        return Text.of("\n".join(s.text for s in segments if s.kind is SegmentKind.CODE))


def words_of(seen: SeenIssue) -> Text:
    """Title and prose."""
    return seen.words


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern, case ignored, and its cues, in lower case with "|" between them."""

    pattern: str
    cues: str = ""  # without any, the pattern is searched at once
    _expression: re.Pattern[str] = field(init=False, repr=False)
    _cues: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Compile once."""
        object.__setattr__(self, "_expression", re.compile(self.pattern, re.IGNORECASE))
        object.__setattr__(self, "_cues", tuple(self.cues.split("|")))

    def is_in(self, text: Text) -> bool:
        """Search a text."""
        folded = text.folded
        for cue in self._cues:
            if cue in folded:
                return self._expression.search(text.own) is not None
        return False


@dataclass(frozen=True, slots=True)
class Mention:
    """1.0 for an issue one of whose texts has the phrase, else 0.0."""

    phrase: Phrase
    text: Callable[[SeenIssue], Text] = words_of

    def __call__(self, seen: SeenIssue) -> float:
        """Search the text."""
        return float(self.phrase.is_in(self.text(seen)))
