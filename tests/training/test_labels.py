import csv
import json
from pathlib import Path

import pytest

from classifier.errors import InputError
from classifier.files import sha256_of
from classifier.types import IssueKey
from training.extraction import commits, extract_labels, versions
from training.labels import (
    MANIFEST,
    TABLES,
    DistilledLabel,
    SilverLabel,
    StudyLabel,
    SurveyRating,
    TitleLabel,
    ZeroShotScore,
    keys_of,
    labels_directory,
    read_table,
    write_table,
)

COMMITTED = Path(__file__).parents[2] / "data" / "labels"


def test_the_committed_tables_match_their_checksums_and_row_counts() -> None:
    tables = json.loads((COMMITTED / MANIFEST).read_text())["tables"]
    assert sorted(tables) == sorted(path.name for path in COMMITTED.glob("*.csv"))
    for name, facts in tables.items():
        content = (COMMITTED / name).read_bytes()
        assert sha256_of(content) == facts["sha256"]
        assert len(list(csv.DictReader(content.decode().splitlines()))) == facts["rows"]


@pytest.mark.parametrize("row_type", [kind for kind in TABLES if kind is not DistilledLabel])
def test_every_committed_table_can_be_read(row_type: type[StudyLabel]) -> None:
    assert read_table(row_type)


def test_committed_tables_name_each_issue_once_and_in_order() -> None:
    for keys in (
        keys_of(read_table(StudyLabel)),
        keys_of(read_table(SilverLabel)),
        keys_of(read_table(TitleLabel)),
        keys_of(read_table(ZeroShotScore)),
    ):
        assert keys == sorted(set(keys))


def test_the_study_and_the_silver_labels_share_no_issue() -> None:
    assert not set(keys_of(read_table(StudyLabel))) & set(keys_of(read_table(SilverLabel)))


def test_the_votes_add_up_and_only_silent_bugs_have_a_scenario() -> None:
    for label in read_table(StudyLabel):
        assert label.votes == label.vote_1 + label.vote_2 + label.vote_3
        assert label.silent == (label.scenario is not None)


def test_the_committed_tables_are_what_the_command_extracts(
    shared_data: Path, tmp_path: Path
) -> None:
    extract_labels(shared_data, tmp_path)
    for path in COMMITTED.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_committed_tables_hold_no_title_of_the_study(shared_data: Path) -> None:
    pyarrow_parquet = pytest.importorskip("pyarrow.parquet")
    table = pyarrow_parquet.read_table(shared_data / "silent_bug_study.parquet", columns=["title"])
    text = "".join(path.read_text() for path in COMMITTED.glob("*.csv"))
    assert [title for title in table["title"].to_pylist() if title in text] == []


def test_extracting_twice_gives_the_same_bytes(invented_data: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert extract_labels(invented_data, first) == extract_labels(invented_data, second)
    assert [path.read_bytes() for path in sorted(first.iterdir())] == [
        path.read_bytes() for path in sorted(second.iterdir())
    ]


def test_extraction_keeps_facts_and_drops_what_people_wrote_around_them(labels: Path) -> None:
    first = read_table(StudyLabel, labels)[0]
    assert (first.number, first.scenario, first.impact) == (1, "saveload", 4)
    assert first.buggy_version == ("2.0-alpha",)
    assert first.fixed_version == ("nightly", "2.4")
    assert first.fixing_commit == ("a" * 40, "b" * 40)
    assert "Title" not in (labels / "study.csv").read_text()


def test_a_scenario_has_one_name_in_all_tables(labels: Path) -> None:
    assert [label.scenario for label in read_table(SilverLabel, labels)] == [None, "saveload"]
    assert [label.impact for label in read_table(SilverLabel, labels)] == [None, 3]
    assert read_table(SurveyRating, labels)[0].scenario == "parameter"


def test_an_unknown_title_label_stays_unknown(labels: Path) -> None:
    titles = read_table(TitleLabel, labels)
    assert [title.silent for title in titles] == [True, False, None, None]
    assert [title.silent_strict for title in titles] == [True, False, False, None]


def test_keys_say_which_issue_a_row_is_about(labels: Path) -> None:
    assert keys_of(read_table(ZeroShotScore, labels)) == [IssueKey("octo/grad", 1)]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2.1.0-dev20191108. Gist: https://example.org/a/1.2", "2.1.0-dev20191108"),
        ("2,2", "2.2"),
        ("2.0 beta1", "2.0-beta1"),
        ("TF v2.2 and TF v2.3", "2.2;2.3"),
        ("not reproducible, we should try", ""),
    ],
)
def test_versions_are_all_that_is_kept(written: str, kept: str) -> None:
    assert versions(written) == kept


def test_only_full_commit_hashes_are_kept() -> None:
    assert commits(f"see {'0a' * 20} or pull request 12, abcdef0") == "0a" * 20


def test_extracting_again_leaves_distilled_labels_alone(invented_data: Path, labels: Path) -> None:
    assert read_table(DistilledLabel, labels) == []
    write_table(DistilledLabel, [("octo/b", "2", "7.5"), ("octo/a", "10", "0.25")], labels)
    extract_labels(invented_data, labels)
    assert read_table(DistilledLabel, labels) == [
        DistilledLabel("octo/a", 10, 0.25),
        DistilledLabel("octo/b", 2, 7.5),
    ]


def test_a_changed_table_is_refused(labels: Path) -> None:
    path = labels / "silver.csv"
    path.write_text(path.read_text().replace("87.5", "12.5"))
    with pytest.raises(InputError, match=r"silver\.csv has changed: SHA-256"):
        read_table(SilverLabel, labels)


def test_a_missing_table_is_named(labels: Path) -> None:
    (labels / "silver.csv").unlink()
    with pytest.raises(InputError, match=r"Cannot read the label table .*silver\.csv"):
        read_table(SilverLabel, labels)


def test_a_bad_cell_is_named_with_its_place(labels: Path) -> None:
    path = labels / "silver.csv"
    content = path.read_text().replace("87.5", "870").encode()
    path.write_bytes(content)
    tables = json.loads((labels / MANIFEST).read_text())
    tables["tables"]["silver.csv"]["sha256"] = sha256_of(content)
    (labels / MANIFEST).write_text(json.dumps(tables))
    with pytest.raises(InputError, match=r"silver\.csv, line 3, column score: .*'870'"):
        read_table(SilverLabel, labels)


def test_a_folder_without_the_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"Cannot read .*silent_bug_study"):
        extract_labels(tmp_path, tmp_path / "out")


def test_a_checkout_finds_its_tables() -> None:
    assert (labels_directory() / MANIFEST).is_file()
