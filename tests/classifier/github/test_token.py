from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import InputError
from classifier.github.token import find_token, redacted

HOSTS = """github.com:
    users:
        alice:
            oauth_token: gho_alice
        bob:
            oauth_token: gho_bob
    git_protocol: https
    oauth_token: gho_bob
    user: bob
git.example.org:
    oauth_token: gho_enterprise
"""


@pytest.fixture(autouse=True)
def gh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where gh keeps what it knows; nobody has set a variable."""
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    monkeypatch.delenv("GH_TOKEN", raising=False)
    monkeypatch.setenv("GH_CONFIG_DIR", str(tmp_path))
    return tmp_path / "hosts.yml"


def test_nobody_needs_a_token() -> None:
    assert find_token() is None


def test_variables_go_before_what_gh_keeps(gh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gh.write_text(HOSTS)
    assert find_token() == "gho_bob"

    monkeypatch.setenv("GH_TOKEN", "ghp_second")
    assert find_token() == "ghp_second"

    monkeypatch.setenv("GITHUB_TOKEN", " ghp_first\n")
    assert find_token() == "ghp_first"

    monkeypatch.setenv("GITHUB_TOKEN", "")
    assert find_token() == "ghp_second"


def test_the_active_user_of_the_host_that_is_asked_lends_a_token(gh: Path) -> None:
    gh.write_text(HOSTS)

    assert find_token("git.example.org") == "gho_enterprise"
    assert find_token("other.example.org") is None


def test_a_token_for_one_host_goes_to_no_other(gh: Path) -> None:
    gh.write_text(HOSTS)

    assert find_token("") is None


@pytest.mark.parametrize("variable", ["XDG_CONFIG_HOME", "HOME"])
def test_gh_is_found_where_it_keeps_its_files(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GH_CONFIG_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, str(tmp_path))
    folder = tmp_path / "gh" if variable == "XDG_CONFIG_HOME" else tmp_path / ".config" / "gh"
    folder.mkdir(parents=True)
    (folder / "hosts.yml").write_text(HOSTS)

    assert find_token() == "gho_bob"


@pytest.mark.parametrize(
    "content",
    [b"", b"- a\n- b\n", b"github.com: none\n", b"github.com:\n  user: bob\n", b"{", b"\xff\xfe",
     b"github.com:\n  oauth_token: 12\n", b"!!python/object/apply:os.getcwd []\n"],
)  # fmt: skip
def test_what_gh_left_there_may_be_anything(gh: Path, content: bytes) -> None:
    gh.write_bytes(content)

    assert find_token() is None


@pytest.mark.parametrize("value", ["two words", "line\nbreak", "café", "null\x7f"])
def test_what_can_be_no_token_is_refused_without_being_shown(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", value)

    with pytest.raises(InputError, match="GITHUB_TOKEN") as caught:
        find_token()
    assert value not in f"{caught.value}{caught.value.hint}"


@given(before=st.text(), token=st.from_regex(r"gh[ps]_[A-Za-z0-9]{36}", fullmatch=True))
def test_no_text_keeps_a_token(before: str, token: str) -> None:
    assert token not in redacted(f"{before}{token}!{token}", token)
    assert redacted(before, None) == before
