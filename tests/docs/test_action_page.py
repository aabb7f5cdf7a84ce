"""The Action's page and its pictures show what the Action says."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from docs.generate_action import PAGE, said_of_example, with_examples

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    return dict(said_of_example())


def test_the_page_shows_what_the_action_says_of_an_example(said: dict[str, str]) -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert with_examples(page) == page
    assert f"> {said['comment'].splitlines()[0]}" in page
    assert said["comment"].startswith("### Possible silent bug")
    assert "| Rank |" in said["summary"]
    assert "<details><summary>The comment" not in said["summary"]


def test_a_page_that_lost_a_block_is_refused() -> None:
    with pytest.raises(ValueError, match="1 blocks, not 2"):
        with_examples("<!-- comment -->\n<!-- /comment -->\n<!-- summary -->\n")


def test_the_page_names_every_input_and_output() -> None:
    page = PAGE.read_text(encoding="utf-8")
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))

    missing = [name for name in (*action["inputs"], *action["outputs"]) if f"`{name}`" not in page]

    assert missing == []


def test_ready_made_workflows_use_inputs_that_exist_and_no_more_permissions_than_they_need() -> (
    None
):
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    paths = sorted((ROOT / "examples" / "workflows").glob("*.yml"))

    assert len(paths) == 4
    for path in paths:
        workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert workflow["permissions"] == {}
        for job in workflow["jobs"].values():
            assert set(job["permissions"].items()) <= {("issues", "write")}
            for step in job["steps"]:
                assert set(step["with"]) <= set(action["inputs"])


def test_pictures_show_the_text_and_end_where_it_ends(said: dict[str, str]) -> None:
    pictures = pytest.importorskip("docs.make_action_pictures", reason="needs the extra train")
    picture = np.ones((100, 10, 4), dtype=np.float32)
    picture[5:8, 3] = 0.5

    assert "<h3>Possible silent bug</h3>" in pictures.page("comment", said["comment"])
    assert "<table>" in pictures.page("summary", said["summary"])
    assert len(pictures.cropped(picture)) == 8 + pictures.MARGIN * pictures.SCALE


def test_without_chromium_the_pictures_say_what_is_missing() -> None:
    pytest.importorskip("matplotlib", reason="needs the extra train")
    process = subprocess.run(
        [sys.executable, "-m", "docs.make_action_pictures"],
        cwd=ROOT,
        env={"PATH": "", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert process.returncode == 1
    assert process.stderr.startswith("No Chromium here.")
