import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import InputError
from classifier.github.server import Server, check_repository, find_server


@pytest.fixture(autouse=True)
def no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_API_URL", raising=False)
    monkeypatch.delenv("GITHUB_SERVER_URL", raising=False)


def test_github_is_github_com_where_nobody_says_otherwise() -> None:
    assert find_server() == Server("https://api.github.com", "github.com")


@pytest.mark.parametrize(
    ("api", "host"),
    [
        ("https://git.example.org/api/v3", "git.example.org"),
        ("https://git.example.org:8443/api/v3/", "git.example.org:8443"),
        ("https://api.octo.ghe.com", "octo.ghe.com"),
        ("http://127.0.0.1:8080", ""),
        ("http://localhost:8080", ""),
    ],
)
def test_an_enterprise_server_is_named_by_its_api(
    api: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_API_URL", api)

    assert find_server() == Server(api.rstrip("/"), host)


def test_where_pages_are_can_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:8080")
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://GitHub.com")

    assert find_server().host == "github.com"


@pytest.mark.parametrize(
    "api",
    [
        "http://git.example.org/api/v3",
        "http://127.0.0.1.example.org",
        "ftp://127.0.0.1",
        "git.example.org",
        "https://",
        "https://[::1",
        "https://git.example.org:port",
        "https://user:secret@git.example.org",
        "file:///etc/passwd",
    ],
)
def test_a_token_goes_nowhere_in_the_clear(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_API_URL", api)

    with pytest.raises(InputError, match="GITHUB_API_URL") as caught:
        find_server()
    assert "https" in caught.value.hint


@pytest.mark.parametrize("name", ["octo/demo", "a/b", "Octo-Org/.github", "emu_name/a.b_c-d"])
def test_names_of_repositories_are_taken_as_they_are(name: str) -> None:
    assert check_repository(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "octo", "octo/", "/demo", "octo/demo/issues", "-o/demo", "octo/..", "octo/.", "o o/d"],
)
def test_what_can_be_no_repository_is_named(name: str) -> None:
    with pytest.raises(InputError, match="No name of a repository: ") as caught:
        check_repository(name)
    assert repr(name) in str(caught.value)


@given(st.text(st.sampled_from('ab/.-_"\\{}\n\u00e9?#% '), max_size=12))
def test_a_name_that_is_taken_can_break_neither_an_address_nor_a_query(name: str) -> None:
    try:
        taken = check_repository(name)
    except InputError:
        return
    assert set(taken) <= set("ab/.-_")
    assert taken.count("/") == 1
