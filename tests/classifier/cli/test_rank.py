import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from classifier.scorers.linear import NUMBERS_FILE

if TYPE_CHECKING:
    from tests.classifier.cli.conftest import Run


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_table_comes_out_likeliest_first(
    run: "Run", issues_file: Path, model_directory: Path
) -> None:
    outcome = run("rank", issues_file, "--model", model_directory)

    assert outcome.exit_code == 0
    assert outcome.errors == ""
    header, first, *_, last = outcome.output.splitlines()
    assert header.split() == ["Rank", "Silent?", "Issue", "Title"]
    assert "metric is wrong" in first
    assert last.strip() == "3 issues of octo/demo, by lessons"


def test_json_lines_have_what_was_promised(
    run: "Run", issues_file: Path, model_directory: Path
) -> None:
    outcome = run("rank", issues_file, "--model", model_directory, "--format", "jsonl")

    first, *others = rows(outcome.output)
    assert list(first) == ["rank", "repo", "number", "url", "title", "probability", "model"]
    assert first == {
        "rank": 1,
        "repo": "octo/demo",
        "number": 2,
        "url": "https://github.com/octo/demo/issues/2",
        "title": "metric is wrong, no error is shown",
        "probability": pytest.approx(first["probability"]),
        "model": "lessons",
    }
    assert len(others) == 2
    assert first["probability"] > 0.5 > others[-1]["probability"]


def test_explaining_adds_signed_evidence(
    run: "Run", issues_file: Path, model_directory: Path
) -> None:
    outcome = run("rank", issues_file, "--model", model_directory, "--format=jsonl", "--explain")

    first = rows(outcome.output)[0]
    assert first["evidence"][0]["text"] in {first["title"], f"It says: {first['title']}"}
    assert first["evidence"][0]["weight"] > 0


def test_top_keeps_the_likeliest(run: "Run", issues_file: Path, model_directory: Path) -> None:
    outcome = run(
        "rank", issues_file, "--model", model_directory, "--format", "jsonl", "--top", "1"
    )

    assert [row["number"] for row in rows(outcome.output)] == [2]


def test_by_priority_the_severest_of_the_likely_come_first(
    run: "Run", aspect_directory: Path
) -> None:
    titles = ("wrong message", "wrong saveload", "a question")
    given = "".join(json.dumps({"title": title}) + "\n" for title in titles).encode()
    arguments = "rank", "jsonl:-", "--model", aspect_directory, "--format", "jsonl"

    by_priority = rows(run(*arguments, "--by", "priority", "--top", "2", given=given).output)
    by_probability = rows(run(*arguments, given=given).output)

    assert [row["title"] for row in by_priority] == ["wrong saveload", "wrong message"]
    assert [row["title"] for row in by_probability] == list(titles)
    first = by_priority[0]
    assert (first["rank"], first["scenario"], first["scenario_probability"]) == (1, "saveload", 0.7)
    assert first["priority"] == by_probability[1]["priority"]
    assert first["priority"] == pytest.approx(first["probability"] * 3.964, abs=1e-3)


def test_min_probability_is_of_the_probability_by_priority_too(
    run: "Run", aspect_directory: Path
) -> None:
    given = b'{"title": "wrong message"}\n{"title": "saveload"}\n'

    outcome = run(
        *("rank", "jsonl:-", "--by=priority", "--min-probability=0.6", "--format=jsonl"),
        *("--model", aspect_directory),
        given=given,
    )

    assert [row["title"] for row in rows(outcome.output)] == ["wrong message"]


def test_a_table_by_priority_says_so(run: "Run", aspect_directory: Path) -> None:
    outcome = run(
        *("rank", "jsonl:-", "--by", "priority", "--model", aspect_directory),
        given=b'{"title": "wrong shape"}',
    )

    header, _, last = outcome.output.splitlines()
    assert header.split() == ["Rank", "Priority", "Silent?", "Scenario", "Issue", "Title"]
    assert last.strip() == "1 issue in order of priority, by aspects"


def test_a_model_that_knows_no_scenarios_gives_no_order_by_priority(
    run: "Run", issues_file: Path, model_directory: Path
) -> None:
    issues_file.write_text("broken")  # which would be named if it were read

    outcome = run("rank", issues_file, "--by", "priority", "--model", model_directory)

    assert (outcome.exit_code, outcome.output) == (1, "")
    assert outcome.errors == (
        "error: Model lessons knows no scenarios, which a priority is made of\n"
        "hint: Rank by probability, or name a model that knows them by --model.\n"
    )


