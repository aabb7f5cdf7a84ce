import shutil
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from classifier import artifact
from classifier.artifact import (
    ACTIVE,
    CARD,
    MANIFEST,
    Choice,
    Manifest,
    read_choice,
    verify,
    write_choice,
)
from classifier.calibration import BetaCalibration
from classifier.errors import ArtifactError, InputError
from classifier.pipeline import load, rank_issues
from classifier.types import NormalizedIssue
from training.config import Experiment
from training.corpus import Corpus
from training.experiments import Bench
from training.families import ServableModel
from training.fit import Fitted, fit
from training.protocols import beside
from training.release import activate, experiment_of, release, scoring_digest
from training.results import Results


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "models" / "mine"


Put = Callable[..., Manifest]


@pytest.fixture(scope="module")
def fitted(corpus: Corpus, experiment: Experiment) -> Fitted:
    return fit(corpus, corpus.is_silent, corpus.gold, beside(corpus), experiment)


@pytest.fixture(scope="module")
def put(fitted: Fitted, corpus: Corpus, experiment: Experiment) -> Put:
    """Release one and the same fitted model."""
    return partial(release, fitted, experiment, corpus)


@pytest.fixture
def released(
    put: Put, results: Results, bench: Bench, experiment: Experiment, out: Path
) -> Manifest:
    """A model in ``out``."""
    return put(results, plots=bench.runs / experiment.name, out=out)


def test_a_release_is_a_model_that_ranks_what_it_learned(
    released: Manifest, corpus: Corpus, results: Results, out: Path
) -> None:
    assert verify(out) == released
    assert released.metrics == results.rows
    assert [path.name for path in out.parent.iterdir()] == ["mine"]
    ranking = rank_issues([corpus.issues[row].issue for row in corpus.gold], load(out))
    silent = {corpus.issues[row].issue.key for row in corpus.gold if corpus.is_silent[row]}
    ranks = [entry.rank for entry in ranking.entries if entry.key in silent]
    assert np.mean(ranks) < np.mean(range(1, len(corpus.gold) + 1))


def test_a_release_has_a_card_and_the_plots_that_it_shows(released: Manifest, out: Path) -> None:
    assert set(released.files) == {path.name for path in out.iterdir()} - {MANIFEST}
    assert CARD in released.files
    card = (out / CARD).read_text(encoding="utf-8")
    plots = {name for name in released.files if name.endswith(".png")}
    assert plots == {"cv-precision_recall.png", "cv-recall_inspected.png", "cv-reliability.png"}
    assert all(f"]({name})" in card for name in plots)


def test_a_failure_in_the_middle_leaves_the_place_as_it_was(
    put: Put, results: Results, out: Path
) -> None:
    without_rows = replace(results, rows={})

    with pytest.raises(KeyError):  # when the card is rendered, after the weights were written
        put(without_rows, plots=out, out=out)
    assert list(out.parent.iterdir()) == []

    put(results, plots=out, out=out)
    before = verify(out)
    with pytest.raises(KeyError):
        put(without_rows, plots=out, out=out)
    assert verify(out) == before
    assert [path.name for path in out.parent.iterdir()] == ["mine"]


def test_a_model_of_before_is_replaced_whole(put: Put, results: Results, out: Path) -> None:
    out.mkdir(parents=True)
    for name in (MANIFEST, CARD, "weights-of-old"):
        (out / name).write_text("old")

    put(results, plots=out.parent / "none", out=out)

    verify(out)
    assert not (out / "weights-of-old").exists()
    assert [path.name for path in out.parent.iterdir()] == ["mine"]


