import shutil
from pathlib import Path

import numpy as np
import pytest

from classifier.errors import InputError
from training.families.plain_embeddings import embed_plain, weights_digest

TEXTS = ["silent bug", "the loss is wrong and no error is shown " * 9, ""]


def test_embeddings_have_length_one_and_do_not_depend_on_their_neighbours(
    tiny_base: Path, tmp_path: Path
) -> None:
    together = embed_plain(str(tiny_base), TEXTS, tokens=32, kept=tmp_path / "a.sqlite")
    alone = [
        embed_plain(str(tiny_base), [text], tokens=32, kept=tmp_path / "b.sqlite")[0]
        for text in TEXTS
    ]

    assert np.linalg.norm(together, axis=1) == pytest.approx(1.0, abs=1e-6)
    assert np.array_equal(together, alone)


def test_what_was_embedded_is_kept_by_text_and_number_of_tokens(
    tiny_base: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.sqlite"
    first = embed_plain(str(tiny_base), TEXTS, tokens=32, kept=kept)

    again = embed_plain(str(tiny_base), TEXTS, tokens=32, kept=kept)
    shorter = embed_plain(str(tiny_base), TEXTS, tokens=16, kept=kept)

    assert np.array_equal(first, again)
    assert np.array_equal(first[0], shorter[0])
    assert not np.array_equal(first[1], shorter[1])


def test_a_base_model_without_weights_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub", reason="needs the extra transformer")
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / name).write_text("{}", encoding="utf-8")

    with pytest.raises(InputError, match="has no weights"):
        weights_digest(str(tmp_path))


def test_all_files_of_weights_count(tiny_base: Path, tmp_path: Path) -> None:
    one, two = (shutil.copytree(tiny_base, tmp_path / name) for name in ("one", "two"))
    (two / "model-2.safetensors").write_bytes(b"more")

    assert weights_digest(str(one)) == weights_digest(str(tiny_base))
    assert weights_digest(str(two)) != weights_digest(str(one))
