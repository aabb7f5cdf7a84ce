"""What all tests share."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from classifier.types import Issue, IssueKey
from tests.browser import chromium
from tests.fake_github import FakeGitHub
from tests.fake_github.webhooks import EXAMPLES_FILE, find_examples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

REPOSITORY = Path(__file__).parent.parent
TRANSFORMER = ("filelock", "onnx", "onnxruntime", "tokenizers", "torch", "transformers")
# the same examples every time, and no clock: a busy machine must not fail a test
hypothesis.settings.register_profile("silentrank", deadline=None, derandomize=True)
hypothesis.settings.load_profile("silentrank")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"  # read when MLflow is imported
os.environ.setdefault("OMP_NUM_THREADS", "1")  # when torch is: small networks lose by threads


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


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pretrained encoder in miniature, one for all processes that run these tests."""
    if not all(map(find_spec, TRANSFORMER)):
        pytest.skip("needs the extra transformer")
    from filelock import FileLock  # noqa: PLC0415 - the extra's

    from tests.tiny_transformer import write_tiny_base  # noqa: PLC0415 - the same

    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "transformer"
    folder.mkdir(exist_ok=True)
    with FileLock(folder / "lock"):
        if not (folder / "base").is_dir():
            write_tiny_base(folder / "base")
    return folder / "base"


@pytest.fixture(scope="session")
def tiny_encoders(tiny_base: Path) -> Path:
    """Where encoders are kept: an export takes seconds, and many tests share one."""
    return tiny_base.parent / "encoders"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run Chromium for one file: its driver holds the thread's event loop while it is open."""
    with chromium() as running:
        yield running


@pytest.fixture
def fake_github() -> Iterator[FakeGitHub]:
    """Run a GitHub of the test's own on loopback, empty at first."""
    with FakeGitHub() as github:
        yield github


@pytest.fixture
def asked_github(
    fake_github: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> FakeGitHub:
    """The fake GitHub as the one that the environment names, without anybody's token or cache."""
    for name in ("GITHUB_TOKEN", "GH_TOKEN", "GITHUB_SERVER_URL", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GH_CONFIG_DIR", str(tmp_path / "gh"))
    monkeypatch.setenv("SILENTRANK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GITHUB_API_URL", fake_github.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return fake_github


@pytest.fixture(scope="session")
def webhook_examples() -> Callable[[str], list[dict[str, Any]]]:
    """Find the payloads that users of GitHub have collected of an event, by its name."""
    if not EXAMPLES_FILE.is_file():
        pytest.skip("needs examples of events; where npm is there, `make test` fetches them")
    return find_examples
