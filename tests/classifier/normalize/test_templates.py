"""Templates: before and after."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from classifier.normalize import normalize
from classifier.types import Issue, Section, SegmentKind

CASES = tomllib.loads((Path(__file__).parent / "template_cases.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_a_template_adds_goes_and_the_report_stays(
    make_issue: Callable[..., Issue], case: dict[str, str]
) -> None:
    segments = normalize(make_issue(body=case["before"])).segments
    assert "\n".join(segment.text for segment in segments[1:]) == case["after"].lstrip("\n")


@pytest.mark.parametrize(
    "heading",
    [
        "**{}**",
        "### {}",
        "{}",
        "<b>{}</b>",
        "{}:",
        "**{}:**",
        "1. {}",
        "*{}*?",
    ],
)
@pytest.mark.parametrize(
    ("name", "section"),
    [
        ("Describe the current behavior", Section.CURRENT),
        ("Current Behavior", Section.CURRENT),
        ("What happened?", Section.CURRENT),
        ("Describe the expected behaviour", Section.EXPECTED),
        ("Expected behavior", Section.EXPECTED),
        ("Standalone code to reproduce the issue", Section.REPRODUCTION),
        ("Steps to reproduce", Section.REPRODUCTION),
        ("Relevant log output", Section.LOGS),
        ("Additional context", Section.BODY),
    ],
)
def test_a_template_heading_opens_its_section_whatever_its_markup(
    make_issue: Callable[..., Issue], heading: str, name: str, section: Section
) -> None:
    body = f"# My findings\n\n{heading.format(name)}\n\nThe weights are wrong.\n"
    _, mine, prose = normalize(make_issue(body=body)).segments
    assert (mine.text, mine.section) == ("My findings", Section.BODY)
    assert (prose.text, prose.section) == ("The weights are wrong.", section)


def test_text_after_a_heading_on_its_line_is_kept(make_issue: Callable[..., Issue]) -> None:
    body = "**Describe the expected behavior** The sum is one."
    (segment,) = normalize(make_issue(body=body)).segments[1:]
    assert (segment.text, segment.section) == ("The sum is one.", Section.EXPECTED)


def test_a_heading_of_the_reporters_own_is_a_segment(make_issue: Callable[..., Issue]) -> None:
    (heading, prose) = normalize(make_issue(body="## What I tried\n\nTwo seeds.")).segments[1:]
    assert (heading.kind, heading.text) == (SegmentKind.HEADING, "What I tried")
    assert prose.kind is SegmentKind.PROSE


def test_a_template_sentence_that_never_ends_takes_its_paragraph_at_most(
    make_issue: Callable[..., Issue],
) -> None:
    body = "Please make sure that this is a bug\n\nThe mean is wrong."
    assert normalize(make_issue(body=body)).text == "\nThe mean is wrong."
