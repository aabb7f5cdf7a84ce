"""What the comment, the labels' history and the log say."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

import pytest

from classifier.action.comment import render_comment, standing
from classifier.action.judging import Judgement
from classifier.action.outputs import (
    MOST_SUMMARY_BYTES,
    annotate,
    say,
    without_commands,
    write_outputs,
    write_summary,
)
from classifier.action.report import Report
from classifier.errors import InputError
from classifier.guidelines import GUIDELINES, UNCLEAR, guideline_for
from classifier.types import Evidence, IssueKey, Outlook, RankedIssue, Scenario
from tests.action.runner import Command, commands_in, read_outputs

if TYPE_CHECKING:
    from pathlib import Path

REASONS = (
    Evidence("the loss is wrong", 2.0, is_quote=True),
    Evidence("Traceback", -1.5, is_quote=True),
    Evidence("no error", 0.4, is_quote=False),
    Evidence("it says nothing", 0.3, is_quote=True),
    Evidence("a fourth", 0.2, is_quote=True),
)


def comment(
    probability: float = 0.41,
    *,
    outlook: Outlook | None = None,
    percentile: float | None = 97.3,
    missing: tuple[str, ...] = (),
) -> str:
    entry = RankedIssue(
        1, IssueKey("octo/demo", 1), "t", "", probability, REASONS, missing, outlook
    )
    judgement = Judgement(entry, "words", threshold=0.3, percentile=percentile)
    return render_comment(judgement, label="possible silent bug")


def test_the_comment_tells_how_likely_it_is_in_words_and_numbers() -> None:
    text = comment()

    assert "**41 %**, a real possibility, likelier than 97 % of issues" in text
    assert "about 4 in 10" in text
    assert "Nobody has checked it yet" in text


def test_where_a_percentile_is_not_known_none_is_told() -> None:
    assert "**41 %**, a real possibility. Nobody" in comment(percentile=None)


@pytest.mark.parametrize(
    ("percentile", "words"), [(100.0, "99 %"), (99.7, "99 %"), (98.9, "98 %"), (0.2, "0 %")]
)
def test_a_percentile_never_promises_more_than_there_is(percentile: float, words: str) -> None:
    assert standing(percentile) == words


def test_three_reasons_that_speak_for_it_are_given() -> None:
    text = comment()

    assert "“`the loss is wrong`”" in text
    assert "- `no error`" in text
    assert "“`it says nothing`”" in text
    assert "Traceback" not in text
    assert "a fourth" not in text


def test_how_to_correct_it_is_said_before_the_fold() -> None:
    before, fold, _ = comment().partition("<details>")

    assert fold
    assert "Add the label `not a silent bug`, or react with 👎" in before
    assert "A deleted comment does not come back" in before


@pytest.mark.parametrize("scenario", Scenario)
def test_each_kind_has_a_guideline_of_its_own(scenario: Scenario) -> None:
    text = comment(outlook=Outlook(scenario, 0.6, 3, 3.5))

    guideline = GUIDELINES[scenario]
    assert f"**Perhaps {guideline.headline}.**" in text
    assert all(f"- {check}" in text for check in guideline.checks)
    assert 2 <= len(guideline.checks) <= 3
    assert f"likeliest kind `{scenario}` (60 %), impact serious (3 of 4)" in text


def test_a_kind_that_is_too_unsure_is_not_named_before_the_fold() -> None:
    unsure = Outlook(Scenario.SHAPE, 0.3, 1, 3.5)

    assert guideline_for(unsure) == guideline_for(None) == UNCLEAR
    assert "wrong shape" not in comment(outlook=unsure)
    assert "`shape` (30 %, too unsure to be named)" in comment(outlook=unsure)


def test_what_the_report_lacks_is_named() -> None:
    assert "The report lacks: `no reproduction`." in comment(missing=("no reproduction",))


def test_a_line_of_the_log_is_no_command() -> None:
    log = io.StringIO()

    say("::error::x ##[warning]y ::::debug::", log)

    assert list(commands_in(log.getvalue().splitlines())) == []
    assert log.getvalue() == ": :error: :x ## [warning]y : : : :debug: :\n"


def test_what_is_logged_while_commands_are_off_is_none_even_after_an_error() -> None:
    log = io.StringIO()

    with contextlib.suppress(ZeroDivisionError), without_commands(log):
        print("::error::within", file=log)
        raise ZeroDivisionError
    annotate("warning", "after: 50%\n::error::no", log)

    assert list(commands_in(log.getvalue().splitlines())) == [
        Command("warning", "after: 50%25 : :error: :no")
    ]


def test_outputs_come_back_as_they_were_written(tmp_path: Path) -> None:
    outputs = {"a": "one", "b": "two\nEOF\nlines", "c": "", "d": "x=y<<EOF"}
    path = tmp_path / "outputs"

    write_outputs({"GITHUB_OUTPUT": str(path)}, outputs)

    assert read_outputs(path.read_text()) == outputs


def test_delimiters_differ_each_time(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_outputs({"GITHUB_OUTPUT": str(tmp_path / name)}, {"a": "b"})

    assert (tmp_path / "one").read_text() != (tmp_path / "other").read_text()


def test_a_summary_is_cut_where_github_would_show_nothing(tmp_path: Path) -> None:
    path = tmp_path / "summary"

    write_summary({"GITHUB_STEP_SUMMARY": str(path)}, "ä line\n" * 200_000)

    assert MOST_SUMMARY_BYTES - 100 < path.stat().st_size < MOST_SUMMARY_BYTES + 100
    assert path.read_text(encoding="utf-8").rstrip().endswith("ends here.*")


def test_off_github_nothing_is_written_and_a_folder_is_an_error(tmp_path: Path) -> None:
    write_summary({}, "x")

    with pytest.raises(InputError, match="Cannot write"):
        write_summary({"GITHUB_STEP_SUMMARY": str(tmp_path)}, "x")


def test_a_run_without_an_issue_has_empty_outputs() -> None:
    outputs = Report().outputs()

    assert set(outputs.values()) == {""}
    assert {"probability", "rank-percentile", "decision", "scenario"} <= set(outputs)
    assert {"impact", "comment-id", "model"} <= set(outputs)
