import csv
import io
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from classifier.artifact import read_manifest, write_manifest
from classifier.profile import read_profile, write_profile

if TYPE_CHECKING:
    from tests.classifier.cli.conftest import Run

SAYINGS = ("nothing to see", "wrong?", "silently wrong", "crash", "crash, wrong")
Write = Callable[..., Path]


@pytest.fixture
def write_queue(tmp_path: Path) -> Write:
    """Eight weeks of a repository, ten issues a week; the labels follow the words, mostly."""

    def write(name: str = "queue.jsonl", **fields: Any) -> Path:  # noqa: ANN401 - any column
        rows = [
            {
                "repo": "octo/demo",
                "number": number,
                "title": f"{SAYINGS[number % 5]}, case {number}",
                "created_at": str(date(2025, 3, 3) + timedelta(days=(number - 1) * 56 // 80)),
                "label": "silent" if number % 5 == 2 and number % 3 else "not silent",
                **fields,
            }
            for number in range(1, 81)
        ]
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return path

    return write


@pytest.fixture
def rated_directory(model_directory: Path, tmp_path: Path) -> Path:
    """The same model, of which it is known for which base rate it was calibrated."""
    directory = shutil.copytree(model_directory, tmp_path / "rated")
    write_manifest(directory, replace(read_manifest(directory), base_rate=0.5))
    return directory


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_labels_give_a_threshold_in_plain_words(
    run: "Run", write_queue: Write, model_directory: Path, tmp_path: Path
) -> None:
    queue, out = write_queue(), tmp_path / "profile.json"

    outcome = run(
        *("calibrate", queue, "--labels", queue, "--budget", "2/week"),
        *("--model", model_directory, "--out", out),
    )

    assert (outcome.exit_code, outcome.errors) == (0, "")
    assert [line.rstrip() for line in outcome.output.splitlines()] == [
        "Repository       octo/demo",
        "Issues           80 of 8.0 weeks, all labelled",
        "Silent bugs      11 of 80, 13.8% (95 %: 7.5% to 22.6%), counted",
        "Asked for        budget 2/week",
        "Threshold        29.2% (95 %: 29.2% to 100.0%)",
        "Pass             16 issues, 2 a week",
        "Real among them  11 (95 %: 6 to 16), counted",
        "Model            lessons",
        "",
        "Counted in your labels, of 80 issues. The threshold was chosen on the same issues, so",
        "expect a little less of new ones; and much less if the model was trained on these.",
        "",
        f"Profile for `--profile`: {out}",
    ]


def test_without_labels_it_says_that_nothing_was_counted(
    run: "Run", write_queue: Write, rated_directory: Path, tmp_path: Path
) -> None:
    out = tmp_path / "profile.json"

    outcome = run(
        *("calibrate", write_queue(), "--precision", "0.6"),
        *("--model", rated_directory, "--out", out),
    )

    profile = read_profile(out)
    assert outcome.exit_code == 0
    assert "of the issues, estimated" in outcome.output
    assert "No issue was labelled: the numbers are what the model believes" in outcome.output
    assert profile.labelled_count == 0
    assert profile.expected_real.value >= 0.6 * profile.passing_count
    assert profile.expected_real.low < profile.expected_real.value < profile.expected_real.high
    assert profile.base_rate.low < profile.base_rate.value < profile.base_rate.high


def test_a_budget_for_all_issues_lets_all_of_them_pass(
    run: "Run", write_queue: Write, rated_directory: Path, tmp_path: Path
) -> None:
    arguments = "calibrate", write_queue(), "--budget", "99/week", "--model", rated_directory

    outcome = run(*arguments, "--out", tmp_path / "profile.json")

    assert "Pass             80 issues, 10 a week, all of them" in outcome.output


def test_the_same_issues_give_the_same_profile_but_for_the_date(
    run: "Run", write_queue: Write, rated_directory: Path, tmp_path: Path
) -> None:
    outs = [tmp_path / "first.json", tmp_path / "second.json"]

    for out in outs:
        arguments = "calibrate", write_queue(), "--recall", "0.9", "--model", rated_directory
        run(*arguments, "--out", out)

    first, second = map(read_profile, outs)
    assert replace(first, created_at="") == replace(second, created_at="")
    assert first.criterion == "recall 0.9"


def test_a_model_of_unknown_base_rate_needs_labels(
    run: "Run", write_queue: Write, model_directory: Path, tmp_path: Path
) -> None:
    arguments = "calibrate", write_queue(), "--recall", "0.9", "--model", model_directory

    outcome = run(*arguments, "--out", tmp_path / "profile.json")

    assert outcome.exit_code == 1
    assert outcome.errors == (
        "error: Model lessons does not say for which base rate it was calibrated\n"
        "hint: Label some issues and give them by --labels, or train the model again.\n"
    )
    assert not (tmp_path / "profile.json").exists()


@pytest.mark.parametrize(
    ("fields", "arguments", "error"),
    [
        (
            {"created_at": None},
            ("--budget", "20/week"),
            "A budget of 20/week needs opening dates; 80 issues have none",
        ),
        (
            {"created_at": "2025-03-03"},
            ("--budget", "20/week"),
            "The issues are of less than a week: from 2025-03-03 to 2025-03-03",
        ),
        ({}, ("--repo", "octo/other", "--recall", "1"), "No issue is of octo/other"),
        (
            {"title": "wrong"},
            ("--budget", "1/week"),
            "No threshold has budget 1/week among these 80 issues",
        ),
        ({}, ("--precision", "1"), "No threshold has precision 1 among these 80 issues"),
    ],
)
def test_what_cannot_be_had_is_said_in_plain_lines(
    run: "Run",
    write_queue: Write,
    rated_directory: Path,
    *,
    fields: dict[str, Any],
    arguments: tuple[str, ...],
    error: str,
) -> None:
    outcome = run("calibrate", write_queue(**fields), *arguments, "--model", rated_directory)

    assert (outcome.exit_code, outcome.output) == (1, "")
    assert outcome.errors.startswith(f"error: {error}")
    assert "\nhint: " in outcome.errors


def test_a_profile_is_of_one_repository(
    run: "Run", write_queue: Write, rated_directory: Path, tmp_path: Path
) -> None:
    queues = write_queue(), write_queue("other.jsonl", repo="octo/other")
    options = "--recall", "0.9", "--model", rated_directory, "--out", tmp_path / "profile.json"

    several = run("calibrate", *queues, *options)
    one = run("calibrate", *queues, *options, "--repo", "octo/other")

    assert several.exit_code == 1
    assert "The issues are of several repositories: octo/demo, octo/other" in several.errors
    assert "--repo octo/demo" in several.errors
    assert one.exit_code == 0
    assert read_profile(tmp_path / "profile.json").repository == "octo/other"


def test_issues_of_no_repository_are_of_one(
    run: "Run", write_queue: Write, rated_directory: Path, tmp_path: Path
) -> None:
    queue = write_queue(repo=None)
    options = "--recall", "0.9", "--model", rated_directory, "--out", tmp_path / "profile.json"

    assert "Repository       not named" in run("calibrate", queue, *options).output


def test_a_repository_that_has_no_issues_is_answered_with_some_that_have(
    run: "Run", write_queue: Write, rated_directory: Path
) -> None:
    queues = [write_queue(f"{number}.jsonl", repo=f"octo/{number}") for number in range(7)]
    unnamed = write_queue("unnamed.jsonl", repo=None)
    options = "--repo", "octo/nothing", "--recall", "0.9", "--model", rated_directory

    assert run("calibrate", *queues, unnamed, *options).errors == (
        "error: No issue is of octo/nothing\n"
        "hint: There are issues of octo/0, octo/1, octo/2, octo/3, octo/4 and 2 more.\n"
    )
    assert "hint: There are issues of octo/0.\n" in run("calibrate", queues[0], *options).errors
    assert "do not say of which repository" in run("calibrate", unnamed, *options).errors


def test_few_issues_are_counted_out_before_their_labels(
    run: "Run", write_queue: Write, model_directory: Path, tmp_path: Path
) -> None:
    queue, few = write_queue(), tmp_path / "few.jsonl"
    few.write_text("".join(queue.read_text().splitlines(keepends=True)[:29]))

    outcome = run(
        *("calibrate", few, "--labels", queue, "--recall", "0.9", "--model", model_directory),
    )

    assert outcome.errors == (
        "error: Too few for a threshold: 29 issues, of 30 that are needed\n"
        "hint: Give more of the repository's issues, the closed ones too.\n"
    )


def test_labels_of_other_issues_alone_are_refused_with_an_example(
    run: "Run", write_queue: Write, model_directory: Path
) -> None:
    queue, other = write_queue(), write_queue("other.jsonl", repo="octo/other")

    outcome = run(
        *("calibrate", queue, "--labels", other, "--recall", "0.9", "--model", model_directory),
    )

    assert (outcome.exit_code, outcome.output) == (1, "")
    assert outcome.errors.startswith(
        "error: None of the 80 labels is of these 80 issues; the first is of octo/other#1\nhint: "
    )


def test_labels_of_other_issues_among_fitting_ones_are_counted(
    run: "Run", write_queue: Write, model_directory: Path, tmp_path: Path
) -> None:
    queue = write_queue()
    labels = tmp_path / "labels.jsonl"
    labels.write_bytes(queue.read_bytes() + write_queue("other.jsonl", repo="octo/x").read_bytes())
    options = "--recall", "0.9", "--model", model_directory, "--out", tmp_path / "profile.json"

    outcome = run("calibrate", queue, "--labels", labels, *options)

    assert outcome.exit_code == 0
    assert outcome.errors == f"80 of 160 labels in {labels} are of none of these issues\n"


def test_no_silent_bug_in_the_labels_is_told_as_none(
    run: "Run", write_queue: Write, model_directory: Path, tmp_path: Path
) -> None:
    queue, out = write_queue(label="not silent"), tmp_path / "profile.json"
    options = "--budget", "2/week", "--model", model_directory, "--out", out

    outcome = run("calibrate", queue, "--labels", queue, *options)

    assert "Silent bugs      0 of 80, 0.0% (95 %: 0.0% to " in outcome.output
    assert read_profile(out).silent_count == 0
    assert read_profile(out).base_rate.value > 0.0


def test_a_single_issue_that_passes_is_one_and_its_rate_has_digits(
    run: "Run", write_queue: Write, model_directory: Path, tmp_path: Path
) -> None:
    queue = write_queue()
    with queue.open("a") as file:
        row = {"repo": "octo/demo", "number": 81, "created_at": "2025-09-01", "label": "silent"}
        file.write(json.dumps(row | {"title": "wrong", "body": "It is wrong."}) + "\n")
    options = "--precision", "1", "--model", model_directory, "--out", tmp_path / "profile.json"

    outcome = run("calibrate", queue, "--labels", queue, *options)

    assert "Pass             1 issue, 0.038 a week\n" in re.sub(" +\n", "\n", outcome.output)


def test_too_few_labels_are_counted_out(
    run: "Run", write_queue: Write, model_directory: Path, tmp_path: Path
) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("repo,number,label\nocto/demo,1,silent\nocto/demo,2,no\nocto/x,3,no\n")

    outcome = run(
        *("calibrate", write_queue(), "--labels", labels, "--recall", "0.9"),
        *("--model", model_directory),
    )

    assert outcome.exit_code == 1
    assert outcome.errors == (
        "error: Too few for a threshold: 2 of 80 issues are labelled, of 30 that are needed\n"
        "hint: Label more issues.\n"
    )


def test_a_profile_replaces_no_file_that_it_is_made_of(
    run: "Run", write_queue: Write, model_directory: Path
) -> None:
    queue = write_queue()
    before = queue.read_bytes()
    arguments = "calibrate", "-", "--labels", queue, "--recall", "0.9", "--model", model_directory

    outcome = run(*arguments, "--out", queue, given=before)

    assert outcome.exit_code == 1
    assert f"--out {queue} is also read" in outcome.errors
    assert queue.read_bytes() == before


def test_broken_rows_are_named_and_the_exit_code_tells(
    run: "Run", write_queue: Write, rated_directory: Path, tmp_path: Path
) -> None:
    queue = write_queue()
    with queue.open("a") as file:
        file.write('{"title": null}\n')
    options = "--recall", "0.9", "--model", rated_directory, "--out", tmp_path / "profile.json"

    outcome = run("calibrate", queue, *options)

    assert outcome.exit_code == 3
    assert f"{queue}:81: skipped, title is missing" in outcome.errors


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "Give one of --budget, --precision and --recall"),
        (("--recall", "0.9", "--precision", "0.5"), "Give one of --budget"),
        (("--recall", "0"), "0.0 is no share"),
        (("--precision", "1.5"), "1.5 is no share"),
        (("--budget", "lots"), "'lots' is no budget"),
    ],
)
def test_wrong_usage_has_an_exit_code_of_its_own(
    run: "Run", arguments: tuple[str, ...], complaint: str
) -> None:
    outcome = run("calibrate", "issues.jsonl", *arguments)

    assert outcome.exit_code == 2
    assert complaint in outcome.errors


