"""Ten issues decided on the page, exported, and used by `silentrank-train`."""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
import pytest

from tests.training.experiments.conftest import Outcome, run_in
from tests.web.conftest import EXAMPLES
from tests.web.pages.browsing import Forms
from tests.web.serving import REPOSITORY, SILENTRANK, Served
from training.labels import labels_directory

CONFIG = str(REPOSITORY / "configs" / "tfidf-lr.toml")


def send(client: httpx.Client, page: str, ending: str, **said: str) -> None:
    """Send the form of a page that goes to an address with this ending."""
    html = client.get(page).raise_for_status().text
    form = next(one for one in Forms(html).found if one.action.endswith(ending))
    client.post(form.action, data=form.fields | said).raise_for_status()


def replayed(folder: Path, *options: str) -> Outcome:
    """Run the command that docs/triage.md shows, without the tracker."""
    return run_in(
        folder, labels_directory(), "evaluate", CONFIG, "--protocol", "replay", *options,
        "--issues", EXAMPLES, "--labels", "labels.csv", "--no-track", "--jobs", "1",
    )  # fmt: skip


@pytest.fixture
def decide(serve: Callable[..., Served], tmp_path: Path) -> Callable[[Sequence[str]], None]:
    """Screen the examples, say these verdicts one after the other, and export them."""

    def screen(verdicts: Sequence[str]) -> None:
        served = serve(str(EXAMPLES))
        served.wait_until_filled(37)
        with httpx.Client(
            base_url=served.url, follow_redirects=True, trust_env=False, timeout=60
        ) as client:
            send(client, "/sign-in", "/sign-in", name="Ana")
            for verdict in verdicts:
                send(client, "/screen", "/decide", verdict=verdict)
        served.interrupt()
        done = subprocess.run(
            [*SILENTRANK, "labels", "export", "--database", "triage.db", "--out", "labels.csv"],
            cwd=tmp_path,
            env={"PYTHONPATH": str(REPOSITORY), "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert (done.returncode, done.stderr) == (0, f"{len(verdicts)} labels\n")

    return screen


def test_ten_decisions_of_both_kinds_replay_the_queue_as_the_guide_says(
    decide: Callable[[Sequence[str]], None], tmp_path: Path
) -> None:
    decide(["silent", "not silent", "not silent", "silent", "not silent"] * 2)

    done = replayed(tmp_path, "--released", "--per-week", "5")

    assert done.exit_code == 0, done.errors
    assert "10 issues, 4 of them silent bugs" in done.output
    assert "10 labelled issues say little" in done.output
    assert "Precision among the first 20 is left out" in done.output

    trained = replayed(tmp_path)

    assert trained.exit_code == 1
    assert "10 labelled issues are too few to train" in trained.errors
    assert "hint: Add --released" in trained.errors


def test_the_guide_shows_this_very_command() -> None:
    guide = (REPOSITORY / "docs" / "triage.md").read_text(encoding="utf-8")
    section = guide.partition("**Take the labels with you.**")[2].partition("###")[0]

    assert (
        "silentrank-train evaluate configs/tfidf-lr.toml --protocol replay --released "
        "--per-week 5 --issues issues.jsonl --labels labels.csv"
    ) in section
