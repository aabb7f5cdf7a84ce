from datetime import date
from pathlib import Path
from typing import Any

import pytest

from classifier.errors import InputError
from training.classification.settings import has_task, read_task
from training.config import Experiment, ablated, read_experiment
from training.families import FAMILIES, find_family
from training.families.tfidf_lr import TfidfLrSettings

REPOSITORY = Path(__file__).parents[3]
LEAST = 'name = "a"\ndescription = "b"\nfamily = "tfidf-lr"\n'


def read(tmp_path: Path, content: str) -> Experiment:
    path = tmp_path / "x.toml"
    path.write_text(content)
    return read_experiment(path)


def test_an_experiment_is_read_as_it_is_written(experiment: Experiment) -> None:
    assert experiment.name == "small"
    assert experiment.seed == 7
    assert experiment.targets.vote_factors == (0.25, 0.75)
    assert experiment.targets.use_silver
    assert experiment.evaluation.first_origin == date(2020, 1, 1)
    assert experiment.ablations["title only"]["model"]["facts_factor"] == 0.0


@pytest.mark.parametrize(
    "path", sorted((REPOSITORY / "configs").glob("*.toml")), ids=lambda p: p.name
)
def test_shipped_configurations_and_their_ablations_fit(path: Path) -> None:
    if has_task(path):
        read_task(path)
        return
    experiment = read_experiment(path)

    for name in experiment.ablations:
        find_family(ablated(experiment, name))
    find_family(experiment)


@pytest.mark.parametrize(
    ("addition", "message"),
    [
        ("sead = 3", "sead = 3: no setting"),
        ("[targets]\nsilver_wait = 1.0", r"targets\.silver_wait = 1\.0: no setting"),
        ('seed = "3"', "seed = '3': .*integer"),
        ("seed = 3.0", r"seed = 3\.0: .*integer"),
        ('[targets]\nuse_votes = "yes"', r"targets\.use_votes = 'yes'"),
        ("[targets]\nvote_factors = []", r"targets\.vote_factors = \[\]"),
        ("[targets]\nvote_factors = [0.5, 1.5]", r"targets\.vote_factors\.1 = 1\.5"),
        ("[targets]\nvote_factors = [-0.5]", r"targets\.vote_factors\.0 = -0\.5"),
        ("[targets]\nsilver_weight = 0.0", r"targets\.silver_weight = 0\.0"),
        ("[targets]\nsilver_weight = inf", r"targets\.silver_weight = inf"),
        ("[targets]\nsilver_weight = nan", r"targets\.silver_weight = nan"),
        ("[evaluation]\nfolds = 1", r"evaluation\.folds = 1"),
        ("[evaluation]\nresamples = 10", r"evaluation\.resamples = 10"),
        ('[evaluation]\nfirst_origin = "soon"', r"evaluation\.first_origin = 'soon'"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value(
    tmp_path: Path, addition: str, message: str
) -> None:
    with pytest.raises(InputError, match=message) as refused:
        read(tmp_path, LEAST + addition)

    assert len(str(refused.value).splitlines()) == 1
    assert str(tmp_path / "x.toml") in str(refused.value)


def test_a_missing_setting_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="name is missing; description is missing"):
        read(tmp_path, 'family = "tfidf-lr"')


@pytest.mark.parametrize("name", ["", "../escape", "Upper", "a/b", "a b", "-a", "a\\n"])
def test_a_name_is_fit_for_a_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="name = "):
        read(tmp_path, f'name = "{name}"\ndescription = ""\nfamily = "tfidf-lr"')


@pytest.mark.parametrize("content", ["name =", "name = 1\nname = 2", "[a", "\x00"])
def test_what_is_no_toml_is_refused_in_one_line(tmp_path: Path, content: str) -> None:
    with pytest.raises(InputError, match=r"x\.toml is not valid TOML") as refused:
        read(tmp_path, content)

    assert len(str(refused.value).splitlines()) == 1


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(b"\xff")

    with pytest.raises(InputError, match="not valid TOML"):
        read_experiment(tmp_path / "x.toml")


def test_a_missing_file_is_answered_with_those_beside_it(config: Path) -> None:
    with pytest.raises(InputError, match="No such file") as refused:
        read_experiment(config.with_name("smal.toml"))

    assert refused.value.hint == f"Available: {config}."


@pytest.mark.parametrize("path", ["", "absent/x.toml"])
def test_where_there_is_no_file_none_is_available(tmp_path: Path, path: str) -> None:
    with pytest.raises(InputError, match="Cannot read configuration") as refused:
        read_experiment(tmp_path / path)

    assert refused.value.hint == "Available: none."


def test_an_ablation_is_laid_over_the_experiment_and_leaves_the_rest(
    experiment: Experiment,
) -> None:
    variant = ablated(experiment, "title only")

    assert variant.model == {
        "facts_factor": 0.0,
        "texts": [{"column": "title", "minimum_count": 1}],
    }
    assert variant.targets == experiment.targets
    assert variant.evaluation == experiment.evaluation
    assert variant.name == experiment.name
    assert not variant.ablations


def test_an_ablation_of_one_setting_keeps_its_neighbours(tmp_path: Path) -> None:
    experiment = read(
        tmp_path,
        LEAST + "[targets]\nsilver_weight = 2.0\n[ablations.less]\ntargets = {use_votes = false}",
    )

    targets = ablated(experiment, "less").targets

    assert (targets.use_votes, targets.silver_weight) == (False, 2.0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"targets": {"use_vote": False}}, r"targets\.use_vote = False: no setting"),
        ({"target": {"use_votes": False}}, r"target = .*: no setting"),
        ({"seed": "x"}, "seed = 'x'"),
        ({"targets": 3}, "targets = 3"),
    ],
)
def test_an_ablation_that_does_not_fit_is_refused_in_one_line(
    experiment: Experiment, changes: dict[str, Any], message: str
) -> None:
    broken = experiment.model_copy(update={"ablations": {"odd": changes}})

    with pytest.raises(InputError, match=f"Ablation 'odd': {message}") as refused:
        ablated(broken, "odd")

    assert len(str(refused.value).splitlines()) == 1


def test_a_family_checks_its_own_settings(experiment: Experiment) -> None:
    family, settings = find_family(experiment)

    assert family is FAMILIES["tfidf-lr"]
    assert isinstance(settings, TfidfLrSettings)
    assert [text.column for text in settings.texts] == ["title", "prose"]


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ({}, "texts is missing"),
        ({"texts": []}, r"texts = \[\]"),
        ({"texts": [{"column": "titel"}]}, r"texts\.0\.column = 'titel'"),
        ({"texts": [{"column": "title", "minimum_count": 0}]}, r"minimum_count = 0"),
        ({"texts": [{"column": "title"}], "C": 3.0}, r"C = 3\.0: no setting"),
    ],
)
def test_a_wrong_setting_of_the_family_is_named(
    experiment: Experiment, model: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=rf"\[model\] of small: .*{message}"):
        find_family(experiment.model_copy(update={"model": model}))


def test_an_unknown_family_is_answered_with_those_there_are(experiment: Experiment) -> None:
    with pytest.raises(InputError, match="No family 'oracle'") as refused:
        find_family(experiment.model_copy(update={"family": "oracle"}))

    assert refused.value.hint == f"Available: {', '.join(FAMILIES)}."
