import dataclasses
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier import artifact
from classifier.artifact import (
    ACTIVE,
    FORMAT_VERSION,
    MANIFEST,
    Choice,
    Manifest,
    active_model,
    find_model,
    list_models,
    models_directory,
    read_choice,
    read_manifest,
    verify,
    write_choice,
    write_manifest,
)
from classifier.calibration import BetaCalibration
from classifier.errors import ArtifactError, InputError
from classifier.metrics import Estimate
from classifier.normalize import NORMALIZER_VERSION
from classifier.pipeline import load
from classifier.scorers.linear import NUMBERS_FILE, TEXTS_FILE

numbers = st.floats(allow_nan=False, allow_infinity=False)
manifests = st.builds(
    Manifest,
    model_id=st.text(),
    scorer=st.text(),
    calibration=st.builds(BetaCalibration, st.floats(0.1, 9), st.floats(0.1, 9), st.floats(-9, 9)),
    created_at=st.text(),
    data_digest=st.text(),
    config=st.dictionaries(st.text(), numbers | st.text() | st.lists(st.integers())),
    metrics=st.dictionaries(
        st.text(), st.dictionaries(st.text(), st.builds(Estimate, numbers, numbers, numbers))
    ),
    base_rate=st.none() | st.floats(0, 1, exclude_min=True, exclude_max=True),
)


@pytest.fixture
def directory(model_directory: Path, tmp_path: Path) -> Path:
    """A model that a test may damage."""
    return shutil.copytree(model_directory, tmp_path / "model")