def test_min_probability_leaves_out_what_is_less_likely(
    run: "Run", issues_file: Path, model_directory: Path
) -> None:
    outcome = run(
        "rank", issues_file, "--model", model_directory, "--format=jsonl", "--min-probability=0.5"
    )

    assert [row["number"] for row in rows(outcome.output)] == [2]


def test_out_tells_the_format_by_its_suffix_and_replaces_the_file(
    run: "Run", issues_file: Path, model_directory: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    out = folder / "ranking.csv"
    out.write_text("old")

    outcome = run("rank", issues_file, "--model", model_directory, "--out", out)

    assert (outcome.exit_code, outcome.output) == (0, "")
    assert next(csv.DictReader(io.StringIO(out.read_text())))["number"] == "2"
    assert list(folder.iterdir()) == [out]


@pytest.mark.parametrize("kind", ["", "jsonl:"])
def test_the_ranking_does_not_replace_the_issues(
    run: "Run", issues_file: Path, model_directory: Path, kind: str
) -> None:
    before = issues_file.read_bytes()

    outcome = run("rank", f"{kind}{issues_file}", "--model", model_directory, "--out", issues_file)

    assert outcome.exit_code == 1
    assert f"--out {issues_file} is also a source" in outcome.errors
    assert issues_file.read_bytes() == before


def test_format_outweighs_the_suffix(
    run: "Run", issues_file: Path, model_directory: Path, tmp_path: Path
) -> None:
    out = tmp_path / "ranking.csv"

    run("rank", issues_file, "--model", model_directory, "--out", out, "--format", "jsonl")

    assert rows(out.read_text())[0]["rank"] == 1


def test_a_file_survives_a_ranking_that_fails(
    run: "Run", issues_file: Path, model_directory: Path, tmp_path: Path
) -> None:
    out = tmp_path / "ranking.jsonl"
    out.write_text("old")
    issues_file.write_text("broken")

    outcome = run("rank", issues_file, "--model", model_directory, "--out", out, "--strict")

    assert outcome.exit_code == 1
    assert out.read_text() == "old"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_an_error_of_one_line(
    run: "Run", issues_file: Path, model_directory: Path
) -> None:
    outcome = run(
        "rank", issues_file, "--model", model_directory, "--out", "/dev/full", "--format", "jsonl"
    )

    assert outcome.exit_code == 1
    error, _ = outcome.errors.splitlines()
    assert error == "error: Cannot write /dev/full: No space left on device"


def test_a_folder_that_is_missing_is_an_error(
    run: "Run", issues_file: Path, model_directory: Path, tmp_path: Path
) -> None:
    out = tmp_path / "absent" / "ranking.md"

    outcome = run("rank", issues_file, "--model", model_directory, "--out", out)

    assert outcome.exit_code == 1
    assert f"error: Cannot write {out}: No such file or directory" in outcome.errors


def test_broken_rows_are_named_and_counted_and_the_exit_code_tells(
    run: "Run", issues_file: Path, model_directory: Path
) -> None:
    with issues_file.open("a") as file:
        file.write('{"title": null}\n{"title"\n{"title": "t", "pull_request": {}}\n')
        file.write('{"title": "p", "url": "https://github.com/octo/demo/pull/9"}\n')
        file.write('{"title": "again", "repo": "octo/demo", "number": 2}\n')

    outcome = run("rank", issues_file, "--model", model_directory, "--format", "jsonl")

    assert outcome.exit_code == 3
    assert len(rows(outcome.output)) == 4
    complaints = outcome.errors.splitlines()
    assert complaints[0] == f"{issues_file}:4: skipped, title is missing"
    assert complaints[1].startswith(f"{issues_file}:5: skipped, not JSON: ")
    assert complaints[2:] == [
        "rows left out: 2 broken, 1 no issue, such as a pull request, 1 given twice"
    ]


def test_strict_stops_at_the_first_broken_row(
    run: "Run", issues_file: Path, model_directory: Path
) -> None:
    with issues_file.open("a") as file:
        file.write('{"title": null}\n')

    outcome = run("rank", issues_file, "--model", model_directory, "--strict")

    assert (outcome.exit_code, outcome.output) == (1, "")
    assert outcome.errors == (
        f"error: {issues_file}:4: title is missing\nhint: Without --strict it would be skipped.\n"
    )


def test_pull_requests_do_not_stop_a_strict_run(run: "Run", model_directory: Path) -> None:
    given = b'[{"title": "t", "pull_request": {"url": "x"}}, {"title": "an issue"}]'

    outcome = run("rank", "-", "--strict", "--model", model_directory, given=given)

    assert outcome.exit_code == 0
    assert "an issue" in outcome.output


def test_standard_input_and_files_can_be_ranked_together(
    run: "Run", issues_file: Path, model_directory: Path
) -> None:
    outcome = run(
        "rank", "-", issues_file, "--model", model_directory, given=b'{"title": "a fourth"}'
    )

    assert "a fourth" in outcome.output
    assert "4 issues" in outcome.output


def test_no_issues_are_no_error(run: "Run", model_directory: Path) -> None:
    outcome = run("rank", "-", "--model", model_directory)

    assert outcome.exit_code == 0
    assert outcome.output.strip() == "no issues, by lessons"


def test_an_altered_model_is_refused_in_one_line(
    run: "Run", issues_file: Path, model_directory: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in model_directory.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    (copy / NUMBERS_FILE).write_bytes(b"x")

    outcome = run("rank", issues_file, "--model", copy)

    assert outcome.exit_code == 1
    assert (
        outcome.errors.splitlines()[0]
        == f"error: {copy / NUMBERS_FILE} does not match its checksum"
    )
    assert outcome.errors.splitlines()[1].startswith("hint: ")
    assert outcome.output == ""


@pytest.mark.parametrize("name", ["nonsense", "x" * 5000])
def test_an_unknown_model_is_an_error(run: "Run", issues_file: Path, name: str) -> None:
    outcome = run("rank", issues_file, "--model", name)

    assert outcome.exit_code == 1
    assert f"error: No model or directory '{name}'" in outcome.errors


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("issues.jsonl", "--format", "xml"), "Known formats: table, jsonl, csv, markdown"),
        (("issues.jsonl", "--top", "0"), "--top"),
        (("issues.jsonl", "--by", "age"), "probability"),
        (("issues.jsonl", "--min-probability", "2"), "--min-probability"),
        (("issues.jsonl", "--min-probability", "nan"), "--min-probability"),
        (("issues.jsonl", "--nonsense"), "--nonsense"),
    ],
)
def test_wrong_usage_has_an_exit_code_of_its_own(
    run: "Run", arguments: tuple[str, ...], complaint: str
) -> None:
    outcome = run("rank", *arguments)

    assert outcome.exit_code == 2
    assert complaint in outcome.errors


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("issues.xlsx",), "Unknown kind of source: issues.xlsx"),
        (("absent.jsonl",), "Cannot read absent.jsonl: No such file or directory"),
        (("issues.jsonl", "--out", "ranking.xml"), "Cannot tell the format from the name"),
    ],
)
def test_what_cannot_be_done_is_said_in_plain_lines(
    run: "Run", model_directory: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    outcome = run("rank", *arguments, "--model", model_directory)

    assert outcome.exit_code == 1
    error, hint = outcome.errors.splitlines()
    assert error.startswith(f"error: {complaint}")
    assert hint.startswith("hint: ")


def test_a_header_cannot_smuggle_escapes_into_a_message(run: "Run", model_directory: Path) -> None:
    outcome = run("rank", "csv:-", "--model", model_directory, given=b"\x1b[31mname\n1\n")

    assert outcome.exit_code == 1
    assert "\x1b" not in outcome.errors
    assert "standard input has no title column" in outcome.errors


def test_the_active_model_ranks_the_shipped_examples(run: "Run") -> None:
    root = Path(__file__).parents[3]

    outcome = run("rank", root / "examples" / "issues.jsonl", "--format", "csv", "--explain")

    assert outcome.exit_code == 0
    ranking = list(csv.DictReader(io.StringIO(outcome.output)))
    probabilities = [float(row["probability"]) for row in ranking]
    assert len(ranking) > 20
    assert probabilities == sorted(probabilities, reverse=True)
    assert all(row["evidence"] for row in ranking[:5])
