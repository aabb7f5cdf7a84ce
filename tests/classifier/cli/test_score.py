import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.classifier.cli.conftest import Run

TITLE = "metric is wrong, no error is shown"


def test_a_title_alone_is_scored(run: "Run", model_directory: Path) -> None:
    outcome = run("score", "--title", TITLE, "--model", model_directory)

    row = json.loads(outcome.output)
    assert outcome.exit_code == 0
    assert list(row) == ["repo", "number", "url", "title", "probability", "model"]
    assert (row["title"], row["model"]) == (TITLE, "lessons")
    assert row["probability"] > 0.5


def test_a_model_that_knows_scenarios_says_what_to_expect(
    run: "Run", aspect_directory: Path
) -> None:
    outcome = run("score", "--title", "wrong saveload, severe", "--model", aspect_directory)

    row = json.loads(outcome.output)
    assert list(row)[-4:] == ["scenario", "scenario_probability", "impact", "priority"]
    assert (row["scenario"], row["scenario_probability"], row["impact"]) == ("saveload", 0.7, 4)
    assert row["priority"] == pytest.approx(row["probability"] * 3.964, abs=1e-3)


def test_a_body_file_counts(run: "Run", model_directory: Path, tmp_path: Path) -> None:
    body = tmp_path / "body.md"
    body.write_text("crash with a segmentation fault on import")
    arguments = "score", "--title", "A question", "--model", model_directory

    alone = json.loads(run(*arguments).output)
    with_body = json.loads(run(*arguments, "--body-file", body).output)

    assert with_body["probability"] < alone["probability"]


def test_a_body_may_come_from_standard_input_even_if_it_looks_like_json(
    run: "Run", model_directory: Path
) -> None:
    outcome = run(
        "score",
        *("--title", "A question", "--body-file", "-", "--explain", "--model", model_directory),
        given=b'{"title": "result is silently wrong"}',
    )

    row = json.loads(outcome.output)
    assert row["title"] == "A question"
    assert any("silently wrong" in reason["text"] for reason in row["evidence"])


def test_an_issue_in_githubs_json_is_scored_as_it_comes(run: "Run", model_directory: Path) -> None:
    given = {"number": 3, "title": TITLE, "body": "x", "url": "https://github.com/o/r/issues/3"}

    outcome = run("score", "--model", model_directory, given=json.dumps(given, indent=1).encode())

    row = json.loads(outcome.output)
    assert (row["repo"], row["number"], row["title"]) == ("o/r", 3, TITLE)


def test_explaining_adds_evidence(run: "Run", model_directory: Path) -> None:
    outcome = run("score", "--title", TITLE, "--explain", "--model", model_directory)

    (reason, *_) = json.loads(outcome.output)["evidence"]
    assert reason["text"] == TITLE
    assert reason["weight"] > 0


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (b"", "0 issues on standard input, not 1"),
        (b'[{"title": "a"}, {"title": "b"}]', "2 issues on standard input, not 1"),
        (b"not json", "standard input:1: not JSON"),
        (b'{"body": "b"}', "standard input: title is missing"),
        (b'{"title": "t", "pull_request": {"url": "x"}}', "standard input: a pull request"),
    ],
)
def test_anything_but_one_issue_is_refused(run: "Run", given: bytes, complaint: str) -> None:
    outcome = run("score", given=given)

    assert outcome.exit_code == 1
    assert outcome.errors.startswith(f"error: {complaint}")
    assert "\nhint: " in outcome.errors


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [(("--body-file", "body.md"), "needs --title"), (("--title", " "), "is empty")],
)
def test_wrong_usage_is_told_apart(run: "Run", arguments: tuple[str, ...], complaint: str) -> None:
    outcome = run("score", *arguments)

    assert outcome.exit_code == 2
    assert complaint in outcome.errors


def test_a_missing_body_file_is_named(run: "Run") -> None:
    outcome = run("score", "--title", "t", "--body-file", "absent.md")

    assert outcome.exit_code == 1
    assert "error: Cannot read absent.md: No such file or directory" in outcome.errors
