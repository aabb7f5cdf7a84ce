"""What holds for every source in SOURCES."""

import contextlib
import csv
import io
import json
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier.errors import InputError, MissingExtraError
from classifier.sources import SOURCES, Skipped, read_issues
from classifier.types import Issue, IssueKey

Row = Mapping[str, Any]


def refuse(skipped: Skipped) -> None:
    pytest.fail(f"left out: {skipped}")


def csv_bytes(rows: Sequence[Row]) -> bytes:
    stream = io.StringIO()
    table = csv.DictWriter(stream, fieldnames=list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    return stream.getvalue().encode()


def parquet_bytes(rows: Sequence[Row]) -> bytes:
    pyarrow = pytest.importorskip("pyarrow", reason="needs the extra parquet")
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    sink = pyarrow.BufferOutputStream()
    parquet.write_table(pyarrow.Table.from_pylist(list(rows)), sink)
    return bytes(sink.getvalue())


def lines_bytes(rows: Sequence[Row]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


ENCODERS: Mapping[str, Callable[[Sequence[Row]], bytes]] = {
    "jsonl": lines_bytes,
    "csv": csv_bytes,
    "parquet": parquet_bytes,
    "json": lambda rows: json.dumps(rows, indent=2).encode(),
    "stdin": lines_bytes,
}

# not from files: what a row is, GitHub says; see tests/classifier/sources/test_github.py
ELSEWHERE = {"github"}
FROM_FILES = [kind for kind in SOURCES if kind not in ELSEWHERE]

Give = Callable[[str, Sequence[Row]], str]


@pytest.fixture
def give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Give:
    """Make a source of some kind that has the rows, and say how it is written."""

    def build(kind: str, rows: Sequence[Row]) -> str:
        content = ENCODERS[kind](rows)
        if kind == "stdin":
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
            return "-"
        path = tmp_path / f"issues.{kind}"
        path.write_bytes(content)
        return str(path)

    return build


def test_every_source_is_under_contract() -> None:
    assert set(ENCODERS) | ELSEWHERE == set(SOURCES)


@pytest.mark.parametrize("kind", FROM_FILES)
def test_all_that_an_issue_has_arrives(kind: str, give: Give) -> None:
    row = {
        "title": 'Loss ignores ｗｅｉｇｈｔｓ, "quoted"',  # noqa: RUF001 - full-width survives
        "body": "First line\r\nsecond; line\n\n```python\nprint(1)\n```\n",
        "repo": "octo/demo",
        "number": 12,
        "url": "https://github.com/octo/demo/issues/12",
        "created_at": "2024-05-06T07:08:09Z",
        "nonsense": "is ignored",
    }

    issues = list(read_issues([give(kind, [row])], refuse))

    assert issues == [
        Issue(
            IssueKey("octo/demo", 12),
            str(row["title"]),
            str(row["body"]),
            datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
            str(row["url"]),
        )
    ]


@pytest.mark.parametrize("kind", FROM_FILES)
def test_a_title_is_enough(kind: str, give: Give) -> None:
    assert list(read_issues([give(kind, [{"title": "Only this"}])], refuse)) == [
        Issue(IssueKey(), "Only this")
    ]


@pytest.mark.parametrize("kind", FROM_FILES)
def test_an_absent_body_is_an_empty_one(kind: str, give: Give) -> None:
    rows: list[Row] = [{"title": "a", "body": "text"}, {"title": "b", "body": None}]

    assert [issue.body for issue in read_issues([give(kind, rows)], refuse)] == ["text", ""]


@pytest.mark.parametrize("kind", FROM_FILES)
def test_a_row_without_title_is_reported_with_its_place_and_the_rest_is_read(
    kind: str, give: Give
) -> None:
    rows: list[Row] = [
        {"title": "a", "body": "1"},
        {"title": None, "body": "2"},
        {"title": "c", "body": "3"},
    ]
    skipped: list[Skipped] = []

    source = give(kind, rows)
    issues = list(read_issues([source], skipped.append))

    name = "standard input" if kind == "stdin" else source
    places = {"csv": f"{name}:3", "json": f"{name}: row 2", "parquet": f"{name}: row 2"}
    assert [issue.title for issue in issues] == ["a", "c"]
    assert [skip.place for skip in skipped] == [places.get(kind, f"{name}:2")]
    assert skipped[0].reason in {"title is missing", "title is empty"}
    assert skipped[0].is_broken


@pytest.mark.parametrize("kind", FROM_FILES)
def test_whoever_hears_of_a_skipped_row_may_stop_there(kind: str, give: Give) -> None:
    def stop(skipped: Skipped) -> None:
        raise InputError(skipped.reason)

    source = give(kind, [{"title": "a", "body": "1"}, {"title": None, "body": "2"}])

    with pytest.raises(InputError, match=r"title is (missing|empty)"):
        list(read_issues([source], stop))


@pytest.mark.parametrize("kind", [kind for kind in FROM_FILES if kind != "stdin"])
def test_a_missing_file_is_named(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"absent.{kind}"

    with pytest.raises(InputError, match=r"Cannot read .*absent.*: No such file") as caught:
        list(read_issues([str(path)], refuse))
    assert caught.value.hint


@pytest.mark.parametrize("kind", [kind for kind in FROM_FILES if kind != "stdin"])
def test_the_kind_can_be_named_where_the_suffix_does_not_tell(
    kind: str, give: Give, tmp_path: Path
) -> None:
    path = tmp_path / "download"
    Path(give(kind, [{"title": "a"}])).rename(path)

    assert [issue.title for issue in read_issues([f"{kind}:{path}"], refuse)] == ["a"]


@pytest.mark.parametrize("kind", [kind for kind in FROM_FILES if kind != "parquet"])
def test_an_empty_file_has_no_issues(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    path = tmp_path / f"empty.{kind}"
    path.touch()

    source = "-" if kind == "stdin" else str(path)
    assert list(read_issues([source], refuse)) == []


def test_sources_are_read_one_after_the_other(give: Give) -> None:
    first = give("jsonl", [{"title": "a"}])
    second = give("csv", [{"title": "b"}])

    assert [issue.title for issue in read_issues([first, second], refuse)] == ["a", "b"]


@pytest.mark.parametrize("source", ["issues.xlsx", "issues", "jira:PROJECT"])
def test_an_unknown_kind_lists_the_known_ones_before_anything_is_read(source: str) -> None:
    with pytest.raises(InputError, match=f"Unknown kind of source: {source}") as caught:
        read_issues(["absent.jsonl", source], refuse)
    assert all(kind in caught.value.hint for kind in SOURCES)


def test_parquet_without_pyarrow_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(MissingExtraError) as caught:
        list(read_issues(["issues.parquet"], refuse))
    assert caught.value.hint == "Run `pip install 'silentrank[parquet]'`."


def test_a_broken_parquet_file_is_an_error_of_one_line(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="needs the extra parquet")
    path = tmp_path / "broken.parquet"
    path.write_bytes(b"PAR1 and then nothing that helps")

    with pytest.raises(InputError, match=r"Cannot read .*broken\.parquet") as caught:
        list(read_issues([str(path)], refuse))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_columns_without_a_title_are_listed(kind: str, give: Give) -> None:
    with pytest.raises(InputError, match="has no title column, only: subject, body"):
        list(read_issues([give(kind, [{"subject": "a", "body": "b"}])], refuse))


@pytest.mark.parametrize("kind", [kind for kind in FROM_FILES if kind != "stdin"])
@given(
    content=st.binary()
    | st.lists(
        st.sampled_from(
            [
                b"title",
                b'"',
                b",",
                b"\n",
                b"\r",
                b"[",
                b"]",
                b"{",
                b"}",
                b":",
                b"\0",
                b"\xff",
                b"PAR1",
            ]
        )
    ).map(b"".join)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_give_issues_or_reasons(tmp_path: Path, kind: str, content: bytes) -> None:
    path = tmp_path / f"issues.{kind}"
    path.write_bytes(content)
    skipped: list[Skipped] = []

    with contextlib.suppress(InputError):
        for issue in read_issues([str(path)], skipped.append):
            assert issue.title.strip()
    assert all(skip.reason and skip.place.startswith(str(path)) for skip in skipped)


@pytest.mark.parametrize("kept", range(0, 1500, 100))
def test_a_truncated_parquet_file_is_refused(kept: int, tmp_path: Path) -> None:
    path = tmp_path / "issues.parquet"
    content = parquet_bytes([{"title": "t" * 500, "body": "b", "number": 1}])
    assert len(content) > kept
    path.write_bytes(content[:kept])

    with pytest.raises(InputError, match="Cannot read"):
        list(read_issues([str(path)], refuse))


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_parquet_file_gives_issues_or_an_error(seed: int, tmp_path: Path) -> None:
    rows = [{"title": f"title {n}", "body": "b" * n, "number": n} for n in range(20)]
    content = bytearray(parquet_bytes(rows))
    damage = random.Random(seed)  # noqa: S311 - which bytes is no secret
    for _ in range(5):
        content[damage.randrange(len(content))] = damage.randrange(256)
    path = tmp_path / "issues.parquet"
    path.write_bytes(content)

    with contextlib.suppress(InputError):
        assert list(read_issues([str(path)], lambda _: None))


def test_a_parquet_text_that_is_no_text_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "issues.parquet"
    path.write_bytes(parquet_bytes([{"title": "abcdef"}]).replace(b"abcdef", b"abc\xd2\xd2f"))

    with pytest.raises(InputError, match=r"Cannot read .* can't decode byte"):
        list(read_issues([str(path)], refuse))
