"""The model under test, as far as the benchmark must know it; asked for in a fresh process."""

from dataclasses import dataclass
from pathlib import Path

from classifier.artifact import find_model, verify

TOKENS = 192
"""What peers read where the model under test reads no tokens."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A model directory."""

    model_id: str
    directory: Path
    scorer: str
    tokens: int  # the most that it reads of an issue

    @property
    def has_graph(self) -> bool:
        """Whether it is an ONNX graph, whose parts can be measured."""
        return self.scorer == "onnx"


def describe(model: str | None) -> Subject:
    """The model of this name or directory, by default the active one."""
    directory = find_model(model)
    manifest = verify(directory)
    tokens = TOKENS
    if manifest.scorer == "onnx":
        from benchmarks.readings import settings_of  # noqa: PLC0415 - it needs onnxruntime

        tokens = settings_of(directory).budget
    return Subject(manifest.model_id, directory, manifest.scorer, tokens)