@pytest.fixture
def profile(run: "Run", write_queue: Write, model_directory: Path, tmp_path: Path) -> Path:
    """Of the queue, by its labels: 16 issues pass, and some of them are near the threshold."""
    queue, out = write_queue(), tmp_path / "profile.json"
    run(
        *("calibrate", queue, "--labels", queue, "--budget", "2/week"),
        *("--model", model_directory, "--out", out),
    )
    return out


def test_ranking_under_a_profile_keeps_what_passed_in_the_same_order(
    run: "Run", profile: Path, write_queue: Write, model_directory: Path
) -> None:
    arguments = "rank", write_queue(), "--model", model_directory, "--format", "jsonl"

    bare, under = rows(run(*arguments).output), rows(run(*arguments, "--profile", profile).output)

    known = read_profile(profile)
    assert len(under) == known.passing_count == 16
    assert [row["number"] for row in under] == [row["number"] for row in bare[:16]]
    assert all(row["probability"] >= known.threshold for row in under)
    assert under[0]["probability"] < bare[0]["probability"]
    assert under[0]["verdict"] == "can't tell"
    assert under[0]["missing"] == ["no description", "no reproduction", "no expected behaviour"]


def test_an_explicit_limit_goes_before_the_profiles_and_it_is_said(
    run: "Run", profile: Path, write_queue: Write, model_directory: Path
) -> None:
    body = "```\nfit(x)\n```\nI expected 3."
    outcome = run(
        *("rank", write_queue(body=body), "--model", model_directory, "--format", "jsonl"),
        *("--profile", profile, "--min-probability", "0"),
    )

    assert len(rows(outcome.output)) == 80
    assert {row["verdict"] for row in rows(outcome.output)} == {"read", "leave"}
    assert outcome.errors.startswith("--min-probability 0 is kept to, not the profile's threshold")


