"""What was asked of silentrank's speed, beside what the rows of this run say."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks import names
from benchmarks.names import of_issues
from benchmarks.peers import PEERS, REFERENCE
from benchmarks.rows import Row

Figures = Mapping[tuple[str, str], float]  # group and what of a row → its median


@dataclass(frozen=True, slots=True)
class Target:
    """A figure that others give, and its bound."""

    what: str
    unit: str
    value: Callable[[Figures], float]
    most: float | None = None
    least: float | None = None

    def row(self, figures: Figures) -> Row | None:
        """What was reached; nothing if it was not measured."""
        try:
            value = self.value(figures)
        except KeyError:
            return None
        return Row(names.TARGETS, self.what, self.unit, (value,), self._verdict(value))

    def _verdict(self, value: float) -> str:
        if self.most is not None:
            verdict = "met" if value <= self.most else "missed"
            return f"at most {self.most:g}: {verdict}"
        if self.least is not None:
            verdict = "met" if value >= self.least else "missed"
            return f"at least {self.least:g}: {verdict}"
        return ""


def targets(rows: Sequence[Row], count: int) -> Iterator[Row]:
    """A row for each target that was measured; ``count`` is of issues in the comparison."""
    figures = {(row.group, row.what): median(row.values) for row in rows if row.values}
    for target in _targets(count):
        if row := target.row(figures):
            yield row


def _targets(count: int) -> Sequence[Target]:
    peer, many = PEERS[REFERENCE].name, of_issues(count)
    speeds = ((names.THROUGHPUT, f"{who}{many}") for who in (names.RANK, peer))
    limits = "of the limit of 8-bit products"
    return (
        Target(
            f"one issue, time beside {peer}", "times", _ratio(*_both(names.COLD, peer)), most=0.2
        ),
        Target(
            f"one issue, peak memory beside {peer}",
            "times",
            _ratio(*_both(names.COLD_MEMORY, peer)),
            most=0.25,
        ),
        Target(f"throughput beside {peer}{many}", "times", _ratio(*speeds), least=4.0),
        Target("installed size", "MB", _figure(names.INSTALLED, names.WHOLE), most=250.0),
        Target(names.TOGETHER, "%", _figure(f"{names.SHARES}{many}", names.TOGETHER), most=20.0),
        Target(names.COMMENTING, "s", _figure(names.ACTION, names.COMMENTING), most=3.0),
        Target(names.SCORING, "s", _figure(names.ACTION, names.SCORING), most=1.0),
        Target(f"{limits}: the scorer's graph", "%", _graph_share),
        Target(f"{limits}: rank as a whole", "%", _rank_share(count)),
    )


def _figure(group: str, what: str) -> Callable[[Figures], float]:
    return lambda figures: figures[group, what]


def _both(group: str, peer: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (group, names.SCORE), (group, peer)


def _ratio(own: tuple[str, str], other: tuple[str, str]) -> Callable[[Figures], float]:
    return lambda figures: figures[own] / figures[other]


def _graph_share(figures: Figures) -> float:
    limit = figures[names.PRODUCTS, names.LIMIT]
    return 100 * figures[names.PRODUCTS, names.REACHED] / limit


def _rank_share(count: int) -> Callable[[Figures], float]:
    rank = names.THROUGHPUT, f"{names.RANK}{of_issues(count)}"

    def share(figures: Figures) -> float:
        work = figures[names.PRODUCTS, names.OPERATIONS]
        return 100 * figures[rank] * work / figures[names.PRODUCTS, names.LIMIT]

    return share
