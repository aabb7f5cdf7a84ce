from datetime import UTC, datetime
from functools import reduce
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import InputError
from classifier.types import IssueKey
from training.issue_text import IssueText, merge
from training.text_sources import TEXT_SOURCES, read_text_source
from training.text_sources.denchmark import rendered

BUG = """<bug id='7' author='ada' open_date='2020-05-17T08:30:00Z' closed_time=''>
  <summary>a-&amp;gt;b is lost</summary>
  <description>
&lt;denchmark-h:h3&gt;What happens&lt;/denchmark-h&gt;

See &lt;denchmark-link:https://example.org/a&gt;here&lt;/denchmark-link&gt;:
&lt;denchmark-code&gt;x &amp;lt; 1
&lt;/denchmark-code&gt;



&lt;denchmark-h:hr&gt;&lt;/denchmark-h&gt;
&lt;denchmark-link:https://example.org/b.png&gt;&lt;/denchmark-link&gt;
  </description>
  <comments><comment id='1' author='bob' date='2020-05-18T00:00:00Z'>not read</comment></comments>
</bug>"""
RENDERED = """### What happens

See [here](https://example.org/a):

```
x &lt; 1
```

https://example.org/b.png"""
BILLION_LAUGHS = """<!DOCTYPE bug [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<bug id='1' open_date='2020-05-17T08:30:00Z'><summary>&b;</summary></bug>"""


@pytest.fixture
def denchmark(tmp_path: Path) -> Path:
    folder = tmp_path / "full" / "octo+grad"
    folder.mkdir(parents=True)
    (folder / "7.xml").write_text(BUG)
    (folder / "10.xml").write_text(BUG.replace("id='7'", "id='10'"))
    return folder.parent


@pytest.mark.parametrize("name", TEXT_SOURCES)
def test_every_text_source_names_what_it_cannot_read(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="absent") as caught:
        list(read_text_source(f"{name}:{tmp_path / 'absent'}"))
    assert caught.value.hint


@pytest.mark.parametrize("source", ["tarball:x", "parquet", "", "/data/study.parquet"])
def test_an_unknown_source_lists_the_known(source: str) -> None:
    with pytest.raises(InputError, match="Unknown text source") as caught:
        read_text_source(source)
    assert "parquet" in caught.value.hint
    assert "denchmark" in caught.value.hint


def test_denchmarks_folders_name_the_repository_and_its_marks_become_markdown(
    denchmark: Path,
) -> None:
    first, second = read_text_source(f"denchmark:{denchmark}")
    assert first == IssueText(
        key=IssueKey("octo/grad", 7),
        title="a->b is lost",
        body=RENDERED,
        opened_at=datetime(2020, 5, 17, 8, 30, tzinfo=UTC),
    )
    assert second.key.number == 10


def test_a_named_repository_goes_before_the_folders(denchmark: Path) -> None:
    texts = read_text_source(f"denchmark:{denchmark}?repo=octo/flame")
    assert {text.key.repo for text in texts} == {"octo/flame"}


def test_a_folder_that_names_no_repository_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    folder.mkdir()
    (folder / "7.xml").write_text(BUG)
    with pytest.raises(InputError, match=r"Cannot tell the repository of .*'sample'"):
        list(read_text_source(f"denchmark:{folder}"))


@pytest.mark.parametrize(
    "content", ["", "<bug", "<bug/>", "<bug id='x' open_date=''/>", BILLION_LAUGHS]
)
def test_a_file_that_is_not_denchmarks_is_named(denchmark: Path, content: str) -> None:
    (denchmark / "octo+grad" / "7.xml").write_text(content)
    with pytest.raises(InputError, match=r"Cannot read .*7\.xml"):
        list(read_text_source(f"denchmark:{denchmark}"))


@given(st.text(st.sampled_from("<>/ad\n`:h1") | st.characters(codec="utf-8")))
def test_text_without_denchmarks_marks_keeps_its_words(text: str) -> None:
    assert rendered(text).split() == text.split()


def test_unclosed_marks_stay_as_they_are() -> None:
    text = "<denchmark-code>" * 3 + "x" + "<denchmark-link:" * 3
    assert rendered(text) == text


def test_denchmarks_files_read_as_the_parquet_files_do(shared_data: Path) -> None:
    folder = shared_data / "denchmark_sample"
    samples = list(read_text_source(f"denchmark:{folder}?repo=tensorflow/tensorflow"))
    pool = read_text_source(f"parquet:{shared_data / 'dl_bug_reports_unlabelled.parquet'}")
    known = {text.key: text for text in pool}
    assert len(samples) == 30
    assert samples == [known[sample.key] for sample in samples]


def test_parquet_dates_may_be_text_or_timestamps(tmp_path: Path) -> None:
    moment = datetime(2020, 5, 17, 8, 30, tzinfo=UTC)
    read: list[IssueText] = []
    for column, value in [
        ("opened_at", "2020-05-17T10:30:00+02:00"),
        ("created_at", "2020-05-17T08:30:00Z"),
        ("opened_at", moment),
        ("opened_at", moment.replace(tzinfo=None)),
    ]:
        row = {"repo": "octo/grad", "number": 1, "title": "Title", column: value}
        pyarrow.parquet.write_table(pa.Table.from_pylist([row]), tmp_path / "x.parquet")
        read.extend(read_text_source(f"parquet:{tmp_path / 'x.parquet'}"))
    assert [text.opened_at for text in read] == [moment] * 4
    assert {text.body for text in read} == {None}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"repo": "octo/grad", "number": 1}, "no column 'title'"),
        ({"repo": "octo/grad", "number": 1, "title": None}, "a row whose title is None"),
        ({"repo": "octo/grad", "number": "1", "title": "t"}, "a row whose number is '1'"),
        (
            {"repo": "octo/grad", "number": 1, "title": "t", "opened_at": "yesterday"},
            "opening date that is none: 'yesterday'",
        ),
    ],
)
def test_a_parquet_file_that_does_not_fit_says_why(
    tmp_path: Path, row: dict[str, object], message: str
) -> None:
    pyarrow.parquet.write_table(pa.Table.from_pylist([row]), tmp_path / "x.parquet")
    with pytest.raises(InputError, match=message):
        list(read_text_source(f"parquet:{tmp_path / 'x.parquet'}"))


few_words = st.text("ab", max_size=2)  # so that ties are common
texts_of_one_issue = st.builds(
    IssueText,
    key=st.just(IssueKey("octo/grad", 1)),
    title=few_words,
    body=st.none() | few_words,
    body_markdown=st.none() | few_words,
    opened_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)


@given(st.permutations(range(3)), st.tuples(*[texts_of_one_issue] * 3))
def test_what_sources_know_together_does_not_depend_on_their_order(
    order: list[int], texts: tuple[IssueText, IssueText, IssueText]
) -> None:
    in_order = reduce(merge, texts, None)
    assert in_order == reduce(merge, [texts[index] for index in order], None)
    assert in_order is not None
    assert all(merge(in_order, text) == in_order for text in texts)


@given(texts_of_one_issue, texts_of_one_issue)
def test_merging_forgets_nothing_known(first: IssueText, second: IssueText) -> None:
    merged = merge(first, second)
    for field in ("body", "body_markdown", "opened_at"):
        known = [getattr(text, field) for text in (first, second)]
        assert (getattr(merged, field) is None) == (known == [None, None])
