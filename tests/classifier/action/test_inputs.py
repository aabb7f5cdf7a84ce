from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from classifier.action.inputs import Mode, Settings, read_settings
from classifier.errors import InputError

ACTION = yaml.safe_load((Path(__file__).parents[3] / "action.yml").read_text(encoding="utf-8"))


def read(**inputs: str) -> Settings:
    return read_settings({f"INPUT_{name.upper()}": value for name, value in inputs.items()})


def test_without_inputs_only_a_summary_is_written() -> None:
    assert read() == Settings()
    assert read().modes == {Mode.SUMMARY}


def test_the_defaults_of_action_yml_are_the_same() -> None:
    defaults = {
        name.replace("-", "_"): entry["default"]
        for name, entry in ACTION["inputs"].items()
        if name != "token"
    }

    assert read(**defaults) == Settings()


def test_action_yml_hands_on_every_input_and_every_output_of_the_step() -> None:
    step = ACTION["runs"]["steps"][-1]
    handed_on = {name.removeprefix("INPUT_").lower().replace("_", "-") for name in step["env"]}

    assert handed_on == {*ACTION["inputs"], "is-workflow-token"} - {"cache"}  # of another step
    assert {entry["value"] for entry in ACTION["outputs"].values()} == {
        f"${{{{ steps.run.outputs.{name} }}}}" for name in ACTION["outputs"]
    }


@pytest.mark.parametrize(
    "text", ["comment,label", "label comment", "Comment\nlabel", "label,,comment"]
)
def test_modes_are_any_set(text: str) -> None:
    assert read(mode=text).modes == {Mode.COMMENT, Mode.LABEL, Mode.SUMMARY}


def test_names_have_commas_or_lines_between_them_and_any_case() -> None:
    settings = read(exclude_labels="Type: Question, wontfix\n\n", exclude_authors="@Bob,alice")

    assert settings.excluded_labels == {"type: question", "wontfix"}
    assert settings.excluded_authors == {"bob", "alice"}


def test_a_profile_lies_in_the_workspace() -> None:
    settings = read_settings({"INPUT_PROFILE": "a/b.json", "GITHUB_WORKSPACE": "/w"})

    assert settings.profile == Path("/w/a/b.json")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("7", [7]),
        ("3-5, 9", [3, 4, 5, 9]),
        ("#12\n#10-#11", [10, 11, 12]),
        ("5-5 5", [5]),
        ("", []),
    ],
)
def test_issues_are_numbers_and_ranges(text: str, numbers: list[int]) -> None:
    assert list(read(issues=text).issues) == numbers


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"mode": "coment"}, "Input mode: 'coment' is unknown"),
        ({"threshold": "30%"}, "Input threshold: '30%' is no probability"),
        ({"threshold": "nan"}, "Input threshold"),
        ({"threshold": "1.01"}, "Input threshold"),
        ({"min_confidence": "-1"}, "Input min-confidence"),
        ({"dry_run": "maybe"}, "Input dry-run: 'maybe' is unknown"),
        ({"tracking_issue": "1"}, "Input tracking-issue"),
        ({"budget": "many"}, "Input budget: 'many' is no budget"),
        ({"budget": "5/week"}, "Input budget: how many issues pass is known from a profile"),
        ({"profile": "p.json", "threshold": "0.5"}, "Inputs threshold and profile"),
        ({"label": "Not a silent bug"}, "Input label"),
        ({"label": "x" * 51}, "Input label"),
        ({"label": "a\nb"}, "Input label"),
        ({"issues": "all"}, "Input issues: 'all' is no issue number"),
        ({"issues": "5-3"}, "Input issues: '5-3' is no range"),
        ({"issues": "0"}, "Input issues"),
        ({"issues": "1-999999999"}, "Input issues"),
        ({"issues": "1-200 300-400"}, "Input issues: 301 issues are more than 200"),
    ],
)
def test_an_input_that_makes_no_sense_is_named_with_a_next_step(
    given: dict[str, str], complaint: str
) -> None:
    with pytest.raises(InputError) as caught:
        read(**given)
    assert complaint in str(caught.value)
    assert caught.value.hint


@given(st.dictionaries(st.sampled_from(sorted(set(ACTION["inputs"]) - {"token"})), st.text()))
def test_whatever_is_given_is_read_or_refused(inputs: dict[str, str]) -> None:
    with contextlib.suppress(InputError):
        read(**{name.replace("-", "_"): value for name, value in inputs.items()})


def test_a_token_does_not_show_when_settings_are_printed() -> None:
    assert "ghs_secret" not in repr(read(token="ghs_secret"))  # noqa: S106 - invented
