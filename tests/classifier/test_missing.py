from collections.abc import Callable

import pytest

from classifier.missing import missing_facts
from classifier.normalize import normalize
from classifier.types import Issue


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        ("", ("no description", "no reproduction", "no expected behaviour")),
        ("It is off.", ("no reproduction", "no expected behaviour")),
        ("It is off.\n\n```python\nfit(x)\n```\n", ("no expected behaviour",)),
        ("I expected 0.5.", ("no reproduction",)),
        ("### Steps to reproduce\n\n1. Open it\n\n### Expected behavior\n\n3\n", ()),
        (
            "### Current behavior\n\nOff by one.\n\n### Steps to reproduce\n\n_No response_\n",
            ("no reproduction", "no expected behaviour"),
        ),
    ],
)
def test_missing_facts_are_named_in_the_order_of_asking(
    make_issue: Callable[..., Issue], body: str, missing: tuple[str, ...]
) -> None:
    assert missing_facts(normalize(make_issue("The loss looks odd", body))) == missing


def test_a_title_may_say_what_was_expected(make_issue: Callable[..., Issue]) -> None:
    issue = normalize(make_issue("mean() returns 0.4, expected 0.5", "See title."))

    assert missing_facts(issue) == ("no reproduction",)
