"""Several people: who they are, where they disagree, and who settles it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from classifier.web.security.tokens import hash_of, new_token
from classifier.web.store.engine import session
from classifier.web.store.reviewers import give_token
from tests.web.conftest import NOW
from tests.web.pages.browsing import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from tests.web.pages.conftest import Visit

FOCAL = "focal_loss"


def disagree(visit: Visit, *names: str) -> None:
    for name, verdict in zip(names, ("silent", "not silent"), strict=True):
        page = visit(name).open("/?standing=all").open_issue(FOCAL)
        page.decide(verdict, note=f"because {name}")


def test_a_name_is_enough_on_loopback_and_leads_back(visit: Visit) -> None:
    page = visit().open("/sign-in?next=/labels")

    page.submit("/sign-in", name="Ada Lovelace")

    assert page.path == "/labels"
    assert "Ada Lovelace" in page.html
    page.submit("/sign-out")
    assert "Ada Lovelace" not in page.html


@pytest.mark.parametrize("name", ["", " ", "a" * 61, "a\u202eb", "<b>x", "-"])
def test_what_is_no_name_is_told_beside_the_field(visit: Visit, name: str) -> None:
    page = visit().open("/sign-in")

    page.submit("/sign-in", name=name)

    assert page.status == 422
    assert "is no name" in page.text
    assert 'aria-invalid="true"' in page.html


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_signing_in_leads_nowhere_else(visit: Visit, wanted: str) -> None:
    page = visit().open(f"/sign-in?next={wanted}")

    assert page.form("/sign-in").fields["next"] == "/"


def test_votes_are_kept_apart_and_shown_where_they_differ(visit: Visit) -> None:
    disagree(visit, "Ada", "Ben")

    page = visit().open("/disagreements")

    assert "1 issue is open" in page.text
    assert "silent Ada" in page.text
    assert "not silent Ben" in page.text
    assert "because Ada" in page.text
    assert "Sign in to settle it" in page.text


def test_a_third_settles_what_two_see_differently(visit: Visit) -> None:
    disagree(visit, "Ada", "Ben")
    page = visit("Cleo").open("/disagreements")

    page.decide("silent", note="I ran it")

    assert "No open disagreement." in page.text
    assert "is a silent bug, you said" in page.text
    page.open("/?standing=silent").open_issue(FOCAL)
    assert "settles a disagreement" in page.text


def test_on_the_issues_own_page_a_third_settles_it_only_on_purpose(visit: Visit) -> None:
    disagree(visit, "Ada", "Ben")
    page = visit("Cleo").open("/?standing=disagreed").open_issue(FOCAL)
    assert "You have not voted; unchecked, what you say is one vote more" in page.text

    page.decide("silent")
    assert "settles a disagreement" not in page.text
    assert "Disagreed 1" in page.open("/").text

    page.open("/?standing=disagreed").open_issue(FOCAL).decide("silent", settles="1")
    assert "settles a disagreement" in page.text
    assert "You settled it" in page.text
    page.decide("not silent")  # as the form is filled in: it stays settled
    assert "Not silent 1" in page.open("/").text


def test_of_three_nobody_settles_their_own_disagreement(visit: Visit) -> None:
    disagree(visit, "Ada", "Ben")
    visit("Cleo")

    page = visit("Ada").open("/disagreements")

    assert "another reviewer settles it" in page.text
    assert not any(form.action.endswith("/decide") for form in page.forms)


def test_where_there_is_no_third_one_of_two_settles_it_and_says_so(visit: Visit) -> None:
    disagree(visit, "Ada", "Ben")
    page = visit("Ada").open("/disagreements")
    assert "Everybody has voted" in page.text

    page.decide("not silent")

    assert "No open disagreement." in page.text


def test_agreement_is_told_in_words(visit: Visit) -> None:
    assert "No issue has votes of two reviewers yet" in visit().open("/disagreements").text
    disagree(visit, "Ada", "Ben")
    assert "too few to tell agreement" in visit().open("/disagreements").text


def test_beyond_loopback_only_a_token_lets_in(
    make_client: Callable[..., TestClient], sqlite_url: str
) -> None:
    client = make_client(sqlite_url, host="0.0.0.0", allowed_hosts=("127.0.0.1",))  # noqa: S104 - the point
    page = Visitor(client).open("/labels")
    assert page.path == "/sign-in?next=%2Flabels"
    assert 'name="name"' not in page.html

    page.submit("/sign-in", token="guess")  # noqa: S106 - nobody's
    assert "This token is nobody" in page.text
    token = new_token()
    with session(client.app.state.engine) as opened:  # type: ignore[attr-defined]
        give_token(opened, "Ada", hash_of(token), now=NOW)
    page.submit("/sign-in", token=token)

    assert page.path == "/labels"