def test_issues_of_another_repository_are_spoken_of(
    run: "Run", profile: Path, write_queue: Write, model_directory: Path
) -> None:
    queue = write_queue("other.jsonl", repo="octo/other")

    outcome = run("rank", queue, "--model", model_directory, "--profile", profile)

    assert outcome.exit_code == 0
    assert outcome.errors == "the profile is of octo/demo, these issues also of octo/other\n"


def test_the_table_says_what_cannot_be_told_and_from_where_on_to_read(
    run: "Run", profile: Path, write_queue: Write, model_directory: Path
) -> None:
    arguments = "rank", write_queue(), "--model", model_directory, "--profile", profile

    lines = run(*arguments, "--top", "1").output.splitlines()

    assert lines[2].strip() == "can't tell: no description, no reproduction, no expected behaviour"
    assert lines[3].strip() == "1 issue of octo/demo, by lessons; worth reading from 29.2% on"


def test_csv_and_markdown_have_a_column_for_the_verdict(
    run: "Run", profile: Path, write_queue: Write, model_directory: Path
) -> None:
    arguments = "rank", write_queue(), "--model", model_directory, "--profile", profile

    table = next(csv.DictReader(io.StringIO(run(*arguments, "--format", "csv").output)))
    header, _, first, *_ = run(*arguments, "--format", "markdown").output.splitlines()

    assert table["verdict"] == "can't tell"
    assert table["missing"] == "no description; no reproduction; no expected behaviour"
    assert header == "| Rank | Probability | Verdict | Issue | Title |"
    assert "| can't tell: no description, no reproduction, no expected behaviour |" in first


