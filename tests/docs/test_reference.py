import sys
from pathlib import Path

import pytest

pytest.importorskip("training.cli", reason="needs the extra train", exc_type=ImportError)

from docs.fresh import keep_fresh
from docs.generate_reference import reference


def run(monkeypatch: pytest.MonkeyPatch, page: Path, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["generate", *arguments])
    keep_fresh(page, reference())


def test_both_doors_are_described_with_whole_sentences() -> None:
    text = reference()

    assert "## `silentrank`" in text
    assert "## `silentrank-train`" in text
    assert "* `rank`: Order issues by how likely they report a silent bug." in text
    assert "`--min-probability P`: Leave out what is below." in text


def test_what_was_written_is_fresh_until_it_is_changed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = tmp_path / "docs" / "reference.md"
    with pytest.raises(SystemExit, match="is stale: run `make docs`"):
        run(monkeypatch, page, "--check")

    run(monkeypatch, page)
    written = page.read_text()
    run(monkeypatch, page, "--check")
    page.write_text(written.replace("silent bug", "loud bug"))

    with pytest.raises(SystemExit, match="is stale"):
        run(monkeypatch, page, "--check")
    assert "loud bug" in page.read_text()
