import csv
import io
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.cells import cell_len

from classifier.types import Evidence, IssueKey, Outlook, RankBy, RankedIssue, Ranking, Scenario
from classifier.writers.comma_separated import write_csv
from classifier.writers.escape import FORMULA, visible
from classifier.writers.json_lines import write_jsonl
from classifier.writers.markdown import write_markdown
from classifier.writers.table import write_table

ZERO_WIDTH = "\u200b"
MARKS = st.text(alphabet="\\|`*_~[]()<>!#@&;$:/.-= \tahtpsw1", max_size=30)


def ranking(*titles: str, repo: str = "octo/demo", url: str = "") -> Ranking:
    entries = (
        RankedIssue(n, IssueKey(repo, n), title, url, 0.5) for n, title in enumerate(titles, 1)
    )
    return Ranking("words", tuple(entries))


def with_outlooks(given: Ranking, *, by: RankBy = "probability") -> Ranking:
    outlook = Outlook(Scenario.CALCULATION, 0.654321987, 3, 3.5)
    entries = tuple(replace(entry, outlook=outlook) for entry in given.entries)
    return replace(given, entries=entries, by=by, has_outlooks=True)


def markdown(given: Ranking) -> str:
    stream = io.StringIO()
    write_markdown(given, stream, with_evidence=False)
    return stream.getvalue()


def table(given: Ranking, width: int, *, with_evidence: bool = False) -> list[str]:
    stream = io.StringIO()
    write_table(given, stream, with_evidence=with_evidence, width=width)
    return stream.getvalue().splitlines()


@given(title=st.text(), repo=st.text(), url=st.text(), weight=st.floats(-9, 9))
def test_json_lines_lose_nothing(title: str, repo: str, url: str, weight: float) -> None:
    evidence = (Evidence(title, weight, is_quote=True),)
    entry = RankedIssue(1, IssueKey(repo, 3), title, url, 0.25, evidence)
    stream = io.StringIO()

    write_jsonl(Ranking("words", (entry,)), stream, with_evidence=True)

    assert json.loads(stream.getvalue()) == {
        "rank": 1,
        "repo": repo,
        "number": 3,
        "url": url,
        "title": title,
        "probability": 0.25,
        "model": "words",
        "evidence": [{"text": title, "weight": round(weight, 6)}],
    }


def test_json_lines_of_a_model_that_knows_scenarios_have_four_keys_more() -> None:
    stream = io.StringIO()

    write_jsonl(with_outlooks(ranking("t")), stream, with_evidence=False)

    row = json.loads(stream.getvalue())
    assert list(row.items())[-4:] == [
        ("scenario", "calculation"),
        ("scenario_probability", 0.654322),
        ("impact", 3),
        ("priority", 1.75),
    ]


def test_an_issue_of_which_no_scenario_is_told_has_the_keys_all_the_same() -> None:
    stream = io.StringIO()

    write_jsonl(replace(ranking("t"), has_outlooks=True), stream, with_evidence=False)

    row = json.loads(stream.getvalue())
    assert list(row.values())[-4:] == [None] * 4


@pytest.mark.parametrize("titles", [(), ("t",)])
def test_a_spreadsheet_has_the_columns_of_the_json_lines_even_without_issues(
    titles: tuple[str, ...],
) -> None:
    given = replace(with_outlooks(ranking(*titles)), threshold=0.5)
    lines, sheet = io.StringIO(), io.StringIO()

    write_csv(given, sheet, with_evidence=True)
    write_jsonl(replace(given, entries=ranking("t").entries), lines, with_evidence=True)

    header = next(csv.reader(io.StringIO(sheet.getvalue())))
    assert set(header) == set(json.loads(lines.getvalue()))


@given(titles=st.lists(st.text() | MARKS, max_size=4))
def test_a_spreadsheet_reads_back_every_title_on_one_line_and_runs_none(titles: list[str]) -> None:
    stream = io.StringIO()

    write_csv(ranking(*titles), stream, with_evidence=False)

    rows = list(csv.DictReader(io.StringIO(stream.getvalue()), strict=True))
    assert [row["title"].replace("'", "") for row in rows] == [
        visible(title).replace("'", "") for title in titles
    ]
    assert not any(FORMULA.search(cell) for row in rows for cell in row.values())


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "\n@", "＝", "＠"])  # noqa: RUF001
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    stream = io.StringIO()

    write_csv(ranking(f"{start}1+1"), stream, with_evidence=False)

    assert f',"\'{start.strip()}1+1",' in stream.getvalue()


def test_a_formula_after_a_semicolon_gets_one_too() -> None:
    stream = io.StringIO()

    write_csv(ranking("x; =1+1;y"), stream, with_evidence=False)

    assert "x;' =1+1;y" in stream.getvalue()