def test_one_issue_is_told_of_whatever_the_threshold(
    run: "Run", profile: Path, model_directory: Path
) -> None:
    outcome = run(
        *("score", "--title", "crash", "--model", model_directory, "--profile", profile),
    )

    (row,) = rows(outcome.output)
    assert row["verdict"] == "leave"
    assert row["missing"] == []
    assert row["probability"] < read_profile(profile).threshold


@pytest.mark.parametrize("command", [("rank", "-"), ("score", "--title", "t")])
def test_a_profile_of_another_model_is_refused(
    run: "Run", profile: Path, model_directory: Path, command: tuple[str, ...]
) -> None:
    write_profile(profile, replace(read_profile(profile), model_id="older"))

    outcome = run(*command, "--model", model_directory, "--profile", profile)

    assert (outcome.exit_code, outcome.output) == (1, "")
    assert outcome.errors.startswith("error: The profile is of model older, not of lessons\nhint: ")


def test_a_damaged_profile_is_refused(run: "Run", profile: Path, model_directory: Path) -> None:
    profile.write_bytes(profile.read_bytes()[:-20])

    outcome = run("rank", "-", "--model", model_directory, "--profile", profile)

    assert outcome.exit_code == 1
    assert f"error: {profile} is no profile, but damaged JSON" in outcome.errors
    assert "hint: Run `silentrank calibrate` again." in outcome.errors
