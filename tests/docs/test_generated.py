"""What is generated from the active model says what the model's own papers say."""

import re
from pathlib import Path

import pytest

pytest.importorskip("training.results", reason="needs the extra train", exc_type=ImportError)

from classifier.artifact import find_model, read_manifest
from classifier.metrics import Estimate
from docs.generate_outputs import with_outputs
from docs.generate_results import BLOCK, COUNTING, MEASURES, README, ROWS, with_results

ROOT = Path(__file__).parents[2]
CELL = re.compile(r"(?:1?\.\d{3}) \(1?\.\d{3}–1?\.\d{3}\)")  # noqa: RUF001 - as the card has it


def test_the_readme_shows_the_active_models_figures() -> None:
    page = README.read_text(encoding="utf-8")
    block = BLOCK.search(page)

    assert block is not None
    shown = CELL.findall(block[0])
    cards = "".join(
        (find_model(name) / "CARD.md").read_text(encoding="utf-8") for name in (None, COUNTING)
    )
    measured = [row for row in ROWS if row in read_manifest(find_model()).metrics]
    assert len(shown) == (len(measured) + 1) * len(MEASURES)
    assert [cell for cell in shown if cell not in cards] == []
    assert page == with_results(page, read_manifest(find_model()))


def test_other_figures_would_be_noticed() -> None:
    page = README.read_text(encoding="utf-8")
    manifest = read_manifest(find_model())
    manifest.metrics["cv/silent"]["average_precision"] = Estimate(0.999, 0.99, 1.0)  # type: ignore[index]

    changed = with_results(page, manifest)

    assert ".999 (.990–1.000)" in changed  # noqa: RUF001 - as the card has it
    assert changed != page


def test_a_page_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="0 blocks"):
        with_results("# silentrank\n", read_manifest(find_model()))


def test_outputs_are_what_the_command_prints() -> None:
    page = "before\n<!-- output: silentrank --version -->\n```text\nold\n```\nafter\n"

    assert with_outputs(page) == page.replace("old", "silentrank 0.1.0")
