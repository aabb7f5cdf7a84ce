"""The scorer's graph alone, its inputs made before: in the scorer's way, and in other ways."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from onnxruntime import InferenceSession, SessionOptions

from benchmarks.peers import CORES
from benchmarks.readings import inputs_for
from classifier.scorers.onnx import MODEL_FILE, Arrays, open_session

SERVED = f"an issue a call, {CORES} calls at a time: as silentrank does"
ALONE = f"an issue a call, {CORES} threads within a call"


def rates(directory: Path, path: Path) -> dict[str, float]:
    """Issues a second, in each way."""
    inputs = inputs_for(directory, path)
    model = str(directory / MODEL_FILE)
    session = open_session(model)
    ways: dict[str, Callable[[], object]] = {
        SERVED: lambda: in_parallel(session, inputs),
        ALONE: lambda: one_by_one(_threaded_session(model), inputs),
    }
    for one in inputs[: 2 * CORES]:
        session.run(None, dict(one))
    return {way: len(inputs) / seconds(run) for way, run in ways.items()}


def in_parallel(session: InferenceSession, inputs: Sequence[Arrays]) -> None:
    """Run each alone, as many at a time as there are cores."""
    with ThreadPoolExecutor(CORES) as pool:
        for _ in pool.map(lambda one: session.run(None, dict(one)), inputs):
            pass


def one_by_one(session: InferenceSession, inputs: Iterable[Arrays]) -> None:
    """Run one after the other."""
    for one in inputs:
        session.run(None, dict(one))


def seconds(run: Callable[[], object]) -> float:
    """Wall time of a call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _threaded_session(model: str) -> InferenceSession:
    options = SessionOptions()
    options.intra_op_num_threads = CORES
    options.log_severity_level = 3
    return InferenceSession(model, options, providers=["CPUExecutionProvider"])
