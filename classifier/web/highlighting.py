"""Finds evidence again in what a reader sees, whatever markup and whitespace lie between.

Evidence quotes normalized text; a page shows rendered markdown. Letters and digits are what both
have in common, so only those are compared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from classifier.types import Evidence

ELLIPSIS = "…"  # ends a quote that was cut off
LEAST_LETTERS = 3  # a shorter quote is found anywhere and says nothing


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of one text that is all highlighted alike; ``kind`` is "" where it is not."""

    text: str
    kind: str


def highlight(texts: Sequence[str], evidence: Sequence[Evidence]) -> list[list[Stretch]]:
    """Cut texts that follow each other into stretches, each quote marked where it is first found.

    The stretches of a text make it up again. A quote may go over several texts. Where two
    overlap, the stronger keeps its letters: evidence comes strongest first.
    """
    quotes = [reason for reason in evidence if reason.is_quote]
    if not quotes:  # as in every title of a queue
        return [[Stretch(text, "")] if text else [] for text in texts]
    kinds = [[""] * len(text) for text in texts]
    letters, places = _letters(texts)
    for reason in quotes:
        wanted, _ = _letters([reason.text.removesuffix(ELLIPSIS)])
        start = letters.find(wanted) if len(wanted) >= LEAST_LETTERS else -1
        if start >= 0:
            _mark(kinds, places[start : start + len(wanted)], kind_of(reason))
    return [list(_stretches(text, marks)) for text, marks in zip(texts, kinds, strict=True)]


def kind_of(reason: Evidence) -> str:
    """Whether a reason speaks ``for`` or ``against`` a silent bug."""
    return "for" if reason.weight > 0 else "against"


def _letters(texts: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """The letters and digits of texts in lower case, and where each stands: (text, character)."""
    letters: list[str] = []
    places: list[tuple[int, int]] = []
    for number, text in enumerate(texts):
        for position, character in enumerate(text):
            if character.isalnum():
                lower = character.lower()
                letters.append(lower)
                places.extend([(number, position)] * len(lower))
    return "".join(letters), places


def _mark(kinds: list[list[str]], places: Sequence[tuple[int, int]], kind: str) -> None:
    """Mark from the first to the last place of each text, what is marked already left alone."""
    for number, within in groupby(places, key=lambda place: place[0]):
        positions = [position for _, position in within]
        for position in range(positions[0], positions[-1] + 1):
            kinds[number][position] = kinds[number][position] or kind


def _stretches(text: str, kinds: Sequence[str]) -> Iterator[Stretch]:
    for kind, within in groupby(zip(text, kinds, strict=True), key=lambda pair: pair[1]):
        yield Stretch("".join(character for character, _ in within), kind)
