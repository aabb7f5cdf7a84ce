import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier.errors import InputError
from classifier.labels import MEANINGS, read_labels
from classifier.types import IssueKey

URL = "https://github.com/octo/demo/issues/"


def table(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_a_spreadsheet_of_addresses_and_labels_is_read(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "labels.csv",
        "URL, Label",
        f"{URL}1,silent",
        f"{URL}2, Not  Silent",
        f"{URL}3#issuecomment-9,",
        "https://api.github.com/repos/octo/demo/issues/4,SILENT",
        f"{URL}1,yes",
    )

    assert read_labels(path) == {
        IssueKey("octo/demo", 1): True,
        IssueKey("octo/demo", 2): False,
        IssueKey("octo/demo", 4): True,
    }


def test_repository_and_number_name_an_issue_too(tmp_path: Path) -> None:
    path = table(tmp_path, "labels.csv", "repo,number,label", "octo/demo,1,1.0", "octo/demo,2,no")

    assert read_labels(path) == {IssueKey("octo/demo", 1): True, IssueKey("octo/demo", 2): False}


def test_json_lines_say_label_or_silent_in_any_type(tmp_path: Path) -> None:
    rows = [
        {"url": f"{URL}1", "silent": True},
        {"repo": "octo/demo", "number": 2, "label": "not silent", "title": "t"},
        {"repo": "octo/demo", "number": "3", "silent": 0},
        {"url": f"{URL}4", "label": None},
        {"url": f"{URL}5", "label": "silent", "silent": True},
    ]
    path = table(tmp_path, "labels.jsonl", *map(json.dumps, rows), "")

    assert [(key.number, label) for key, label in read_labels(path).items()] == [
        (1, True),
        (2, False),
        (3, False),
        (5, True),
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    labels=st.dictionaries(
        st.integers(1, 10**9), st.sampled_from(sorted(MEANINGS)), min_size=1, max_size=8
    )
)
def test_what_is_written_is_read_whichever_way(tmp_path: Path, labels: dict[int, str]) -> None:
    lines = [json.dumps({"url": f"{URL}{n}", "label": said}) for n, said in labels.items()]
    rows = [f"octo/demo,{n},{said.upper()}" for n, said in labels.items()]
    expected = {IssueKey("octo/demo", n): MEANINGS[said] for n, said in labels.items()}

    assert read_labels(table(tmp_path, "a.jsonl", *lines)) == expected
    assert read_labels(table(tmp_path, "a.csv", "repo,number,silent", *rows)) == expected


@pytest.mark.parametrize("said", ["maybe", "silentt", "2", "nan", "not", "[]"])
def test_an_unknown_label_is_named_with_its_place(tmp_path: Path, said: str) -> None:
    path = table(tmp_path, "labels.csv", "url,label", f"{URL}1,silent", f"{URL}2,{said}")

    with pytest.raises(InputError) as caught:
        read_labels(path)
    assert str(caught.value) == f"{path}:3: '{said}' is no label"
    assert "not silent" in caught.value.hint


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ([f"{URL}1,silent", f"{URL}1,false"], ":3: octo/demo#1 is labelled both"),
        (["https://example.org/1,silent"], ":2: names no issue"),
        ([f"{URL}1,"], " labels no issue"),
        ([f'{URL}1,"silent'], ":2: not CSV: "),
        ([], " labels no issue"),
    ],
)
def test_a_table_that_makes_no_sense_says_where(
    tmp_path: Path, lines: list[str], complaint: str
) -> None:
    path = table(tmp_path, "labels.csv", "url,label", *lines)

    with pytest.raises(InputError) as caught:
        read_labels(path)
    assert str(caught.value).startswith(f"{path}{complaint}")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('{"url"', ":1: not JSON: "),
        ("[1, 2]", ":1: [1, 2] is no JSON object"),
        (f'{{"url": "{URL}1", "label": ["silent"]}}', ":1: ['silent'] is no label"),
        (f'{{"url": "{URL}1", "label": "silent", "silent": 0}}', ":1: 'silent' and 0 is no label"),
    ],
)
def test_a_json_line_that_makes_no_sense_says_where(
    tmp_path: Path, line: str, complaint: str
) -> None:
    path = table(tmp_path, "labels.jsonl", line)

    with pytest.raises(InputError) as caught:
        read_labels(path)
    assert str(caught.value).startswith(f"{path}{complaint}")


@pytest.mark.parametrize(
    ("header", "columns", "hint"),
    [
        ("URL, verdict", "url, verdict", "The first line must name the columns."),
        ("url;label", "url;label", "Save it with commas between the columns, not `;`."),
    ],
)
def test_a_table_without_a_column_of_labels_names_those_that_it_has(
    tmp_path: Path, header: str, columns: str, hint: str
) -> None:
    path = table(tmp_path, "labels.csv", header, f"{URL}1,silent")

    with pytest.raises(InputError) as caught:
        read_labels(path)
    assert str(caught.value) == f"{path} has the columns: {columns}; no column label or silent"
    assert caught.value.hint == hint


def test_another_kind_of_file_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    path = table(tmp_path, "labels.xlsx", "url,label")

    with pytest.raises(InputError, match="Cannot read labels") as caught:
        read_labels(path)
    assert ".csv, .jsonl" in caught.value.hint


@pytest.mark.parametrize("name", ["labels.xlsx", "labels.csv", "labels"])
def test_a_missing_file_is_said_to_be_missing_whatever_its_suffix(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(InputError, match="No such file or directory"):
        read_labels(tmp_path / name)
