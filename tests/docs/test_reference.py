import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def generator() -> ModuleType:
    """The script, which is no part of any package."""
    pytest.importorskip("training.cli", reason="needs the extra train", exc_type=ImportError)
    spec = importlib.util.spec_from_file_location(
        "generate_reference", ROOT / "docs" / "generate_reference.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(generator: ModuleType, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["generate_reference.py", *arguments])
    generator.main()


def test_both_doors_are_described_with_whole_sentences(generator: ModuleType) -> None:
    text = generator.reference()

    assert "## `silentrank`" in text
    assert "## `silentrank-train`" in text
    assert "* `rank`: Order issues by how likely they report a silent bug." in text
    assert "`--min-probability P`: Leave out what is below." in text


def test_what_was_written_is_fresh_until_it_is_changed(
    generator: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    reference = tmp_path / "reference.md"
    monkeypatch.setattr(generator, "REFERENCE", reference)
    with pytest.raises(SystemExit, match="is stale: run `make docs`"):
        run(generator, monkeypatch, "--check")

    run(generator, monkeypatch)
    written = reference.read_text()
    run(generator, monkeypatch, "--check")
    reference.write_text(written.replace("silent bug", "loud bug"))

    with pytest.raises(SystemExit, match="is stale"):
        run(generator, monkeypatch, "--check")
    assert "loud bug" in reference.read_text()
