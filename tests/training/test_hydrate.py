import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent

import pyarrow.parquet
import pytest

from classifier.errors import InputError
from classifier.types import IssueKey
from training.hydrate import coverage, hydrate
from training.shards import list_shards, read_shards

BUG = "<bug id='{0}' open_date='2020-05-17T08:30:00Z'><summary>T {0}</summary></bug>"


def test_only_labelled_texts_are_kept(invented_data: Path, labels: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    source = f"parquet:{invented_data / 'dl_bug_reports_unlabelled.parquet'}"
    report = hydrate(source, out, labels=labels)
    assert (report.read, report.stored, report.unlabelled) == (3, 2, 1)
    assert sorted(key.number for key in read_shards(out)) == [10, 11]


def test_the_report_says_what_is_missing(invented_data: Path, labels: Path, tmp_path: Path) -> None:
    source = f"parquet:{invented_data / 'silent_bug_study.parquet'}"
    report = hydrate(source, tmp_path / "out", labels=labels)
    study, silver, titles, _ = report.coverage
    assert (study.table, study.labelled, study.with_text) == ("study", 3, 2)
    assert study.missing == (IssueKey("octo/grad", 2),)  # its text has no body
    assert (silver.with_text, titles.with_text) == (0, 0)
    assert str(report).splitlines()[1:3] == [
        "study: 2 of 3 issues have text",
        "  missing: octo/grad#2",
    ]
    assert report.coverage == coverage(tmp_path / "out", labels=labels)


def test_a_long_list_of_missing_issues_is_cut(labels: Path, tmp_path: Path) -> None:
    folder = tmp_path / "octo+grad"
    folder.mkdir()
    (folder / "1.xml").write_text(BUG.format(1))
    report = hydrate(f"denchmark:{folder}", tmp_path / "out", labels=labels)
    titles = report.coverage[-1]
    longer = type(titles)(titles.table, 8, tuple(IssueKey("o/f", n) for n in range(8)))
    text = str(type(report)(report.source, 1, 1, 0, (longer,)))
    assert text.endswith("missing: o/f#0, o/f#1, o/f#2, o/f#3, o/f#4 and 3 more")


def test_sources_add_up_in_any_order(invented_data: Path, labels: Path, tmp_path: Path) -> None:
    names = ["silent_bug_study", "dl_bug_reports_unlabelled", "pytorch_silent_titles_until_2023"]
    for name in names:
        hydrate(f"parquet:{invented_data / name}.parquet", tmp_path / "a", labels=labels)
    for name in reversed(names):
        hydrate(f"parquet:{invented_data / name}.parquet", tmp_path / "b", labels=labels)
    assert read_shards(tmp_path / "a") == read_shards(tmp_path / "b")
    assert [table.with_text for table in coverage(tmp_path / "a", labels=labels)] == [2, 2, 4, 0]


def test_a_second_run_finds_all_there_and_writes_nothing(
    invented_data: Path, labels: Path, tmp_path: Path
) -> None:
    source, out = f"parquet:{invented_data / 'silent_bug_study.parquet'}", tmp_path / "out"
    hydrate(source, out, labels=labels)
    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    assert hydrate(source, out, labels=labels).stored == 0
    assert {path: path.stat().st_mtime_ns for path in out.iterdir()} == before


def test_a_source_that_breaks_off_leaves_what_was_read(labels: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "octo+grad", tmp_path / "out"
    folder.mkdir()
    for number in (1, 2, 3):
        (folder / f"{number}.xml").write_text(BUG.format(number))
    (folder / "3.xml").write_text("<bug")
    with pytest.raises(InputError, match=r"3\.xml"):
        hydrate(f"denchmark:{folder}", out, labels=labels, shard_rows=1)
    assert sorted(key.number for key in read_shards(out)) == [1, 2]
    (folder / "3.xml").write_text(BUG.format(3))
    assert hydrate(f"denchmark:{folder}", out, labels=labels, shard_rows=1).stored == 1


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_run_goes_on_where_it_stopped(
    stop: signal.Signals, labels: Path, tmp_path: Path
) -> None:
    folder, out = tmp_path / "octo+grad", tmp_path / "out"
    folder.mkdir()
    for number in (1, 2):
        (folder / f"{number}.xml").write_text(BUG.format(number))
    os.mkfifo(folder / "3.xml")  # the run waits here until it is stopped
    program = f"""
        import signal  # a background job's children ignore SIGINT unless told otherwise
        signal.signal(signal.SIGINT, signal.default_int_handler)
        from pathlib import Path
        from training.hydrate import hydrate
        hydrate("denchmark:{folder}", Path("{out}"), labels=Path("{labels}"), shard_rows=1)
    """
    process = subprocess.Popen([sys.executable, "-c", dedent(program)], stderr=subprocess.DEVNULL)
    while process.poll() is None and len(list_shards(out)) < 2:
        time.sleep(0.01)
    process.send_signal(stop)
    assert process.wait(timeout=30) != 0
    (folder / "3.xml").unlink()
    (folder / "3.xml").write_text(BUG.format(3))
    report = hydrate(f"denchmark:{folder}", out, labels=labels, shard_rows=1)
    assert (report.read, report.stored) == (3, 1)
    assert not [path for path in out.iterdir() if path.name.startswith(".")]


def test_a_damaged_shard_is_named_and_made_again_once_deleted(
    invented_data: Path, labels: Path, tmp_path: Path
) -> None:
    source, out = f"parquet:{invented_data / 'silent_bug_study.parquet'}", tmp_path / "out"
    hydrate(source, out, labels=labels)
    path = out / list_shards(out)[0].name
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"?")
    with pytest.raises(InputError, match=f"The shard .*{path.name} is damaged") as caught:
        hydrate(source, out, labels=labels)
    assert "Delete the file" in caught.value.hint
    path.unlink()
    with pytest.raises(InputError, match=f"Cannot read the shard .*{path.name}"):
        read_shards(out)
    hydrate(source, out, labels=labels)
    assert path.read_bytes() == whole


@pytest.mark.parametrize("content", ["", "[]", '{"shards": [{"name": 1}]}'])
def test_a_damaged_manifest_is_named(content: str, labels: Path, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(InputError, match=r"Cannot read .*manifest\.json"):
        coverage(tmp_path, labels=labels)


def test_shards_are_plain_parquet(invented_data: Path, labels: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    hydrate(f"parquet:{invented_data / 'silent_bug_study.parquet'}", out, labels=labels)
    (shard,) = list_shards(out)
    table = pyarrow.parquet.read_table(out / shard.name)
    assert table.num_rows == shard.rows == 3


def test_a_place_that_cannot_be_written_is_named(
    invented_data: Path, labels: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    source = f"parquet:{invented_data / 'silent_bug_study.parquet'}"
    with pytest.raises(InputError, match=r"Cannot write .*file"):
        hydrate(source, tmp_path / "file" / "out", labels=labels)
