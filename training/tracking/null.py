"""The tracker that records nothing: what others are asked, and the answers without a record."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from classifier.metrics import Estimate
from training.dataset import LabeledIssue


class Tracker:
    """Records nothing: for runs that should leave no trace."""

    @contextmanager
    def run(self, name: str, *, group: str = "") -> Iterator[None]:  # noqa: ARG002 for those that record
        """Open a run in a group, or inside the run that is open; what follows is written to it."""
        yield

    def log_parameters(self, parameters: Mapping[str, Any]) -> None:
        """Settings; nested mappings are flattened to dotted names."""

    def log_metrics(self, metrics: Mapping[str, float]) -> None:
        """Measured values."""

    def log_estimates(self, estimates: Mapping[str, Estimate], row: str) -> None:
        """Measures with their intervals, by the name of their table row."""
        for name, estimate in estimates.items():
            self.log_metrics(
                {
                    f"{row}.{name}": estimate.value,
                    f"{row}.{name}.low": estimate.low,
                    f"{row}.{name}.high": estimate.high,
                }
            )

    def log_row(self, row: Mapping[str, str | float]) -> None:
        """One fold: its measures, and in words what is no number."""
        self.log_metrics({name: cell for name, cell in row.items() if not isinstance(cell, str)})
        self.log_parameters({name: cell for name, cell in row.items() if isinstance(cell, str)})

    def log_tags(self, tags: Mapping[str, str]) -> None:
        """Circumstances, such as the commit."""

    def log_file(self, path: Path, folder: str = "") -> None:
        """A file, under its own name."""

    def log_dataset(self, issues: Sequence[LabeledIssue], digest: str, name: str) -> None:
        """Which issues, with what labels; their texts stay where they are."""

    def log_model(self, directory: Path) -> None:
        """A model directory, as a candidate."""

    def download_candidate(self, run: str, into: Path) -> Path | None:  # noqa: ARG002 as in run
        """The model directory that a training logged, by its run's id or name."""
        return None

    @contextmanager
    def registering(
        self,
        digest: str,  # noqa: ARG002 as in run
        tags: Mapping[str, str],  # noqa: ARG002
        description: str,  # noqa: ARG002
    ) -> Iterator[None]:
        """Register the logged model of a digest, if there is one.

        If what follows fails, neither a new version nor a moved alias stays.
        """
        yield

    @contextmanager
    def keeping_champion(self) -> Iterator[None]:
        """If what follows fails, the champion's alias is where it was."""
        yield

    def move_champion(self, digest: str) -> str | None:  # noqa: ARG002 as in run
        """Point the champion's alias at a digest's version, or at none, and return it."""
        return None
