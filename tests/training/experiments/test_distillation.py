from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from typer.testing import CliRunner

from classifier.errors import InputError
from tests.training.experiments.conftest import InventedStudy, is_silent, words_of
from training import labels as labels_module
from training.cli import app
from training.config import DataSettings, Experiment, read_experiment
from training.corpus import Corpus, load_corpus
from training.distillation import distil
from training.fold_store import FoldStore
from training.hydrate import hydrate
from training.labels import DistilledLabel, key_of, read_table
from training.protocols import beside, parts_of
from training.targets import training_part, used_beside

POOL = 60
FIRST = 900
REPEATED = FIRST + POOL


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Issues that nobody labelled, one of them twice; a labelled one, and one without a body."""
    rows = [
        {"repo": "octo/wild", "number": number, "opened_at": "2018-01-01T00:00:00Z"}
        | words_of(number, is_wrong=is_silent(number))
        for number in range(FIRST, FIRST + POOL)
    ]
    rows.append(rows[-1] | {"number": REPEATED})
    labelled = {"repo": "octo/pool-1", "number": 101, "opened_at": None}
    rows.append(labelled | words_of(101, is_wrong=is_silent(101)))
    rows.append(rows[0] | {"number": REPEATED + 1, "body": None})
    path = tmp_path_factory.mktemp("pool") / "pool.parquet"
    pyarrow.parquet.write_table(pa.Table.from_pylist(rows), path)
    return path


@pytest.fixture(scope="module")
def experiment(config: Path) -> Experiment:
    return read_experiment(config)


@pytest.fixture(scope="module")
def labels(
    corpus: Corpus,
    experiment: Experiment,
    pool: Path,
    study: InventedStudy,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The study's tables with one of distilled labels, and its texts with the pool's."""
    out = tmp_path_factory.mktemp("distilled") / "labels"
    out.mkdir()
    for path in study.labels.iterdir():
        (out / path.name).write_bytes(path.read_bytes())
    kept = out.parent / "kept"
    distil(corpus, experiment, [f"parquet:{pool}"], at_most=None, kept=kept, out=out)
    return out


@pytest.fixture(scope="module")
def fuller(labels: Path, pool: Path, study: InventedStudy) -> Corpus:
    hydrated = labels.parent / "hydrated"
    hydrated.mkdir()
    for path in study.hydrated.iterdir():
        (hydrated / path.name).write_bytes(path.read_bytes())
    hydrate(f"parquet:{pool}", hydrated, labels=labels)
    return load_corpus(hydrated, labels=labels, with_distilled=True)


def test_issues_with_a_body_and_without_a_label_are_scored(labels: Path) -> None:
    numbers = {label.number for label in read_table(DistilledLabel, labels)}

    assert numbers == {*range(FIRST, FIRST + POOL), REPEATED}


def test_the_teacher_tells_silent_bugs_apart(labels: Path) -> None:
    scores = {label.number: label.score for label in read_table(DistilledLabel, labels)}
    silent, others = (
        np.mean(
            [scores[number] for number in range(FIRST, FIRST + POOL) if is_silent(number) is so]
        )
        for so in (True, False)
    )

    assert silent > others


