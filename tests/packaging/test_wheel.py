"""The wheel holds what a user needs, and nothing else."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from classifier.artifact import find_model, read_choice, read_manifest
from hatch_build import bundled_paths

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    """The wheel, built from the checkout."""
    directory = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory)],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )
    (path,) = directory.glob("silentrank-*.whl")
    return ZipFile(path)


def files_under(directory: Path) -> dict[str, bytes]:
    """Content of each file by its path from ``directory``."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def entries_under(wheel: ZipFile, prefix: str) -> dict[str, bytes]:
    """Content of each of the wheel's files by its path from ``prefix``."""
    return {
        name.removeprefix(prefix): wheel.read(name)
        for name in wheel.namelist()
        if name.startswith(prefix)
    }


def test_the_wheel_holds_both_packages_with_their_types(wheel: ZipFile) -> None:
    modules = {
        path.relative_to(REPOSITORY).as_posix()
        for package in ("classifier", "training")
        for path in (REPOSITORY / package).rglob("*.py")
    }

    assert modules <= set(wheel.namelist())
    assert {"classifier/py.typed", "training/py.typed"} <= set(wheel.namelist())


def test_the_wheel_holds_what_the_triage_page_shows(wheel: ZipFile) -> None:
    for folder in ("static", "templates"):
        path = f"classifier/web/{folder}"
        assert entries_under(wheel, f"{path}/") == files_under(REPOSITORY / path)


def test_the_wheel_holds_the_active_model_its_predecessor_and_the_named_ones_alone(
    wheel: ZipFile,
) -> None:
    choice = REPOSITORY / "models" / "ACTIVE.toml"
    chosen = read_choice()
    expected = {choice.name: choice.read_bytes()}
    for name in {chosen.active, chosen.previous, *chosen.names.values()} - {None}:
        for path, content in files_under(choice.parent / str(name)).items():
            expected[f"{name}/{path}"] = content

    assert entries_under(wheel, "classifier/_models/") == expected


def test_the_tf_idf_model_is_shipped_as_tfidf() -> None:
    assert read_manifest(find_model("tfidf")).scorer == "linear"


def test_each_model_is_bundled_once_whatever_it_is_named_for(tmp_path: Path) -> None:
    for name in ("models/new", "models/old", "models/older", "data/labels"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "models" / "ACTIVE.toml").write_text(
        'active = "new"\nprevious = "old"\n[names]\nwords = "old"\nelders = "older"\n'
    )

    assert [place for place in bundled_paths(tmp_path).values() if "/_models/" in place] == [
        *("classifier/_models/ACTIVE.toml", "classifier/_models/new"),
        *("classifier/_models/old", "classifier/_models/older"),
    ]


def test_a_wheel_without_a_model_that_is_named_is_not_built(tmp_path: Path) -> None:
    for name in ("models/new", "data/labels"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "models" / "ACTIVE.toml").write_text('active = "new"\n[names]\nwords = "old"\n')

    with pytest.raises(FileNotFoundError, match="old"):
        bundled_paths(tmp_path)


def test_the_wheel_holds_the_label_tables_unaltered(wheel: ZipFile) -> None:
    labels = files_under(REPOSITORY / "data" / "labels")

    assert "manifest.json" in labels
    assert entries_under(wheel, "training/_labels/") == labels


def test_the_wheel_holds_nothing_but_the_packages_and_their_metadata(wheel: ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    (metadata,) = tops - {"classifier", "training"}

    assert metadata.endswith(".dist-info")
    assert f"{metadata}/licenses/LICENSE" in wheel.namelist()
    assert not [name for name in wheel.namelist() if name.endswith((".pyc", ".parquet", ".xml"))]
