"""The scorer's graph alone, its inputs made before: in the scorer's way, and in other ways."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from onnxruntime import InferenceSession, SessionOptions

from benchmarks.peers import CORES
from benchmarks.readings import inputs_for
from classifier.scorers.onnx import MODEL_FILE, Arrays, open_session

BUDGETS = (1_024, 4_096)  # tokens a batch, filling included
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
    for budget in BUDGETS:
        batches = list(padded_batches(inputs, budget))
        ways[f"batches up to {budget:,} tokens, {CORES} at a time"] = _parallel(session, batches)
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


def padded_batches(inputs: Sequence[Arrays], budget: int) -> Iterator[Arrays]:
    """Join neighbours, the longest first, filled up to it, within ``budget`` tokens a batch."""
    batch: list[Arrays] = []
    for one in inputs:
        longest = batch[0]["input_ids"].shape[1] if batch else 0
        if batch and (len(batch) + 1) * longest > budget:
            yield _joined(batch)
            batch = []
        batch.append(one)
    if batch:
        yield _joined(batch)


def seconds(run: Callable[[], object]) -> float:
    """Wall time of a call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _parallel(session: InferenceSession, inputs: Sequence[Arrays]) -> Callable[[], None]:
    return lambda: in_parallel(session, inputs)


def _joined(batch: Sequence[Arrays]) -> Arrays:
    """One row an issue; what fills a row is 0: no token, masked, and a term of value 0."""
    joined = {}
    for name in batch[0]:
        width = max(one[name].shape[-1] for one in batch)
        rows = [
            np.pad(one[name], [(0, 0)] * (one[name].ndim - 1) + [(0, width - one[name].shape[-1])])
            for one in batch
        ]
        joined[name] = np.concatenate(rows)
    return joined


def _threaded_session(model: str) -> InferenceSession:
    options = SessionOptions()
    options.intra_op_num_threads = CORES
    options.log_severity_level = 3
    return InferenceSession(model, options, providers=["CPUExecutionProvider"])
