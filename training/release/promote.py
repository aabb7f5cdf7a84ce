"""From a candidate to the model that ``silentrank`` uses, and back.

ACTIVE.toml is written last: before it nobody's ranking has changed, and what was done until then
is undone or is a whole model directory that nothing names.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from classifier import artifact, load
from classifier.artifact import (
    CARD,
    Manifest,
    read_choice,
    read_manifest,
    verify,
    write_manifest,
)
from classifier.errors import ArtifactError, InputError
from training.config import Experiment
from training.corpora import corpus_for
from training.dataset import rendering_pairs
from training.experiments import Bench, evaluate_quietly
from training.paired import Predictions
from training.release import activate, experiment_of, put_model, scoring_digest
from training.release import gates as gates_module
from training.release.gates import Gate
from training.release.reproduce import reproduce_on
from training.released import as_released, has_learned_from
from training.session import MODEL
from training.tracking import MlflowTracker, Tracker


@dataclass(frozen=True, slots=True)
class Candidate:
    """A trained model that nobody uses yet."""

    directory: Path
    manifest: Manifest
    experiment: Experiment


@dataclass(frozen=True, slots=True)
class Promotion:
    """What became of a candidate."""

    model_id: str
    champion: str | None  # whom it was compared with
    gates: Sequence[Gate]
    is_promoted: bool
    is_forced: bool  # promoted although a gate is closed
    version: str | None  # in MLflow's registry


@dataclass(frozen=True, slots=True)
class Judgement:
    """A candidate beside the champion."""

    champion: str | None
    gates: Sequence[Gate]

    @property
    def is_passed(self) -> bool:
        """Whether every gate is open."""
        return all(gate.is_open for gate in self.gates)


def promote(
    run: str,
    *,
    is_forced: bool,
    is_replacing: bool,
    data: Path,
    runs: Path,
    jobs: int,
    is_tracked: bool,
) -> Promotion:
    """Make a trained model the active one if every gate is open, or whatever they say if forced.

    ``run`` names a folder in ``runs``, or a training in MLflow by id or name. Raises InputError if
    there is no such model, or another one has its name already.
    """
    tracker = MlflowTracker() if is_tracked else Tracker()
    with _find_candidate(run, runs, tracker) as candidate:
        _refuse_namesake(candidate, is_replacing=is_replacing)
        experiments = [candidate.experiment, *_experiment_of_champion(candidate)]
        bench = Bench(corpus_for(experiments, data), runs, tracker, jobs)
        judgement = _judge(candidate, bench, data)
        is_promoted = judgement.is_passed or is_forced
        version = _install(candidate, judgement, tracker) if is_promoted else None
    return Promotion(
        model_id=candidate.manifest.model_id,
        champion=judgement.champion,
        gates=judgement.gates,
        is_promoted=is_promoted,
        is_forced=is_promoted and not judgement.is_passed,
        version=version,
    )


def roll_back(*, is_tracked: bool) -> tuple[str, str | None]:
    """Make the model before the active one, and return it with its version in MLflow's registry.

    The two change places, so that rolling back twice changes nothing.
    """
    tracker = MlflowTracker() if is_tracked else Tracker()
    previous = read_choice().previous
    if not previous:
        raise InputError(
            "No model was active before this one", hint="`silentrank models list` shows all."
        )
    directory = artifact.models_directory() / previous
    digest = scoring_digest(verify(directory))
    with tracker.keeping_champion():
        version = tracker.move_champion(digest)
        activate(directory)
    return previous, version


def show_gates(gates: Sequence[Gate], *, title: str) -> None:
    """Print what was asked of a candidate, and what it answered."""
    grid = Table(title=title, title_justify="left")
    for heading in ("gate", "value", "bound", "outcome", "meaning"):
        grid.add_column(heading, overflow="fold")
    for gate in gates:
        grid.add_row(*map(escape, (gate.name, gate.value, gate.bound, gate.outcome, gate.sentence)))
    Console().print(grid)


@contextmanager
def _find_candidate(run: str, runs: Path, tracker: Tracker) -> Iterator[Candidate]:
    with tempfile.TemporaryDirectory() as scratch:
        local = runs / run / MODEL
        is_local = local.is_dir()
        directory = local if is_local else tracker.download_candidate(run, Path(scratch))
        if directory is None:
            raise InputError(
                f"No model in {local} and no finished training {run!r} in MLflow",
                hint="Run `silentrank-train train CONFIG` first.",
            )
        manifest = verify(directory)
        yield Candidate(directory, manifest, experiment_of(manifest))


def _refuse_namesake(candidate: Candidate, *, is_replacing: bool) -> None:
    """A name should go on meaning the model that it meant, unless its owner says otherwise."""
    released, choice = _place_of(candidate), read_choice()
    if released.name in choice.names:
        raise InputError(
            f"{released.name} is a short name, of {choice.names[released.name]}",
            hint="Train under another name, or take it out of ACTIVE.toml.",
        )
    if not released.exists():
        return
    if scoring_digest(read_manifest(released)) == scoring_digest(candidate.manifest):
        return
    if released.name == choice.active:
        raise InputError(
            f"{released} is another model of this name, and the active one",
            hint="Train under another name, so that a rollback finds it again.",
        )
    if not is_replacing:
        raise InputError(
            f"{released} is another model of this name",
            hint="Train under another name, or give --replace.",
        )


def _judge(candidate: Candidate, bench: Bench, data: Path) -> Judgement:
    """Measure candidate and champion on identical folds; finished folds are not done again."""
    champion = read_choice().active
    pairs = [(pair.title, pair.body_markdown, pair.body) for pair in rendering_pairs(data)]
    return Judgement(
        champion,
        [
            gates_module.same_data(candidate.manifest.data_digest, bench.corpus.digest),
            _reproduce(candidate, bench),
            *_compare(candidate, champion, bench),
            gates_module.parity(pairs, load(candidate.directory).scorer),
        ],
    )


def _experiment_of_champion(candidate: Candidate) -> list[Experiment]:
    """None if there is no champion, or one that this version does not understand."""
    if (champion := read_choice().active) is None:
        return []
    try:
        manifest = read_manifest(artifact.models_directory() / champion)
        return [experiment_of(manifest, like=candidate.experiment)]
    except (ArtifactError, InputError):
        return []


def _reproduce(candidate: Candidate, bench: Bench) -> Gate:
    try:
        return gates_module.reproduced(reproduce_on(bench.corpus, candidate.directory))
    except InputError as error:
        return gates_module.not_reproduced(str(error))


def _compare(candidate: Candidate, champion: str | None, bench: Bench) -> list[Gate]:
    evaluation = evaluate_quietly(bench, candidate.experiment, "cv")
    if champion is None:
        return gates_module.better_than_chance(evaluation)
    try:
        measured = _measure_champion(champion, candidate, bench, evaluation.parts[0])
    except (ArtifactError, InputError) as error:
        return gates_module.not_comparable(f"{champion}: {error}")
    return gates_module.better_than_champion(evaluation, measured)


def _measure_champion(
    champion: str, candidate: Candidate, bench: Bench, like: Predictions
) -> Predictions:
    """Its weights where they never saw the issues; else its configuration, on the same folds."""
    directory = artifact.models_directory() / champion
    manifest = read_manifest(directory)
    if not has_learned_from(manifest, bench.corpus):
        return as_released(load(directory), bench.corpus, like)
    experiment = experiment_of(manifest, like=candidate.experiment)
    return evaluate_quietly(bench, experiment, "cv").parts[0]


def _install(candidate: Candidate, judgement: Judgement, tracker: Tracker) -> str | None:
    """Copy, register, move the alias and, last, write ACTIVE.toml."""
    manifest, place = candidate.manifest, _place_of(candidate)
    digest, report = scoring_digest(manifest), _report(judgement)
    tags = {
        "model_id": manifest.model_id,
        "is_forced": json.dumps(not judgement.is_passed),
        "data_digest": manifest.data_digest,
    }
    with tracker.registering(digest, tags, report):
        put_model(place, lambda directory: _write_released(candidate, report, directory))
        version = tracker.move_champion(digest)
        activate(place)
    return version


def _write_released(candidate: Candidate, report: str, directory: Path) -> Manifest:
    directory.mkdir()
    for name in candidate.manifest.files:
        shutil.copyfile(candidate.directory / name, directory / name)
    card = (directory / CARD).read_text(encoding="utf-8").rstrip()
    (directory / CARD).write_text(f"{card}\n\n## Promotion\n\n{report}\n", encoding="utf-8")
    return write_manifest(directory, candidate.manifest)


def _report(judgement: Judgement) -> str:
    """The card's section."""
    date = datetime.now(UTC).isoformat(timespec="seconds")
    champion = f"`{judgement.champion}`, the champion then" if judgement.champion else "chance"
    intro = f"Promoted {date}; measured against {champion}, on identical folds."
    lines = [intro, gates_module.markdown(judgement.gates)]
    if not judgement.is_passed:
        closed = ", ".join(gate.name for gate in judgement.gates if not gate.is_open)
        lines.insert(0, f"**FORCED: promoted although these gates are closed: {closed}.**")
    return "\n\n".join(lines)


def _place_of(candidate: Candidate) -> Path:
    # the experiment's name is checked to be a plain one, wherever the manifest came from
    return artifact.models_directory() / candidate.experiment.name
