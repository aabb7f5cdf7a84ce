"""The queue as people see it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import InputError
from classifier.types import Scenario
from classifier.web.pages.filters import filter_of, query_of
from classifier.web.store.queue import Filter

if TYPE_CHECKING:
    from tests.web.pages.conftest import Visit

FILTERS = st.builds(
    Filter,
    repo=st.sampled_from(["", "octo/layerkit"]),
    state=st.sampled_from(["open", "closed", "all"]),
    standing=st.sampled_from(["undecided", "not silent", "all"]),
    since=st.none() | st.dates(),
    until=st.none() | st.dates(),
    at_least=st.integers(0, 100).map(lambda number: number / 100),
    at_most=st.integers(0, 100).map(lambda number: number / 100),
    scenario=st.sampled_from(["", *Scenario]),
    text=st.text(st.characters(exclude_characters="\x00"), max_size=20).map(
        lambda text: text.encode("utf-8", "ignore").decode()
    ),
    by=st.sampled_from(["probability", "priority"]),
    own=st.sampled_from(["", "second", "skipped"]),
).filter(
    lambda wanted: (
        wanted.at_least <= wanted.at_most
        and (not (wanted.since and wanted.until) or wanted.since <= wanted.until)
    )
)


@given(FILTERS)
def test_a_filter_survives_its_address(wanted: Filter) -> None:
    from urllib.parse import parse_qsl  # noqa: PLC0415

    again = filter_of(dict(parse_qsl(query_of(wanted))))

    assert query_of(again) == query_of(wanted)
    assert (again.repo, again.since, again.by) == (wanted.repo, wanted.since, wanted.by)
    assert again.own == wanted.own


def test_the_filter_that_everybody_begins_with_has_the_shortest_address() -> None:
    assert query_of(Filter()) == ""
    assert query_of(Filter(), page=2) == "page=2"


@pytest.mark.parametrize(
    ("name", "value"),
    [("since", "yesterday"), ("until", "2026-13-01"), ("at_least", "110"), ("at_most", "nan")],
)
def test_what_makes_no_sense_in_an_address_is_told(visit: Visit, name: str, value: str) -> None:
    with pytest.raises(InputError, match=name):
        filter_of({name: value})

    page = visit().open(f"/?{name}={value}")
    assert page.status == 422
    assert name in page.text


@pytest.mark.parametrize("query", ["at_least=10&at_most=5", "since=2025-02-01&until=2025-01-01"])
def test_a_filter_that_lets_nothing_through_is_told(visit: Visit, query: str) -> None:
    page = visit().open(f"/?{query}")

    assert page.status == 422
    assert re.search(r"No (probability|day) is", page.html)


@pytest.mark.parametrize(
    "name",
    ["1187", "%231187", "octo/layerkit%231187", "https://github.com/octo/layerkit/issues/1187"],
)
def test_an_issue_is_found_by_its_number(visit: Visit, name: str) -> None:
    titles = visit().open(f"/?text={name}").titles

    assert "focal_loss ignores sample_weight when the weights are a column vector" in titles


def test_an_empty_queue_says_why_it_is_empty(visit: Visit) -> None:
    ada = visit("Ada")

    assert "No open issue is unsure." in ada.open("/?standing=unsure").text
    assert "You have skipped nothing." in ada.open("/?own=skipped").text
    assert "Nothing waits for your second opinion." in ada.open("/?own=second").text


def test_the_likeliest_issue_is_the_first(visit: Visit) -> None:
    page = visit().open("/")

    shares = [int(share) for share in re.findall(r'"percent">(?:under |over )?(\d+) %', page.html)]
    assert shares == sorted(shares, reverse=True)
    assert len(page.titles) == len(shares) == 37


def test_each_issue_tells_its_chance_in_words_its_place_and_its_day(visit: Visit) -> None:
    page = visit().open("/?text=focal_loss")

    assert "focal_loss ignores sample_weight" in page.text
    assert "octo/layerkit#1187 11 Feb 2024" in page.text
    assert re.search(r"\d+ % (very likely|more likely|a real|possible|rather)", page.text)


def test_filters_narrow_the_queue_and_their_counts_say_so_before(visit: Visit) -> None:
    page = visit().open("/")
    promised = re.search(r"octo/tracejit \((\d+)\)", page.text)
    assert promised

    page.submit("/", repo="octo/tracejit")

    assert len(page.titles) == int(promised[1]) == 5
    assert "repo=octo%2Ftracejit" in page.path


def test_a_link_to_a_filtered_queue_shows_the_form_filled_in(visit: Visit) -> None:
    form = visit().open("/?repo=octo/gradflow&at_least=25&since=2025-01-01&by=priority").form("/")

    assert form.fields["repo"] == "octo/gradflow"
    assert form.fields["at_least"] == "25"
    assert form.fields["since"] == "2025-01-01"
    assert form.fields["by"] == "priority"


def test_a_queue_without_issues_says_what_to_do(visit: Visit) -> None:
    page = visit().open("/?text=zzzzzz")

    assert "No issue fits this filter." in page.text
    assert page.link("Show the whole queue") == "/"


def test_tabs_count_what_is_decided(visit: Visit) -> None:
    ada = visit("Ada").open("/").open_issue("focal_loss").decide("silent")

    page = ada.open("/?standing=silent")

    assert page.titles == ["focal_loss ignores sample_weight when the weights are a column vector"]
    assert "Undecided 36 Silent 1" in page.text


def test_a_page_beyond_the_last_is_the_last(visit: Visit) -> None:
    assert len(visit().open("/?page=99").titles) == 37


def test_hostile_titles_are_text(visit: Visit) -> None:
    page = visit().open("/?standing=all")

    assert "<script>alert" not in page.html
    assert "&lt;script&gt;alert" in page.html
    assert "\x1b" not in page.html
    assert "\u202e" not in page.html
