from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="needs the extra web")

from sqlalchemy import func, select

from benchmarks.subject import Subject
from benchmarks.web import Load, percentile, web
from benchmarks.web_data import fill
from benchmarks.web_server import serving
from classifier.web.duplicates import catch_up
from classifier.web.store.engine import open_engine, reading
from classifier.web.store.queue import Filter, page_of
from classifier.web.store.tables import DecisionRow, IssueRow


def test_a_percentile_is_what_so_many_do_not_exceed() -> None:
    values = [float(value) for value in range(100, 0, -1)]

    assert (percentile(values, 50), percentile(values, 95)) == (50.0, 95.0)
    assert percentile([7.0], 95) == percentile([7.0], 50) == 7.0


def test_the_database_is_the_same_every_time_and_leaves_nothing_to_do(tmp_path: Path) -> None:
    first, second = tmp_path / "first.db", tmp_path / "second.db"
    for path in (first, second):
        fill(path, 120, "silentrank-2026")

    assert _content(first) == _content(second)
    ids, _, decided = _content(first)
    assert ids == list(range(1, 121))
    assert decided == 2
    engine = open_engine(str(first))
    assert catch_up(engine) is None
    with reading(engine) as opened:
        found = page_of(
            opened, Filter(text="gradient", state="all", standing="all"), page=1, size=9
        )
    assert 0 < found.total < 120
    engine.dispose()


def test_a_server_that_does_not_start_is_no_measurement(tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError, match="no-such-model"),
        serving(tmp_path / "triage.db", ["--model", "no-such-model"]),
    ):
        pass


def test_without_its_packages_the_page_is_left_out_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.web.NEEDED", ("fastapi", "no_such_package"))
    subject = Subject("any", tmp_path, "onnx", 64)

    (row,) = web(Load(10, {1: 1}, 1, 1), None, subject, tmp_path / "web")

    assert row.values == ()
    assert row.note == "left out: no_such_package is not installed"


def _content(path: Path) -> tuple[list[int], list[float], int]:
    engine = open_engine(str(path))
    with reading(engine) as opened:
        rows = opened.execute(select(IssueRow.id, IssueRow.probability).order_by(IssueRow.id)).all()
        decided = opened.scalar(select(func.count(DecisionRow.id))) or 0
    engine.dispose()
    return [row.id for row in rows], [row.probability for row in rows], decided
