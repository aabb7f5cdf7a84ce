"""What a table is made of, and how a part of it is measured out of this process's way."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One measured thing."""

    group: str
    what: str
    unit: str
    values: tuple[float, ...]  # one a run; none for what could not be measured here
    note: str = ""  # stands behind the figure, or in its place


def parts(group: str, unit: str, runs: Sequence[Mapping[str, float]]) -> Iterator[Row]:
    """Turn runs of several parts into a row a part."""
    for part in runs[0]:
        yield Row(group, part, unit, tuple(run[part] for run in runs))


def shares(amounts: Mapping[str, float]) -> dict[str, float]:
    """Per cent of the whole."""
    whole = sum(amounts.values())
    return {part: 100 * amount / whole for part, amount in amounts.items()}


def in_process(module: str, function: str, *arguments: object) -> Any:  # noqa: ANN401 (theirs)
    """Call a function of a module of benchmarks in a fresh process, which keeps this one small."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_call, module, function, arguments).result()


def _call(module: str, function: str, arguments: Sequence[object]) -> object:
    return getattr(import_module(f"benchmarks.{module}"), function)(*arguments)
