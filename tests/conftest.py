"""What all tests share."""

import os
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

from classifier.types import Issue, IssueKey

REPOSITORY = Path(__file__).parent.parent
# the same examples every time, and no clock: a busy machine must not fail a test
hypothesis.settings.register_profile("silentrank", deadline=None, derandomize=True)
hypothesis.settings.load_profile("silentrank")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"  # read when MLflow is imported


@pytest.fixture(scope="session")
def make_issue() -> Callable[..., Issue]:
    """Build an issue from the fields that a test cares about."""

    def build(
        title: str = "", body: str = "", *, repo: str = "octo/demo", number: int = 1
    ) -> Issue:
        return Issue(IssueKey(repo, number), title, body)

    return build


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the study's texts, which are not ours to ship."""
    folder = Path(os.environ.get("SILENTRANK_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"needs the study's texts; none in {folder}")
    return folder
