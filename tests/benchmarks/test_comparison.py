import warnings
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.comparison import Peers, beside, seconds
from benchmarks.issues import write_issues
from benchmarks.peers import PEERS, main
from benchmarks.processes import Usage
from benchmarks.rows import Row
from benchmarks.targets import targets


def test_a_target_says_what_was_asked_what_was_reached_and_whether_that_is_enough() -> None:
    torch = "transformers pipeline, torch fp32"
    rows = [
        Row("Start to end, one issue", "silentrank score", "s", (1.0, 0.9, 1.1)),
        Row("Start to end, one issue", torch, "s", (4.0,)),
        Row("Peak memory, one issue", "silentrank score", "MB", (100.0,)),
        Row("Peak memory, one issue", torch, "MB", (), "left out: torch is not installed"),
        Row("The Action, packages installed", "an event to its comment", "s", (3.1, 3.2, 2.0)),
        Row("Throughput", "silentrank rank, 20 issues", "issues/s", (100.0,)),
        Row("Throughput", f"{torch}, 20 issues", "issues/s", (20.0,)),
    ]

    assert [(row.what, row.values, row.note) for row in targets(rows, 20)] == [
        (f"one issue, time beside {torch}", (0.25,), "at most 0.2: missed"),
        (f"throughput beside {torch}, 20 issues", (5.0,), "at least 4: met"),
        ("an event to its comment", (3.1,), "at most 3: missed"),
    ]


def test_a_peer_whose_packages_are_missing_is_left_out_with_the_reason(tmp_path: Path) -> None:
    peers = Peers(["torch-fp32"], tmp_path, 64, "torch is not installed")
    own = [Usage(1.0, 80.0)]

    (row,) = beside(own, [seconds("Time")], peers, tmp_path / "one.jsonl", runs=3)

    assert row.values == ()
    assert row.note in {
        "left out: torch is not installed",
        "left out: transformers is not installed",
    }


def test_a_peer_that_fails_is_left_out_with_its_last_words(tmp_path: Path) -> None:
    peers = Peers(["onnx-fp32"], tmp_path, 64)
    if PEERS["onnx-fp32"].missing:
        pytest.skip("needs the extra transformer")

    (row,) = beside([Usage(1.0, 80.0)], [seconds("Time")], peers, tmp_path / "no.jsonl", runs=1)

    assert "No such file" in row.note


def test_peers_read_the_same_encoder(
    tiny_base: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if find_spec("sentence_transformers") is None:
        pytest.skip("needs sentence-transformers")
    from benchmarks.prepare import prepare  # noqa: PLC0415 - needs torch

    issues = tmp_path / "issues.jsonl"
    write_issues(issues, 3)
    monkeypatch.setattr("benchmarks.peers.CORES", 1)
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):  # which it sets
        monkeypatch.setenv(name, "1")

    def scores(name: str) -> list[float]:
        monkeypatch.setattr("sys.argv", ["peers", name, str(tmp_path), str(issues), "64"])
        main()
        return [float(line) for line in capsys.readouterr().out.splitlines()]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # other people's
        prepare(tmp_path, str(tiny_base), None, 64)
        by_torch, by_onnx = scores("sentences"), scores("onnx-fp32")

    assert len(set(by_torch)) == 3
    assert by_torch == pytest.approx(by_onnx, abs=1e-6)
