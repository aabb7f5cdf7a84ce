from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from classifier.web.security.access import local_path
from classifier.web.security.sessions import Visit, Visits
from classifier.web.security.tokens import hash_of, new_token
from classifier.web.store.engine import session
from classifier.web.store.reviewers import give_token
from tests.web.security.conftest import HERE, MakeApp

COOKIE = "silentrank_8000"
VISITS = Visits("a secret", port=8000)
VISIT_PARTS = st.builds(
    Visit,
    st.text(max_size=30),
    st.none() | st.integers(1, 10**6),
    st.text("0123456789abcdef"),
    st.integers(0, 10**6),
)


def enter(client: TestClient, *, with_token: bool = False) -> None:
    shown = client.get("/probe").json()
    form = {"name": "Ada", "with_token": str(with_token), "csrf_token": shown["csrf_token"]}
    assert client.post("/probe", data=form).status_code == 200


def leave(client: TestClient) -> None:
    shown = client.get("/probe").json()
    answer = client.post("/probe/leave", headers={"x-csrf-token": shown["csrf_token"]})
    assert answer.status_code == 200


def who(client: TestClient) -> str:
    answer = client.get("/probe", follow_redirects=False)
    return str(answer.json()["reviewer"]) if answer.status_code == 200 else "nobody"


@given(visit=VISIT_PARTS)
def test_a_visit_comes_back_from_its_cookie(visit: Visit) -> None:
    assert VISITS.read(VISITS.write(visit)) == visit


@given(visit=VISIT_PARTS, data=st.data())
def test_a_cookie_that_was_altered_is_no_visit(visit: Visit, data: st.DataObject) -> None:
    cookie = VISITS.write(visit)
    place = data.draw(st.integers(0, len(cookie) - 2))  # the last character has spare bits
    other = data.draw(st.characters(codec="ascii").filter(lambda new: new != cookie[place]))

    assert VISITS.read(cookie[:place] + other + cookie[place + 1 :]) is None


@given(cookie=st.text())
def test_any_text_may_stand_in_a_cookie(cookie: str) -> None:
    assert VISITS.read(cookie) is None


def test_a_cookie_of_another_secret_is_no_visit() -> None:
    assert VISITS.read(Visits("another", port=8000).write(Visit("id", 1))) is None


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(browser: TestClient) -> None:
    said = browser.get("/probe").headers["set-cookie"]

    assert said.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(said.split("; "))
    assert "Domain" not in said
    assert "Secure" not in said  # loopback has no certificate


def test_over_https_the_cookie_never_travels_in_the_clear(app: FastAPI) -> None:
    said = TestClient(app, base_url="https://127.0.0.1:8000").get("/probe").headers["set-cookie"]

    assert "Secure" in said.split("; ")


def test_a_visit_has_another_cookie_once_it_has_a_name(browser: TestClient) -> None:
    browser.get("/probe")
    before = browser.cookies[COOKIE]
    enter(browser)

    assert who(browser) == "Ada"
    assert browser.cookies[COOKIE] != before


def test_who_signs_out_is_nobody(browser: TestClient) -> None:
    enter(browser)
    leave(browser)

    assert who(browser) == ""


@pytest.mark.parametrize("with_token", [False, True])
def test_signing_out_ends_copied_cookies_and_other_browsers(
    app: FastAPI, token: str, *, with_token: bool
) -> None:
    assert token
    browser, elsewhere = (TestClient(app, base_url=HERE) for _ in range(2))
    for one in (browser, elsewhere):
        enter(one, with_token=with_token)
    thief = TestClient(app, base_url=HERE, cookies=dict(browser.cookies))
    assert (who(thief), who(elsewhere)) == ("Ada", "Ada")

    leave(browser)
    assert (who(thief), who(elsewhere)) == ("", "")

    enter(browser, with_token=with_token)
    assert (who(browser), who(thief)) == ("Ada", "")


def test_who_signs_out_signs_nobody_else_out(app: FastAPI) -> None:
    ada, stranger = (TestClient(app, base_url=HERE) for _ in range(2))
    enter(ada)
    leave(stranger)

    assert who(ada) == "Ada"


def test_the_api_makes_no_cookies(browser: TestClient) -> None:
    assert "set-cookie" not in browser.get("/api/issues").headers


def test_servers_on_other_ports_leave_each_others_cookies_alone(make_app: MakeApp) -> None:
    first, second = make_app(port=8000), make_app(port=8001)
    browser = TestClient(first, base_url=HERE)
    enter(browser)
    jar = dict(browser.cookies)
    other = TestClient(second, base_url="http://127.0.0.1:8001", cookies=jar)

    assert who(other) == ""
    assert who(browser) == "Ada"


def test_a_visit_by_name_is_worth_nothing_beyond_loopback(make_app: MakeApp, token: str) -> None:
    here = TestClient(make_app(), base_url=HERE)
    enter(here)
    beyond = make_app(host="0.0.0.0")  # noqa: S104 - nothing listens
    there = TestClient(beyond, base_url=HERE, cookies=dict(here.cookies))

    assert token
    assert who(here) == "Ada"
    assert who(there) == "nobody"


def test_a_visit_by_token_ends_with_that_token(make_app: MakeApp, token: str) -> None:
    assert token
    here = TestClient(make_app(), base_url=HERE)
    enter(here, with_token=True)
    beyond = make_app(host="0.0.0.0")  # noqa: S104 - nothing listens
    there = TestClient(beyond, base_url=HERE, cookies=dict(here.cookies))
    assert who(there) == "Ada"

    with session(beyond.state.engine) as db:
        give_token(db, "Ada", hash_of(new_token()), now=datetime.now(UTC))

    assert who(there) == "nobody"


def test_after_signing_in_one_goes_back_to_a_page_of_this_server() -> None:
    assert local_path("/issues/7?by=priority") == "/issues/7?by=priority"
    for elsewhere in (
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "",
    ):
        assert local_path(elsewhere) == "/", elsewhere
