import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from classifier import artifact
from classifier.artifact import ACTIVE
from classifier.scorers.linear import NUMBERS_FILE

if TYPE_CHECKING:
    from tests.classifier.cli.conftest import Run


@pytest.fixture
def released(model_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two released models, of which the second is active."""
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        for file in model_directory.iterdir():
            (tmp_path / name / file.name).write_bytes(file.read_bytes())
    (tmp_path / ACTIVE).write_text(
        'active = "second"\nprevious = "first"\n[names]\nold = "first"\n'
    )
    monkeypatch.setattr(artifact, "models_directory", lambda: tmp_path)
    return tmp_path


def test_models_are_listed_and_the_active_one_has_a_star(run: "Run", released: Path) -> None:
    outcome = run("models", "list")

    assert released.is_dir()
    assert outcome.exit_code == 0
    assert outcome.output.splitlines() == [
        "  first  linear  2026-01-02T03:04:05+00:00  named old",
        "* second  linear  2026-01-02T03:04:05+00:00",
    ]


def test_without_an_active_model_the_list_says_so(
    run: "Run", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifact, "models_directory", lambda: tmp_path)

    outcome = run("models", "list")

    assert outcome.exit_code == 1
    assert "names no active model" in outcome.errors


@pytest.mark.parametrize("which", [(), ("first",), ("old",), ("{released}/first",)])
def test_a_manifest_is_shown_as_json(run: "Run", released: Path, which: tuple[str, ...]) -> None:
    outcome = run("models", "show", *(name.format(released=released) for name in which))

    manifest = json.loads(outcome.output)
    assert manifest["model_id"] == "lessons"
    assert set(manifest) >= {"scorer", "calibration", "metrics", "files", "data_digest"}


def test_a_whole_model_verifies(run: "Run", released: Path) -> None:
    assert released.is_dir()
    assert run("models", "verify").output == "lessons: complete and unaltered\n"


def test_a_manifest_cannot_smuggle_escapes_into_a_message(run: "Run", released: Path) -> None:
    manifest = artifact.read_manifest(released / "first")
    hostile = "\x1b]0;title\x07"
    artifact.write_manifest(
        released / "first", replace(manifest, model_id=hostile, created_at=hostile)
    )

    for command in (("list",), ("verify", "first")):
        outcome = run("models", *command)
        assert outcome.exit_code == 0
        assert "\ufffd]0;title\ufffd" in outcome.output
        assert "\x1b" not in outcome.output


@pytest.mark.parametrize("damage", ["altered", "truncated", "missing"])
def test_a_damaged_model_does_not(run: "Run", released: Path, damage: str) -> None:
    weights = released / "first" / NUMBERS_FILE
    if damage == "missing":
        weights.unlink()
    else:
        content = weights.read_bytes()
        weights.write_bytes(content[:-1] + (b"!" if damage == "altered" else b""))

    outcome = run("models", "verify", "first")

    assert outcome.exit_code == 1
    assert outcome.errors.startswith(f"error: {weights} ")
    assert len(outcome.errors.splitlines()) == 2


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A copy of the model that silentrank comes with."""
    return shutil.copytree(artifact.find_model(), tmp_path / "shipped")


def test_the_shipped_model_refuses_to_work_if_any_of_its_files_has_one_byte_altered(
    run: "Run", shipped: Path, issues_file: Path
) -> None:
    for path in sorted(shipped.iterdir()):
        whole = path.read_bytes()
        middle = len(whole) // 2
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])

        for command in (("models", "verify", shipped), ("rank", issues_file, "--model", shipped)):
            outcome = run(*command)
            assert outcome.exit_code == 1
            assert outcome.output == ""
            explanation, hint = outcome.errors.splitlines()
            assert explanation.startswith(f"error: {path} ")
            assert hint.startswith("hint: ")
        path.write_bytes(whole)

    assert run("models", "verify", shipped).exit_code == 0
