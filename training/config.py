"""One TOML file in ``configs/`` is one experiment, read into a frozen model.

An unknown key is an error: a misspelt setting that is silently ignored is a silent bug.
"""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from classifier.errors import InputError


class Settings(BaseModel):
    """A part of an experiment: frozen, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


Share = Annotated[float, Field(ge=0.0, le=1.0)]


class TargetSettings(Settings):
    """How labels become soft targets and weights."""

    use_votes: bool = True
    vote_factors: tuple[Share, ...] = Field(default=(0.5,), min_length=1, strict=False)
    """Candidates for the share of votes / 3 that a rejected issue counts as silent."""
    use_silver: bool = True
    use_titles: bool = False
    """Learn from PyTorch's titles where they are not what is measured: for networks."""
    use_distilled: bool = False
    """Learn from what a larger network says of issues that nobody judged: for networks."""
    silver_weight: float = Field(default=0.3, gt=0.0)
    """Weight of a silver row, against 1.0 of a gold row."""
    silver_exponent: float = Field(default=1.0, gt=0.0)
    """A silver score of 0 to 1 is raised to this: above 1 it takes back a teacher's leniency."""


class DataSettings(Settings):
    """Issues of your own to train and to be measured on, in place of the study's."""

    issues: tuple[str, ...] = Field(default=(), strict=False)
    """Sources as ``silentrank rank`` takes them; paths are relative to the working directory."""
    labels: Path | None = Field(default=None, strict=False)
    """A CSV file of url,label, or JSON lines with both."""

    @model_validator(mode="after")
    def _has_both(self) -> "DataSettings":
        if bool(self.issues) != (self.labels is not None):
            raise ValueError("issues and labels need each other")
        return self


class EvaluationSettings(Settings):
    """How the experiment is measured."""

    folds: int = Field(default=5, ge=2)
    repeats: int = Field(default=5, ge=1)
    inner_folds: int = Field(default=3, ge=2)
    """Folds inside each training part, for the calibrator and the vote factor."""
    fold_seed: int = 0
    """Shuffles the folds; experiments are compared on the folds of one seed."""
    first_origin: date = date(2019, 7, 1)
    """The rolling origin's first quarter to test on is the one with this day."""
    resamples: int = Field(default=1000, ge=100)
    """Bootstrap resamples behind each 95 % interval."""
    left_out_parts: tuple[Literal["silver of other repositories"], ...] = Field(
        default=(), strict=False
    )
    """Parts of *transfer* that would take days; the leaderboard shows the others."""


class Experiment(Settings):
    """A whole configuration file."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    description: str
    family: str
    seed: int = 0
    data: DataSettings = DataSettings()
    targets: TargetSettings = TargetSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
    model: dict[str, Any] = Field(default_factory=dict)
    """Settings of the family, checked by the family's own class."""
    ablations: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Name → settings that differ, laid over the experiment's own."""


AnySettings = TypeVar("AnySettings", bound=Settings)


def read_experiment(path: Path) -> Experiment:
    """Read and check one configuration file."""
    return read_settings(path, Experiment)


def read_settings(path: Path, kind: type[AnySettings]) -> AnySettings:
    """Read a TOML file as settings of a kind."""
    try:
        return kind.model_validate(read_toml(path))
    except ValidationError as error:
        raise InputError(f"{path}: {explain_validation(error)}") from error


def read_toml(path: Path) -> dict[str, Any]:
    """A configuration file's content, unchecked."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        available = ", ".join(str(p) for p in sorted(path.parent.glob("*.toml"))) or "none"
        raise InputError(
            f"Cannot read configuration {path}: {error.strerror}", hint=f"Available: {available}."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not valid TOML: {error}") from error


def ablated(experiment: AnySettings, name: str) -> AnySettings:
    """The experiment with one of its ``ablations`` laid over it."""
    content = experiment.model_dump()
    changes = content.pop("ablations")[name]
    for part, values in changes.items():
        own = content.get(part)
        is_section = isinstance(own, dict) and isinstance(values, dict)
        content[part] = own | values if is_section else values
    try:
        return type(experiment).model_validate(content)
    except ValidationError as error:
        raise InputError(f"Ablation {name!r}: {explain_validation(error)}") from error


def explain_validation(error: ValidationError) -> str:
    """One line that names each offending key and value."""
    return "; ".join(
        _explain(".".join(map(str, e["loc"])), e["type"], e["input"], e["msg"])
        for e in error.errors()
    )


def _explain(place: str, kind: str, value: object, message: str) -> str:
    if kind == "missing":
        return f"{place} is missing"
    if kind == "extra_forbidden":
        return f"{place} = {value!r}: no setting has this name"
    return f"{place} = {value!r}: {message}"