def test_an_interrupted_run_asks_the_teacher_no_question_twice(
    corpus: Corpus,
    experiment: Experiment,
    pool: Path,
    labels: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Silent:
        def predict(self, issues: object) -> Iterator[float]:
            raise AssertionError(f"{issues} were scored before")

    monkeypatch.setattr("training.distillation.fit_uncalibrated", lambda *_: Silent())
    before = (labels / "distilled.csv").read_bytes()
    kept = labels.parent / "kept"
    distil(corpus, experiment, [f"parquet:{pool}"], at_most=None, kept=kept, out=labels)

    assert (labels / "distilled.csv").read_bytes() == before


def test_a_sample_is_a_part_of_the_whole(
    corpus: Corpus, experiment: Experiment, pool: Path, labels: Path, tmp_path: Path
) -> None:
    source = [f"parquet:{pool}"]
    assert distil(corpus, experiment, source, at_most=9, kept=tmp_path / "kept", out=tmp_path) == 9
    few = {(key_of(label), label.score) for label in read_table(DistilledLabel, tmp_path)}
    all_ = {(key_of(label), label.score) for label in read_table(DistilledLabel, labels)}

    assert few < all_


def test_without_an_unlabelled_issue_there_is_nothing_to_do(
    corpus: Corpus, experiment: Experiment, tmp_path: Path
) -> None:
    rows = [{"repo": "octo/pool-1", "number": 101, "title": "t", "body": "b"}]
    path = tmp_path / "pool.parquet"
    pyarrow.parquet.write_table(pa.Table.from_pylist(rows), path)

    with pytest.raises(InputError, match="none with a body and without a label"):
        distil(corpus, experiment, [f"parquet:{path}"], at_most=None, kept=tmp_path, out=tmp_path)


def test_a_teacher_must_not_have_learned_from_the_study(
    corpus: Corpus, experiment: Experiment, pool: Path, tmp_path: Path
) -> None:
    data = DataSettings(issues=("mine.jsonl",), labels=Path("mine.csv"))
    own = experiment.model_copy(update={"data": data})

    with pytest.raises(InputError, match="the study would teach its teacher"):
        distil(corpus, own, [f"parquet:{pool}"], at_most=None, kept=tmp_path, out=tmp_path)


def test_distilled_issues_come_last_and_leave_all_else_as_it_was(
    corpus: Corpus, fuller: Corpus
) -> None:
    count = len(corpus.issues)

    assert fuller.issues[:count] == corpus.issues
    assert fuller.digest == corpus.digest
    assert fuller.distilled_digest != corpus.distilled_digest
    assert fuller.of("distilled").tolist() == list(range(count, count + POOL))  # the repeated once


def test_they_teach_how_to_read_and_are_not_tested(fuller: Corpus, experiment: Experiment) -> None:
    uses = experiment.targets.model_copy(update={"use_distilled": True})
    distilled, extra = fuller.of("distilled"), beside(fuller)
    rows = used_beside(fuller, extra, uses)
    part = training_part(fuller, rows, uses, (0.5,), extra=rows)
    taught, judged = (set(rows[mask]) for mask in (part.facets.is_taught, part.facets.is_judged))

    assert set(distilled) <= taught - judged
    assert not set(distilled) & set(used_beside(fuller, extra, experiment.targets))
    assert not np.isnan(part.facets.opinions[np.isin(rows, distilled)]).any()


@pytest.mark.parametrize(
    ("protocol", "are_used"), [("cv", True), ("temporal", False), ("transfer", False)]
)
def test_only_cross_validation_may_learn_from_a_teacher_that_knows_the_future(
    fuller: Corpus, experiment: Experiment, protocol: str, *, are_used: bool
) -> None:
    for part in parts_of(fuller, experiment.evaluation, protocol):  # type: ignore[arg-type]
        for split in part.splits:
            rows = np.concatenate([split.train, split.extra, split.test])
            assert np.isin(part.corpus.of("distilled"), rows).all() == (
                are_used or not part.corpus.of("distilled").size
            )


def test_a_fold_is_found_again_unless_it_learned_from_other_distilled_labels(
    corpus: Corpus, fuller: Corpus, experiment: Experiment, tmp_path: Path
) -> None:
    store = FoldStore(tmp_path)
    uses = experiment.model_copy(
        update={"targets": experiment.targets.model_copy(update={"use_distilled": True})}
    )
    keys = {
        (name, at): store.key(one, whole, part.truth, part.splits[0])
        for name, one in (("without", experiment), ("with", uses))
        for at, whole in enumerate((corpus, fuller))
        for part in parts_of(whole, one.evaluation, "cv")
    }

    assert keys["without", 0] == keys["without", 1]
    assert keys["with", 0] != keys["with", 1]


def test_distilled_labels_without_texts_are_an_error(labels: Path, study: InventedStudy) -> None:
    with pytest.raises(InputError, match="No issue with a distilled label has text"):
        load_corpus(study.hydrated, labels=labels, with_distilled=True)


def test_the_command_says_what_it_wrote(
    study: InventedStudy,
    config: Path,
    pool: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(labels_module, "labels_directory", lambda: study.labels)
    options = ["--data", str(study.hydrated), "--runs", str(tmp_path), "--out", str(tmp_path)]
    asked = ["labels", "distil", str(config), "--from", f"parquet:{pool}", "--at-most", "5"]
    answer = CliRunner().invoke(app, [*asked, *options])

    assert answer.exit_code == 0, answer.output
    assert f"{tmp_path / 'distilled.csv'}: 5 rows" in answer.stdout