def rewrite(directory: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a manifest as someone would who also makes its digest fit."""
    content = json.loads((directory / MANIFEST).read_text())
    change(content)
    content.pop("digest", None)
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    (directory / MANIFEST).write_text(json.dumps(content | {"digest": digest}, indent=2) + "\n")


def refusal(call: Callable[[], object]) -> ArtifactError:
    """The error of a call, after a look whether a person can read it."""
    with pytest.raises(ArtifactError) as refused:
        call()
    error = refused.value
    assert str(error)
    assert len(str(error).splitlines()) == 1
    assert error.hint.endswith(".")
    return error


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(manifest=manifests)
def test_a_manifest_comes_back_as_it_was_written(tmp_path: Path, manifest: Manifest) -> None:
    (tmp_path / "weights").write_bytes(b"1, 2, 3")

    written = write_manifest(tmp_path, manifest)

    digest = hashlib.sha256(b"1, 2, 3").hexdigest()
    assert written == dataclasses.replace(manifest, files={"weights": digest})
    assert verify(tmp_path) == read_manifest(tmp_path) == written


def test_writing_a_manifest_again_does_not_list_the_old_one(directory: Path) -> None:
    manifest = read_manifest(directory)

    assert write_manifest(directory, manifest) == manifest
    assert set(manifest.files) == {TEXTS_FILE, NUMBERS_FILE}


def test_a_manifest_from_before_base_rates_were_recorded_is_read(directory: Path) -> None:
    rewrite(directory, lambda content: content.pop("base_rate"))

    assert verify(directory).base_rate is None


@pytest.mark.parametrize("name", [MANIFEST, TEXTS_FILE, NUMBERS_FILE])
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_altered_byte_anywhere_is_refused(
    directory: Path, name: str, data: st.DataObject
) -> None:
    path = directory / name
    whole = path.read_bytes()
    position = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[position]))
    try:
        path.write_bytes(whole[:position] + bytes([byte]) + whole[position + 1 :])
        refusal(lambda: load(directory))
    finally:
        path.write_bytes(whole)


def test_blanks_of_the_manifest_count_too(directory: Path) -> None:
    path = directory / MANIFEST
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert "was altered" in str(refusal(lambda: verify(directory)))


@pytest.mark.parametrize("name", [MANIFEST, TEXTS_FILE, NUMBERS_FILE])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_truncated_file_is_refused(directory: Path, name: str, share: float) -> None:
    path = directory / name
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])

    assert str(path) in str(refusal(lambda: verify(directory)))


@pytest.mark.parametrize("name", [MANIFEST, TEXTS_FILE, NUMBERS_FILE])
def test_a_missing_file_is_refused_by_name(directory: Path, name: str) -> None:
    (directory / name).unlink()

    assert name in str(refusal(lambda: verify(directory)))


@pytest.mark.parametrize("name", [TEXTS_FILE, NUMBERS_FILE])
def test_a_directory_is_no_file(directory: Path, name: str) -> None:
    (directory / name).unlink()
    (directory / name).mkdir()

    assert name in str(refusal(lambda: verify(directory)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.update(normalizer_version=NORMALIZER_VERSION + 1), "normalizer version"),
        (lambda c: c.update(format_version=FORMAT_VERSION + 1), f"not {FORMAT_VERSION}"),
        (lambda c: c.update(surprise=1), "surprise"),
        (lambda c: c.pop("model_id"), "model_id"),
        (lambda c: c.pop("format_version"), "format_version"),
        (lambda c: c["calibration"].update(a=-1.0), "would not rise"),
        (lambda c: c["calibration"].update(a="steep"), "damaged"),
        (lambda c: c["calibration"].update(d=1.0), "damaged"),
        (lambda c: c.update(metrics={"cv": {"roc_auc": {"value": 1}}}), "damaged"),
        (lambda c: c.update(metrics=[]), "damaged"),
        (lambda c: c.update(files=[]), "damaged"),
        (lambda c: c["files"].update({"../secret": "0"}), "not in the model's directory"),
        (lambda c: c["files"].update({"/etc/hosts": "0"}), "not in the model's directory"),
        (lambda c: c["files"].update({"..": "0"}), "missing"),
        (lambda c: c["files"].update({"": "0"}), "missing"),
        (lambda c: c["files"].update({"gone": "0"}), "missing"),
        (lambda c: c.update(scorer="oracle"), "needs scorer 'oracle'"),
        (lambda c: c.update(base_rate=0.0), "Base rate 0.0"),
        (lambda c: c.update(base_rate=float("nan")), "Base rate nan"),
        (lambda c: c.update(base_rate="rare"), "damaged"),
    ],
)
def test_a_manifest_that_fits_its_digest_but_not_us_is_refused(
    directory: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    rewrite(directory, change)

    assert message in str(refusal(lambda: load(directory)))


@pytest.mark.parametrize("content", [b"", b"[]", b"3", b"{}", b"\xff", b"[" * 100_000, b"{\n\n"])
def test_what_is_no_manifest_is_refused(directory: Path, content: bytes) -> None:
    (directory / MANIFEST).write_bytes(content)

    assert "is damaged" in str(refusal(lambda: read_manifest(directory)))


def test_a_manifest_that_cannot_be_written_says_where(tmp_path: Path, directory: Path) -> None:
    manifest = read_manifest(directory)
    (tmp_path / "blocked" / MANIFEST).mkdir(parents=True)

    with pytest.raises(InputError, match="blocked"):
        write_manifest(tmp_path / "blocked", manifest)


@pytest.fixture
def home(model_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of two released models and one that is half there, in a place of its own."""
    home = tmp_path / "models"
    for name in ("first", "second"):
        shutil.copytree(model_directory, home / name)
    (home / "half").mkdir()
    (home / ACTIVE).write_text('active = "second"\n')
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setattr(artifact, "models_directory", lambda: home)
    monkeypatch.chdir(tmp_path / "elsewhere")
    return home


def test_only_whole_models_are_listed_by_name(home: Path) -> None:
    assert list_models() == [home / "first", home / "second"]


def test_a_model_is_found_by_name_or_directory_and_else_the_active_one(home: Path) -> None:
    assert find_model("first") == home / "first"
    assert find_model(home / "half") == home / "half"
    assert find_model() == home / active_model() == home / "second"


def test_an_unknown_model_is_answered_with_those_there_are(home: Path) -> None:
    assert home.is_dir()
    error = refusal(lambda: find_model("third"))

    assert str(error) == "No model or directory 'third'"
    assert error.hint == "Available: first, second."


def test_an_active_model_is_a_released_one_and_no_folder_that_happens_to_be_there(
    home: Path,
) -> None:
    (home / ACTIVE).write_text('active = "mine"\n')
    Path("mine").mkdir()

    assert "'mine'" in str(refusal(find_model))


@pytest.mark.parametrize("content", [None, b"", b"active =", b'previous = "first"', b"\xff"])
def test_without_an_active_model_there_is_a_plain_error(home: Path, content: bytes | None) -> None:
    (home / ACTIVE).unlink()
    if content is not None:
        (home / ACTIVE).write_bytes(content)

    assert ACTIVE in str(refusal(active_model))


def test_a_model_is_found_by_its_short_name_before_any_folder_of_that_name(home: Path) -> None:
    write_choice(Choice("second", names={"old": "first"}))
    Path("old").mkdir()

    assert find_model("old") == home / "first"
    assert find_model("./old") == Path("./old")


def test_a_released_models_own_name_comes_before_a_short_one(home: Path) -> None:
    write_choice(Choice("second", names={"first": "second"}))

    assert find_model("first") == home / "first"


def test_a_short_name_of_no_model_is_a_plain_error(home: Path) -> None:
    write_choice(Choice("second", names={"old": "zeroth"}))

    error = refusal(lambda: find_model("old"))

    assert str(error).startswith(f"{home / ACTIVE} names 'zeroth' 'old'")
    assert find_model() == home / "second"


def test_short_names_are_among_the_answers_to_an_unknown_one(home: Path) -> None:
    write_choice(Choice("second", names={"old": "first"}))

    assert home.is_dir()
    assert refusal(lambda: find_model("third")).hint == "Available: first, second, old."


plain = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    choice=st.builds(Choice, st.none() | plain, st.none() | plain, st.dictionaries(plain, plain))
)
def test_a_choice_comes_back_as_it_was_written(home: Path, choice: Choice) -> None:
    assert home.is_dir()
    write_choice(choice)

    assert read_choice() == choice


@pytest.mark.parametrize("content", [b"names = 3", b"[[names]]", b"[names", b"\xff"])
def test_a_damaged_choice_is_refused(home: Path, content: bytes) -> None:
    (home / ACTIVE).write_bytes(content)

    assert "is damaged" in str(refusal(read_choice))


def test_models_are_looked_for_in_the_checkout() -> None:
    assert models_directory() == Path(artifact.__file__).parents[1] / "models"
