"""What ``/metrics`` tells, in Prometheus' format. Labels are from short lists, never strangers'."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
Counts = Callable[[], dict[tuple[str, str], int]]  # issues by state and standing


class Metrics:
    """One server's counters, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "silentrank_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "silentrank_request_seconds",
            "Time from a request to the end of its answer.",
            ("route",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.scored = Counter(
            "silentrank_scored_issues", "Issues scored for programs.", registry=self.registry
        )
        self.refused = Counter(
            "silentrank_busy", "Requests refused because scoring was busy.", registry=self.registry
        )
        self.decisions = Counter(
            "silentrank_decisions",
            "Decisions that came by the API.",
            ("verdict",),
            registry=self.registry,
        )
        self.deliveries = Counter(
            "silentrank_deliveries",
            "Webhook deliveries.",
            ("event", "outcome"),
            registry=self.registry,
        )

    def watch_scoring(self, waiting_count: Callable[[], int]) -> None:
        """Tell how many issues wait to be scored, before requests are refused."""
        Gauge(
            "silentrank_waiting_issues",
            "Issues that wait to be scored for somebody; one to be explained counts for more.",
            registry=self.registry,
        ).set_function(waiting_count)

    def watch_traffic(self, count: Callable[[], int]) -> None:
        """Tell how many requests are being answered, the one for metrics included."""
        Gauge(
            "silentrank_in_flight_requests",
            "Requests that are being answered.",
            registry=self.registry,
        ).set_function(count)

    def watch_issues(self, counts: Counts) -> None:
        """Count the issues in the database whenever somebody asks for metrics."""
        self.registry.register(_Issues(counts))


class _Issues(Collector):
    """Counts issues when asked: nothing to keep up to date, and right after a restart."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def describe(self) -> Iterator[Metric]:
        """Name the metric without asking the database."""
        yield self._empty()

    def collect(self) -> Iterator[Metric]:
        """Count."""
        family = self._empty()
        for labels, count in sorted(self._counts().items()):
            family.add_metric(labels, count)
        yield family

    @staticmethod
    def _empty() -> GaugeMetricFamily:
        return GaugeMetricFamily(
            "silentrank_issues", "Issues in the database.", labels=("state", "standing")
        )