def test_a_folder_that_is_no_model_is_never_replaced(
    put: Put, results: Results, tmp_path: Path
) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")

    with pytest.raises(InputError, match="holds no model"):
        put(results, plots=tmp_path, out=tmp_path)

    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_a_place_that_cannot_be_written_is_named(
    put: Put, results: Results, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(InputError, match="Cannot write"):
        put(results, plots=tmp_path, out=tmp_path / "file" / "mine")


def test_a_manifest_tells_the_experiment_that_it_came_from(
    released: Manifest, experiment: Experiment
) -> None:
    assert experiment_of(released) == experiment

    settings = experiment.evaluation.model_copy(update={"folds": 4})
    other = experiment.model_copy(update={"name": "other", "evaluation": settings})
    lent = experiment_of(released, like=other)
    assert lent == experiment.model_copy(update={"evaluation": settings})


def test_settings_of_folds_that_are_no_more_do_not_keep_a_model_from_being_measured(
    released: Manifest, experiment: Experiment
) -> None:
    old = {name: value for name, value in released.config.items() if name != "data"}
    manifest = replace(released, config=old | {"evaluation": {"cutoff": "2020-01-01"}})

    with pytest.raises(InputError, match=r"evaluation\.cutoff"):
        experiment_of(manifest)
    assert experiment_of(manifest, like=experiment) == experiment


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"family": "oracle"}, "No family 'oracle'"),
        ({"model": {"oracle": 1}}, "oracle"),
        ({"name": "../escape"}, "does not understand"),
        ({"name": "another"}, "another experiment's"),
    ],
)
def test_a_configuration_that_is_not_understood_is_named(
    released: Manifest, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        experiment_of(replace(released, config={**released.config, **changes}))


def test_a_scoring_digest_tells_weights_and_calibration_apart_and_no_cards(
    released: Manifest,
) -> None:
    files = dict(released.files)
    other_card = replace(released, files=files | {CARD: "0", "cv-reliability.png": "0"})
    other_weights = replace(released, files=files | {"numbers.npz": "0"})
    other_calibration = replace(released, calibration=BetaCalibration(1.0, 1.0, 0.5))

    assert scoring_digest(other_card) == scoring_digest(released)
    digests = {scoring_digest(m) for m in (released, other_weights, other_calibration)}
    assert len(digests) == 3


@pytest.fixture
def home(
    put: Put, results: Results, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Three released models, none active yet."""
    put(results, plots=out, out=out)
    home = tmp_path / "home"
    for name in ("first", "second", 'odd "name"'):
        shutil.copytree(out, home / name)
    monkeypatch.setattr(artifact, "models_directory", lambda: home)
    return home


def named(home: Path) -> dict[str, str]:
    return tomllib.loads((home / ACTIVE).read_text(encoding="utf-8"))


def test_the_first_active_model_has_no_predecessor(home: Path) -> None:
    activate(home / "first")

    assert named(home) == {"active": "first"}
    assert artifact.find_model() == home / "first"


def test_the_model_before_is_remembered_also_when_one_goes_back(home: Path) -> None:
    activate(home / "first")
    activate(home / "second")
    assert named(home) == {"active": "second", "previous": "first"}

    activate(home / "second")
    assert named(home) == {"active": "second", "previous": "first"}

    activate(home / "first")
    assert named(home) == {"active": "first", "previous": "second"}


def test_short_names_stay_whatever_is_activated(home: Path) -> None:
    write_choice(Choice(names={"short": "first"}))

    activate(home / "first")
    activate(home / "second")
    activate(home / "first")

    assert read_choice() == Choice("first", "second", {"short": "first"})


def test_any_name_of_a_folder_can_be_active(home: Path) -> None:
    activate(home / 'odd "name"')

    assert named(home) == {"active": 'odd "name"'}


def test_a_model_named_from_within_its_folder_is_active_by_its_name(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home / "first")

    activate(Path())

    assert named(home) == {"active": "first"}


def test_a_model_elsewhere_cannot_be_active(home: Path, out: Path) -> None:
    with pytest.raises(InputError, match="is not in"):
        activate(out)

    assert not (home / ACTIVE).exists()


def test_a_damaged_model_cannot_become_active(home: Path) -> None:
    activate(home / "first")
    (home / "second" / CARD).write_text("Best model ever.")

    with pytest.raises(ArtifactError, match="checksum"):
        activate(home / "second")

    assert named(home) == {"active": "first"}


def test_a_damaged_choice_is_not_overwritten(home: Path) -> None:
    (home / ACTIVE).write_text("active =")

    with pytest.raises(ArtifactError, match="is damaged"):
        activate(home / "first")

    assert (home / ACTIVE).read_text() == "active ="


class Converted:
    """A model that is served in other numbers."""

    def __init__(self, model: ServableModel) -> None:
        self.scorer, self.predict, self.write = model.scorer, model.predict, model.write

    def check(
        self,
        issues: Sequence[NormalizedIssue],
        is_silent: NDArray[np.bool_],
        _: BetaCalibration,
    ) -> str:
        return f"Compared on {len(issues)} texts and {len(is_silent)} labels."


def test_a_card_says_how_what_is_served_differs_from_what_was_trained(
    fitted: Fitted, results: Results, bench: Bench, experiment: Experiment, out: Path
) -> None:
    assert isinstance(fitted.model, ServableModel)
    served = replace(fitted, model=Converted(fitted.model))
    gold = len(bench.corpus.gold)

    release(served, experiment, bench.corpus, results, plots=bench.runs / experiment.name, out=out)

    card = (out / "CARD.md").read_text(encoding="utf-8")
    assert f"Compared on {gold} texts and {gold} labels." in card
