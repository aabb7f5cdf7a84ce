"""What holds for every format in WRITERS."""

import io
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import InputError
from classifier.types import Evidence, IssueKey, Outlook, RankedIssue, Ranking, Scenario
from classifier.writers import SUFFIXES, WRITERS, format_of, writer

GOLDEN = Path(__file__).parent.parent / "golden"
HOSTILE_TITLES = (
    "Loss ignores sample_weight",
    "\x1b[31mred\x1b[0m \x1b]0;owned\x07 \x9b2J bell\x07",
    "invoice\u202egnp.exe\u202c zero\u200bwidth \u2066isolated\u2069",
    "two\r\nlines\tand\u2028more\x00",
    '=HYPERLINK("https://evil.example","click")',
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "＝1+1",  # noqa: RUF001 - full-width is the point
    "| a | pipe \\| escaped \\\\| twice",
    "`code` ``` **bold** _it_ ~~gone~~ $x^2$",
    "[link](javascript:alert(1)) ![image](https://evil.example/x.png)",
    "<script>alert(1)</script> <img src=x onerror=alert(1)> &lt; &#124;",
    "@octocat, see #1, octo/demo#2, GH-3 and https://evil.example www.evil.example",
    "mailto:a@evil.example or someone@evil.example",
    "日本語のタイトル 👩‍💻 café",
    "a title of " + "many words " * 30,
)
RANKING = Ranking(
    "tfidf-2026",
    tuple(
        RankedIssue(
            rank,
            IssueKey("octo/demo" if rank % 3 else "", rank if rank % 4 else 0),
            title,
            f"https://github.com/octo/demo/issues/{rank}" if rank % 5 else "javascript:alert(1)",
            1 / rank,
            (Evidence(title, 1.25, is_quote=True), Evidence("no traceback", -0.5, is_quote=False)),
        )
        for rank, title in enumerate(HOSTILE_TITLES, start=1)
    ),
)
BY_PRIORITY = Ranking(
    "aspects-2026",
    tuple(
        RankedIssue(
            rank,
            IssueKey("octo/demo", 10 * rank),
            title,
            f"https://github.com/octo/demo/issues/{10 * rank}",
            probability,
            (Evidence("no traceback", 0.5, is_quote=False),),
            ("no reproduction",) if probability < 0.4 else (),
            Outlook(scenario, 0.4 + rank / 10, rank, severity),
        )
        for rank, title, probability, scenario, severity in (
            (1, "Weights are lost by save()", 0.6, Scenario.SAVELOAD, 4.0),
            (2, "| a | pipe", 0.8, Scenario.MESSAGE, 2.75),
            (3, "Loss is off by one", 0.3, Scenario.CALCULATION, 3.6),
        )
    ),
    threshold=0.25,
    by="priority",
    has_outlooks=True,
)
# Control characters but for the line break, marks that reorder text, and line separators.
ACTING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2028\u2029\u2066-\u2069]")

TEXTS = st.text() | st.sampled_from(HOSTILE_TITLES)
RANKINGS = st.builds(
    Ranking,
    TEXTS,
    st.lists(
        st.builds(
            RankedIssue,
            st.integers(1, 10**6),
            st.builds(IssueKey, TEXTS, st.integers(0, 10**9)),
            TEXTS,
            TEXTS,
            st.floats(0, 1),
            st.lists(st.builds(Evidence, TEXTS, st.floats(-9, 9), st.booleans()), max_size=2).map(
                tuple
            ),
            st.lists(TEXTS, max_size=2).map(tuple),
            st.none() | st.just(Outlook(Scenario.SAVELOAD, 0.5, 3, 4.0)),
        ),
        max_size=4,
    ).map(tuple),
    st.none() | st.floats(0, 1),
    st.sampled_from(["probability", "priority"]),
    st.booleans(),
)


def written(kind: str, ranking: Ranking, *, with_evidence: bool = False) -> str:
    stream = io.StringIO()
    WRITERS[kind](ranking, stream, with_evidence=with_evidence)
    return stream.getvalue()


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize(
    ("name", "ranking"), [("ranking", RANKING), ("ranking_by_priority", BY_PRIORITY)]
)
def test_the_format_is_exactly_as_on_file(kind: str, name: str, ranking: Ranking) -> None:
    golden = GOLDEN / f"{name}{dict(zip(SUFFIXES.values(), SUFFIXES, strict=True))[kind]}"
    text = written(kind, ranking, with_evidence=True)

    if "SILENTRANK_REWRITE_GOLDEN" in os.environ:
        golden.write_text(text, encoding="utf-8", newline="")
    assert text == golden.read_bytes().decode()


@pytest.mark.parametrize("kind", WRITERS)
@given(ranking=RANKINGS, with_evidence=st.booleans())
def test_no_text_reaches_the_reader_as_anything_but_text(
    kind: str, ranking: Ranking, *, with_evidence: bool
) -> None:
    text = written(kind, ranking, with_evidence=with_evidence)

    assert not ACTING.search(text)
    text.encode()  # no halves of surrogate pairs


@pytest.mark.parametrize("kind", WRITERS)
def test_every_issue_has_its_place_in_order(kind: str) -> None:
    text = written(kind, RANKING)

    places = [text.find(word) for word in ("sample", "invoice", "HYPERLINK", "onerror", "many")]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("kind", WRITERS)
def test_evidence_is_written_only_where_asked_for(kind: str) -> None:
    assert "no traceback" in written(kind, RANKING, with_evidence=True)
    assert "no traceback" not in written(kind, RANKING)


@pytest.mark.parametrize("kind", WRITERS)
def test_what_is_missing_near_the_threshold_is_named(kind: str) -> None:
    entry = RankedIssue(1, IssueKey("octo/demo", 1), "t", "", 0.3, missing=("no reproduction",))

    text = written(kind, Ranking("words", (entry,), threshold=0.25))

    assert "can't tell" in text
    assert "no reproduction" in text


@pytest.mark.parametrize("kind", WRITERS)
def test_the_scenario_is_told_where_the_model_knows_it_and_nowhere_else(kind: str) -> None:
    text = written(kind, replace(BY_PRIORITY, by="probability"))

    assert all(entry.outlook and entry.outlook.scenario in text for entry in BY_PRIORITY.entries)
    assert "cenario" not in written(kind, RANKING)


@pytest.mark.parametrize("kind", WRITERS)
def test_where_priority_makes_the_order_it_is_shown(kind: str) -> None:
    text = written(kind, BY_PRIORITY)

    assert "priority" in text.lower()
    assert all(priority in text for priority in ("2.4", "2.2", "1.08"))


@pytest.mark.parametrize("kind", WRITERS)
def test_an_empty_ranking_can_be_written(kind: str) -> None:
    text = written(kind, Ranking("tfidf-2026", ()))

    assert "octo" not in text
    assert text == "" or text.endswith("\n")


@pytest.mark.parametrize("kind", WRITERS)
def test_a_format_is_found_by_name_and_by_suffix(kind: str) -> None:
    suffixes: Mapping[str, str] = {name: suffix for suffix, name in SUFFIXES.items()}

    assert writer(kind) is WRITERS[kind]
    assert format_of(Path(f"ranking{suffixes[kind].upper()}")) == kind


@pytest.mark.parametrize(
    "ask", [lambda: writer("xml"), lambda: format_of(Path("ranking.xml"))], ids=["name", "suffix"]
)
def test_an_unknown_format_lists_the_known_ones(ask: Callable[[], object]) -> None:
    with pytest.raises(InputError, match="xml") as caught:
        ask()
    assert all(kind in caught.value.hint for kind in WRITERS)
