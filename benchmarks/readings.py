"""Issues as a model directory of scorer ``onnx`` reads them."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from classifier.normalize import normalize
from classifier.scorers.features import facts_of
from classifier.scorers.onnx import (
    READING_FILE,
    TOKENIZER_FILE,
    Arrays,
    ReadingSettings,
    inputs_of,
)
from classifier.scorers.reading import Reader
from classifier.sources import Skipped, read_issues


def settings_of(directory: Path) -> ReadingSettings:
    """How its model reads."""
    content = json.loads((directory / READING_FILE).read_bytes())
    return ReadingSettings(**{**content, "facts": tuple(content["facts"])})


def reader_of(directory: Path) -> Reader:
    """Its reader."""
    tokenizer = Tokenizer.from_file(str(directory / TOKENIZER_FILE))
    return settings_of(directory).reader(tokenizer)


def inputs_for(directory: Path, path: Path) -> list[Arrays]:
    """What its graph gets for each issue of a file, the longest first, as the scorer has it."""
    issues = [normalize(issue) for issue in read_issues([str(path)], refuse)]
    vocabulary = settings_of(directory).vocabulary
    facts = facts_of(issues).astype(np.float32)
    inputs = [
        inputs_of(reading, own, vocabulary=vocabulary)
        for reading, own in zip(reader_of(directory).read(issues), facts, strict=True)
    ]
    return sorted(inputs, key=lambda one: -one["input_ids"].size)


def lengths(inputs: Sequence[Arrays]) -> list[int]:
    """Tokens of each issue."""
    return [one["input_ids"].shape[1] for one in inputs]


def refuse(skipped: Skipped) -> None:
    """Raise ValueError: invented issues are all readable."""
    raise ValueError(f"{skipped.place}: {skipped.reason}")
