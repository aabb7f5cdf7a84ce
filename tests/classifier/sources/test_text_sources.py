import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from classifier.errors import InputError
from classifier.sources import Skipped, read_issues

Save = Callable[[str, bytes], str]
Pipe = Callable[[bytes], str]


def refuse(skipped: Skipped) -> None:
    pytest.fail(f"left out: {skipped}")


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def build(name: str, content: bytes) -> str:
        (tmp_path / name).write_bytes(content)
        return str(tmp_path / name)

    return build


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Pipe:
    def build(content: bytes) -> str:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
        return "-"

    return build


def titles(source: str) -> list[str]:
    return [issue.title for issue in read_issues([source], refuse)]


def read(source: str) -> tuple[list[str], list[Skipped]]:
    skipped: list[Skipped] = []
    issues = list(read_issues([source], skipped.append))
    return [issue.title for issue in issues], skipped


@pytest.mark.parametrize(
    "content",
    [
        b'\xef\xbb\xbf{"title": "a"}\n{"title": "b"}\n',
        b'{"title": "a"}\r\n{"title": "b"}\r\n',
        b'\n\n{"title": "a"}\n   \n{"title": "b"}',
        '{"title": "a"}\n{"title": "b"}'.encode("utf-16"),
    ],
    ids=["byte-order mark", "CRLF", "blank lines", "UTF-16"],
)
@pytest.mark.parametrize("kind", ["jsonl", "json", "stdin"])
def test_lines_are_read_whatever_a_tool_put_around_them(
    kind: str, content: bytes, save: Save, pipe: Pipe
) -> None:
    assert titles(pipe(content) if kind == "stdin" else save(f"x.{kind}", content)) == ["a", "b"]


def test_bytes_that_are_no_text_cost_one_character(save: Save) -> None:
    assert titles(save("x.jsonl", b'{"title": "caf\xe9!"}')) == ["caf\ufffd!"]


def test_a_line_of_megabytes_is_read(save: Save) -> None:
    line = json.dumps({"title": "big", "body": "x" * 5_000_000}).encode()

    assert titles(save("x.jsonl", line)) == ["big"]


@pytest.mark.parametrize(
    "line", [b"{", b'{"title": "x"', b"not json", b"[" * 200_000, b"9" * 5_000, b'{"title": "\n"}']
)
def test_a_broken_line_is_named_and_the_next_is_read(line: bytes, save: Save) -> None:
    path = save("x.jsonl", b'{"title": "a"}\n' + line + b'\n{"title": "b"}\n')

    found, skipped = read(path)

    assert found == ["a", "b"]
    assert skipped[0].place == f"{path}:2"
    assert skipped[0].is_broken


def test_a_line_may_hold_a_page(save: Save) -> None:
    path = save("x.jsonl", b'[{"title": "a"}, {"title": 1}]\n{"items": [{"title": "b"}]}\n')

    found, skipped = read(path)

    assert found == ["a", "b"]
    assert [skip.place for skip in skipped] == [f"{path}:1: row 2"]


def test_documents_may_follow_one_another(save: Save) -> None:
    pages = b'[\n  {"title": "a"}\n]\n[\n  {"title": "b"},\n  {"title": 0}\n]\n'
    path = save("x.json", pages)

    found, skipped = read(path)

    assert found == ["a", "b"]
    assert [skip.place for skip in skipped] == [f"{path}:4: row 2"]


def test_a_broken_document_is_an_error_with_its_line(save: Save) -> None:
    path = save("x.json", b'[\n  {"title": "a"},\n  oops\n]')

    with pytest.raises(InputError, match=r"x\.json:3: not JSON"):
        read(path)


@pytest.mark.parametrize(
    "content",
    [
        b'[\n  {"title": "a"},\n  {"title": "b"}\n]\n',
        b'[{"title": "a"},\n {"title": "b"}]',
        b'[{"title": "a"}, {"title": "b"}]',
        b'{\n  "items": [{"title": "a"}, {"title": "b"}]\n}',
        b'{"data": {"search":\n {"nodes": [{"title": "a"}, {"title": "b"}]}}}',
        b'{"items": [{"title": "a"}]}\n{"items": [{"title": "b"}]}\n',
        b'[\n{"title": "a"}\n]\n[\n{"title": "b"}\n]\n',
    ],
)
def test_standard_input_may_be_lines_or_a_document(content: bytes, pipe: Pipe) -> None:
    assert titles(pipe(content)) == ["a", "b"]


def test_lines_on_standard_input_may_begin_with_a_broken_one(pipe: Pipe) -> None:
    found, skipped = read(pipe(b'\n{"title": "x\n{"title": "a"}\n'))

    assert found == ["a"]
    assert [skip.place for skip in skipped] == ["standard input:2"]


def test_only_a_line_feed_ends_a_line_on_standard_input(pipe: Pipe) -> None:
    found, _ = read(pipe('{"title": "x\n{"title": "a\u2028b"}\n'.encode()))

    assert found == ["a\u2028b"]


def test_lines_on_standard_input_are_read_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    reading_end, writing_end = os.pipe()
    with os.fdopen(reading_end) as stdin, os.fdopen(writing_end, "wb", buffering=0) as pipe:
        monkeypatch.setattr("sys.stdin", stdin)
        issues = read_issues(["-"], refuse)

        for title in ("first", "second"):
            pipe.write(b'{"title": "%b"}\n' % title.encode())
            assert next(issues).title == title  # though the pipe is still open
        pipe.close()
        assert list(issues) == []


def test_csv_columns_come_in_any_order_and_letter_case(save: Save) -> None:
    path = save("x.csv", b"\xef\xbb\xbfNumber, Title ,BODY\r\n3,a,text\r\n")

    (issue,) = read_issues([path], refuse)

    assert (issue.key.number, issue.title, issue.body) == (3, "a", "text")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_may_be_delimited_as_spreadsheets_do(delimiter: str, save: Save) -> None:
    rows = [["title", "number"], ["a, b; c", "1"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)

    assert titles(save("x.csv", text.encode())) == ["a, b; c"]


def test_csv_rows_are_named_by_the_line_they_begin_on(save: Save) -> None:
    path = save("x.csv", b'title,body\na,"one\ntwo\nthree"\n,empty\nb,\n')

    found, skipped = read(path)

    assert found == ["a", "b"]
    assert [(skip.place, skip.reason) for skip in skipped] == [(f"{path}:5", "title is empty")]


def test_a_quote_that_is_never_closed_is_reported(save: Save) -> None:
    path = save("x.csv", b'title,body\na,b\nc,"never closed\nd,e\n')

    found, skipped = read(path)

    assert found == ["a"]
    assert [skip.place for skip in skipped] == [f"{path}:3"]
    assert skipped[0].reason.startswith("not CSV: ")


def test_csv_fields_may_be_long_and_rows_short_or_long(save: Save) -> None:
    body = b"x" * 500_000

    assert titles(save("x.csv", b"title,body\na,%b\nb\n\nc,d,e,f\n" % body)) == ["a", "b", "c"]