@given(title=st.text() | MARKS)
def test_a_title_in_markdown_shows_as_it_is_and_makes_no_element(title: str) -> None:
    parser = MarkdownIt("gfm-like")
    assert parser.linkify is not None
    parser.linkify.set({"fuzzy_link": False})  # GitHub links no bare "name.tld"

    html = parser.render(markdown(ranking(title)))

    cells = re.findall(r"<td.*?>(.*?)</td>", html)
    text = cells[3].replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    assert text.replace("&amp;", "&").replace(ZERO_WIDTH, "") == visible(title)
    assert len(cells) == 4


@pytest.mark.parametrize(
    "title",
    ["@octocat", "a@b.example", "#12", "octo/demo#12", "GH-12", "https://x.example", "www.x.com"],
)
def test_what_github_would_link_or_notify_is_broken_up(title: str) -> None:
    cell = markdown(ranking(title)).splitlines()[2].split("|")[4]

    seen = cell.replace("&#8203;", ZERO_WIDTH)
    assert not re.search(r"@\w|#\d|GH-\d|://|www\.", seen)
    assert seen.replace(ZERO_WIDTH, "").strip() == title


@pytest.mark.parametrize(
    ("url", "is_linked"),
    [
        ("https://github.com/octo/demo/issues/1", True),
        ("https://github.com/x)[click](https://evil.example", False),
        ("https://github.com/x | y", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_only_a_plain_web_address_becomes_a_link(url: str, *, is_linked: bool) -> None:
    text = markdown(ranking("t", url=url))

    assert (f"]({url})" in text) == is_linked
    assert "evil" not in text
    assert "octo/demo#&#8203;1" in text


@given(titles=st.lists(st.text(), min_size=1, max_size=3), width=st.integers(40, 200))
def test_a_table_keeps_to_its_width_with_a_line_an_issue(titles: list[str], width: int) -> None:
    lines = table(ranking(*titles), width)

    assert all(cell_len(line) <= width for line in lines)
    assert len(lines) == len(titles) + 2


@pytest.mark.parametrize("by", ["probability", "priority"])
@given(
    titles=st.lists(st.text(), min_size=1, max_size=3),
    repo=st.sampled_from(["", "octo/demo"]),
    width=st.integers(80, 200),
)
def test_a_table_with_scenarios_keeps_to_its_width_too(
    by: RankBy, titles: list[str], repo: str, width: int
) -> None:
    lines = table(with_outlooks(ranking(*titles, repo=repo), by=by), width)

    assert all(cell_len(line) <= width for line in lines)
    assert len(lines) == len(titles) + 2


@pytest.mark.parametrize(
    ("repos", "width", "is_shown"),
    [
        (["octo/demo"], 80, True),
        (["octo/demo", "octo/a-long-name-of-a-repo"], 80, False),
        (["octo/demo", "octo/a-long-name-of-a-repo"], 110, True),
        (["octo/demo"], 60, False),
    ],
)
def test_the_scenario_stands_where_the_title_can_spare_the_room(
    repos: list[str], width: int, *, is_shown: bool
) -> None:
    entries = (entry for repo in repos for entry in ranking("a title", repo=repo).entries)
    header, *lines = table(with_outlooks(Ranking("words", tuple(entries))), width)

    assert max(map(cell_len, [header, *lines])) <= width
    assert ("Scenario" in header) == is_shown
    assert all(("calculation" in line) == is_shown for line in lines[:-1])


def test_in_a_table_by_priority_the_priority_stands_for_the_bar() -> None:
    header, first, last = table(with_outlooks(ranking("t"), by="priority"), 80)

    assert header.split()[:4] == ["Rank", "Priority", "Silent?", "Scenario"]
    assert first.split() == ["1", "1.75", "50.0%", "calculation", "#1", "t"]
    assert last.strip() == "1 issue of octo/demo in order of priority, by words"


def test_a_narrow_table_gives_up_its_bars_first() -> None:
    assert any("█" in line for line in table(ranking("t"), 80))
    assert not any("█" in line for line in table(ranking("t"), 60))


def test_a_repository_that_all_issues_share_is_named_once() -> None:
    lines = table(ranking("a", "b"), 80)

    assert [line.count("octo/demo") for line in lines] == [0, 0, 0, 1]
    assert lines[-1].strip() == "2 issues of octo/demo, by words"


def test_console_markup_in_a_title_is_mere_text() -> None:
    assert "[bold]x[/bold] :bug:" in table(ranking("[bold]x[/bold] :bug:"), 80)[1]


def test_reasons_are_told_from_quotes_and_wrap_below_their_title() -> None:
    reasons = (
        Evidence("a line that is much too long for what is left", 1.5, is_quote=True),
        Evidence("no traceback", -0.25, is_quote=False),
    )
    entry = RankedIssue(1, IssueKey("octo/demo", 1), "Title", "", 0.5, reasons)

    lines = table(Ranking("words", (entry,)), 60, with_evidence=True)

    text = " ".join(" ".join(lines).split())
    assert "+1.50 “a line that is much too long for what is left” -0.25 no traceback" in text
