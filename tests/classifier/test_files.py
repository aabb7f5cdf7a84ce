from pathlib import Path

import pytest

from classifier.errors import InputError
from classifier.files import replace_file, replacing


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


def test_a_file_is_made_with_the_folders_above_it(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "data.bin"

    replace_file(path, b"\x00\r\n\xff")

    assert path.read_bytes() == b"\x00\r\n\xff"
    assert list(path.parent.iterdir()) == [path]


def test_two_writers_at_once_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "ranking.md"

    with replacing(path) as first, replacing(path) as second:
        first.write("first")
        second.write("second")

    assert path.read_text() == "first"  # the last to finish
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_no_regular_file_is_written_to_as_it_is() -> None:
    with replacing(Path("/dev/null")) as stream:
        stream.write("gone")

    assert Path("/dev/null").is_char_device()


def test_an_interrupt_leaves_no_scrap(tmp_path: Path) -> None:
    def interrupted() -> None:
        with replacing(tmp_path / "ranking.md") as stream:
            stream.write("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_to_is_named_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(InputError, match=r"Cannot write .*file/ranking\.md: ") as refused:
        replace_file(tmp_path / "file" / "ranking.md", b"x")

    assert "may write there" in refused.value.hint
