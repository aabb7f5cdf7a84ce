import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from classifier import artifact
from classifier.artifact import ACTIVE, CARD, MANIFEST, verify
from classifier.errors import ArtifactError, InputError
from classifier.pipeline import load, rank_issues
from training.config import Experiment
from training.corpus import Corpus
from training.release import activate, release

if TYPE_CHECKING:
    from tests.training.experiments.conftest import Evaluated, Trained


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "models" / "mine"


def test_a_release_is_a_model_that_ranks_what_it_learned(
    experiment: Experiment, corpus: Corpus, evaluated: "Evaluated", out: Path
) -> None:
    manifest = release(experiment, corpus, evaluated.results, plots=evaluated.directory, out=out)

    assert verify(out) == manifest
    assert manifest.metrics == evaluated.results.rows
    assert [path.name for path in out.parent.iterdir()] == ["mine"]
    ranking = rank_issues([label.issue for label in corpus.gold], load(out))
    silent = {label.issue.key for label in corpus.gold if label.is_silent}
    ranks = [entry.rank for entry in ranking.entries if entry.key in silent]
    assert np.mean(ranks) < np.mean(range(1, 67))


def test_a_failure_in_the_middle_leaves_no_directory(
    experiment: Experiment, corpus: Corpus, evaluated: "Evaluated", out: Path
) -> None:
    without_rows = evaluated.results.__class__(
        fingerprint="", rows={}, counts={}, reliability=[], seconds=0.0, provenance={}
    )

    with pytest.raises(KeyError):  # when the card is rendered, after the weights were written
        release(experiment, corpus, without_rows, plots=evaluated.directory, out=out)

    assert list(out.parent.iterdir()) == []


def test_a_failure_leaves_the_model_that_was_to_be_replaced(
    experiment: Experiment, corpus: Corpus, evaluated: "Evaluated", trained: "Trained", out: Path
) -> None:
    shutil.copytree(trained.model, out)
    without_rows = evaluated.results.__class__(
        fingerprint="", rows={}, counts={}, reliability=[], seconds=0.0, provenance={}
    )

    with pytest.raises(KeyError):
        release(
            experiment,
            corpus,
            without_rows,
            plots=evaluated.directory,
            out=out,
            is_replacing=True,
        )

    assert verify(out) == verify(trained.model)
    assert [path.name for path in out.parent.iterdir()] == ["mine"]


def test_an_existing_model_is_refused_and_stays_untouched(
    experiment: Experiment, corpus: Corpus, evaluated: "Evaluated", out: Path
) -> None:
    out.mkdir(parents=True)
    (out / MANIFEST).write_text("old")

    with pytest.raises(InputError, match="already exists"):
        release(experiment, corpus, evaluated.results, plots=evaluated.directory, out=out)

    assert (out / MANIFEST).read_text() == "old"
    assert [path.name for path in out.iterdir()] == [MANIFEST]


def test_an_existing_model_is_replaced_whole_if_asked(
    experiment: Experiment, corpus: Corpus, evaluated: "Evaluated", out: Path
) -> None:
    out.mkdir(parents=True)
    for name in (MANIFEST, CARD, "weights-of-old"):
        (out / name).write_text("old")

    release(
        experiment,
        corpus,
        evaluated.results,
        plots=evaluated.directory,
        out=out,
        is_replacing=True,
    )

    verify(out)
    assert not (out / "weights-of-old").exists()
    assert [path.name for path in out.parent.iterdir()] == ["mine"]


def test_a_folder_that_is_no_model_is_never_replaced(
    experiment: Experiment, corpus: Corpus, evaluated: "Evaluated", tmp_path: Path
) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")

    with pytest.raises(InputError, match="holds no model"):
        release(
            experiment,
            corpus,
            evaluated.results,
            plots=evaluated.directory,
            out=tmp_path,
            is_replacing=True,
        )

    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_a_place_that_cannot_be_written_is_named(
    experiment: Experiment, corpus: Corpus, evaluated: "Evaluated", tmp_path: Path
) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(InputError, match="Cannot write"):
        release(
            experiment,
            corpus,
            evaluated.results,
            plots=evaluated.directory,
            out=tmp_path / "file" / "mine",
        )


@pytest.fixture
def home(trained: "Trained", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three released models, none active yet."""
    home = tmp_path / "models"
    for name in ("first", "second", 'odd "name"'):
        shutil.copytree(trained.model, home / name)
    monkeypatch.setattr("training.release.models_directory", lambda: home)
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


def test_any_name_of_a_folder_can_be_active(home: Path) -> None:
    activate(home / 'odd "name"')

    assert named(home) == {"active": 'odd "name"'}


def test_a_model_named_from_within_its_folder_is_active_by_its_name(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home / "first")

    activate(Path())

    assert named(home) == {"active": "first"}


def test_a_model_elsewhere_cannot_be_active(home: Path, trained: "Trained") -> None:
    with pytest.raises(InputError, match="is not in"):
        activate(trained.model)

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
