from pathlib import Path

import pytest

from classifier.files import replacing


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "ranking.md"
    path.write_text("old")

    with replacing(path) as stream:
        stream.write("new")
        stream.flush()
        assert path.read_text() == "old"

    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "ranking.md"
    path.write_text("old")

    def write_half() -> None:
        with replacing(path) as stream:
            stream.write("half")
            raise KeyError

    with pytest.raises(KeyError):
        write_half()

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_followed_not_replaced(tmp_path: Path) -> None:
    path, link = tmp_path / "ranking.md", tmp_path / "link.md"
    path.touch()
    link.symlink_to(path)

    with replacing(link) as stream:
        stream.write("new")

    assert link.is_symlink()
    assert path.read_text() == "new"


def test_others_may_read_the_file_as_any_that_one_creates(tmp_path: Path) -> None:
    usual = tmp_path / "usual.txt"
    usual.touch()

    with replacing(tmp_path / "ranking.md"):
        pass

    assert (tmp_path / "ranking.md").stat().st_mode == usual.stat().st_mode
