"""Whatever an issue says, nothing that the Action writes does anything but be read."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.action.comment import render_comment, render_withdrawal
from classifier.action.digest import render_digest
from classifier.action.event import Event
from classifier.action.inert import cell, code_span
from classifier.action.judging import Judgement
from classifier.action.outputs import annotate, say, without_commands, write_outputs
from classifier.action.problems import Problem
from classifier.action.report import Report
from classifier.action.responding import Outcome, judged
from classifier.action.result import decode_result, encode_result
from classifier.action.summary import render_summary
from classifier.action.tracker import TrackedIssue
from classifier.normalize import normalize
from classifier.traces import signed
from classifier.types import Evidence, Issue, IssueKey, Outlook, RankedIssue, Scenario
from tests.action.hostile import CORPUS, KINDS, HostileIssue
from tests.action.markdown import assert_inert, structure
from tests.action.runner import commands_in, read_outputs

if TYPE_CHECKING:
    from pathlib import Path

KEY = IssueKey("octo/demo", 7)
EVENT = Event("issues", "octo/demo", "opened")
MOST_LINES = 12
LONGEST_COMMENT = 4_000
EVERY = pytest.mark.parametrize("hostile", CORPUS, ids=str)
BY_KIND = pytest.mark.parametrize("kind", KINDS)
MARKS = st.text(alphabet="\\|`*_~[]()<>!#@&;$:/.-= \n\tahtpsw1f7", max_size=60) | st.text(
    max_size=60
)


def of_kind(kind: str) -> list[HostileIssue]:
    return [hostile for hostile in CORPUS if hostile.kind == kind]


def lines_of(hostile: HostileIssue) -> list[str]:
    """What may be quoted: the lines that a model reads, and the raw ones to be sure."""
    issue = normalize(Issue(KEY, hostile.title, hostile.body))
    read = [segment.text for segment in issue.segments]
    return [*read[:MOST_LINES], hostile.title, *hostile.body.splitlines()[:MOST_LINES]]


def judgement(*lines: str, title: str = "t") -> Judgement:
    """A judgement that quotes these lines, and would mention them wherever it can."""
    return Judgement(
        entry=RankedIssue(
            rank=1,
            key=KEY,
            title=title,
            url="",
            probability=0.5,
            evidence=tuple(
                Evidence(line, 2.0 - n / 100, is_quote=n % 2 == 0) for n, line in enumerate(lines)
            ),
            missing=lines[:1],
            outlook=Outlook(Scenario.SAVELOAD, 0.6, 3, 4.0),
        ),
        model_id=lines[0] if lines else "words",
        threshold=0.3,
        percentile=97.0,
    )


def outcome(hostile: HostileIssue) -> Outcome:
    issue = Issue(KEY, hostile.title, hostile.body, labels=(hostile.title,))
    return judged(TrackedIssue(issue), judgement(*lines_of(hostile), title=hostile.title))


def test_the_corpus_is_large_and_each_class_has_several() -> None:
    assert len(CORPUS) >= 40
    assert min(len(of_kind(kind)) for kind in KINDS) >= 2
    assert len({(hostile.title, hostile.body) for hostile in CORPUS}) == len(CORPUS)


@BY_KIND
def test_the_comment_stays_inert(kind: str) -> None:
    for hostile in of_kind(kind):
        lines = lines_of(hostile)
        for start in range(0, len(lines), 3):
            comment = render_comment(judgement(*lines[start : start + 3]), label=hostile.title)

            assert_inert(signed(comment, kind="comment", of="2026-11-02T09:00:01Z"))
            assert len(comment) < LONGEST_COMMENT


@BY_KIND
def test_the_comment_is_built_the_same_whatever_the_issue_says(kind: str) -> None:
    for hostile in of_kind(kind):
        lines = [line for line in lines_of(hostile) if line.strip()][:3]
        plain = ["plain words"] * len(lines)
        comment = render_comment(judgement(*lines), label="a label")

        assert structure(comment) == structure(render_comment(judgement(*plain), label="a label"))


@BY_KIND
def test_what_the_comment_says_after_an_edit_stays_inert(kind: str) -> None:
    for hostile in of_kind(kind):
        assert_inert(render_withdrawal(judgement(*lines_of(hostile))))


@BY_KIND
def test_the_summary_stays_inert(kind: str) -> None:
    for hostile in of_kind(kind):
        report = Report([outcome(hostile)], is_dry_run=True, label=hostile.title)
        report.problems.append(Problem(f"It failed: {hostile.title}", hostile.body[:2000]))

        summary = render_summary(report, EVENT)

        assert_inert(summary)
        rows = [line for line in summary.splitlines() if line.startswith("| ")]
        assert len(rows) == 3


@BY_KIND
def test_the_tracking_issue_stays_inert(kind: str) -> None:
    outcomes = [outcome(hostile) for hostile in of_kind(kind)]

    body = render_digest(
        outcomes, event=EVENT, first_day=date(2026, 11, 2), last_day=date(2026, 11, 9)
    )

    assert_inert(signed(body, kind="digest"))
    assert len([line for line in body.splitlines() if line.startswith("| ")]) == 2 + len(outcomes)


@BY_KIND
def test_outputs_hold_what_was_meant_and_nothing_else(kind: str, tmp_path: Path) -> None:
    for number, hostile in enumerate(of_kind(kind)):
        path = tmp_path / str(number)
        outputs = Report([outcome(hostile)]).outputs()
        tricky = {**outputs, "model": hostile.title, "result": hostile.body[:5000] + "\nEOF"}

        write_outputs({"GITHUB_OUTPUT": str(path)}, tricky | {"decision": "likely"})

        read = read_outputs(path.read_text(encoding="utf-8", errors="replace"))
        assert list(read) == list(outputs)
        assert (read["decision"], read["issue"]) == ("likely", "7")


@BY_KIND
def test_the_log_has_no_command_but_ours(kind: str) -> None:
    log = io.StringIO()
    for hostile in of_kind(kind):
        with without_commands(log):
            log.write(f"{hostile.title}\n{hostile.body[:5000]}\n")  # a traceback might
        for line in [hostile.title, *hostile.body[:5000].splitlines()]:
            say(line, log)
        say(outcome(hostile).in_short, log)
        annotate("warning", f"{hostile.title}\n{hostile.body[:5000]}", log)

    found = list(commands_in(log.getvalue().split("\n")))

    assert {command.name for command in found} == {"warning"}
    assert len(found) == len(of_kind(kind))


@BY_KIND
def test_a_result_passes_between_jobs_as_numbers_and_short_lines(kind: str) -> None:
    for hostile in of_kind(kind):
        given = judgement(*lines_of(hostile), title=hostile.title)

        encoded = encode_result(given)
        decoded = decode_result(encoded, key=KEY, title="t") if len(encoded) < 20_000 else None

        assert "\n" not in encoded
        if decoded:
            assert decoded.entry.probability == given.entry.probability
            assert_inert(render_comment(decoded, label="a label"))


@given(lines=st.lists(MARKS, min_size=1, max_size=3), label=MARKS)
def test_no_text_makes_a_comment_act(lines: list[str], label: str) -> None:
    comment = render_comment(judgement(*lines), label=label)

    assert_inert(comment)
    assert structure(comment) == structure(
        render_comment(judgement(*["plain words"] * len(lines)), label="a label")
    )


@given(text=MARKS)
def test_no_text_leaves_its_code_span_or_its_cell(text: str) -> None:
    assert_inert(f"| a |\n| --- |\n| {cell(text, 50)} |")
    assert structure(f"x {code_span(text, 50)} y") == structure("x `a` y")
    assert structure(f"| a |\n| --- |\n| {cell(text, 50)} | b |") == structure(
        "| a |\n| --- |\n| x | b |"
    ) or not cell(text, 50)


@EVERY
def test_what_is_cut_off_is_told_by_an_ellipsis(hostile: HostileIssue) -> None:
    quoted = code_span(hostile.body or hostile.title, 40)

    assert len(quoted) < 200
    assert ("…" in quoted) or len(hostile.body or hostile.title) <= 160


@pytest.mark.parametrize("mark", "\u0301\u0e47\u0489\u20dd\ufe0f\u034f")
def test_marks_do_not_pile_up_over_the_lines_around(mark: str) -> None:
    text = f"w{mark * 50}rong"

    assert cell(text, 120) == f"w{mark * 3}rong"
    assert code_span(text, 120) == f"`w{mark * 3}rong`"


def test_a_result_that_was_tampered_with_is_believed_nothing_but_its_range() -> None:
    good = encode_result(judgement("wrong"))
    bad = [
        good.replace('"probability": 0.5', '"probability": 2'),
        good.replace('"probability": 0.5', '"probability": NaN'),
        good.replace('"impact": 3', '"impact": 9'),
        good.replace('"impact": 3', '"impact": Infinity'),
        good.replace('"number": 7', '"number": Infinity'),
        good.replace('"scenario": "saveload"', '"scenario": "<b>"'),
        good.replace('"model": "wrong"', '"model": ["wrong"]'),
        good.replace('"format_version": 1', '"format_version": 2'),
        "[" * 10_000,
        "{}",
        "null",
        "x",
        good + " " * 30_000,
    ]
    for text in bad:
        with pytest.raises(Exception, match="Input result: it is no result"):
            decode_result(text, key=KEY, title="t")
    with pytest.raises(Exception, match="about another issue"):
        decode_result(good, key=replace(KEY, number=8), title="t")
