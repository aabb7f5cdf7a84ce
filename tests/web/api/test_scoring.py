import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier.pipeline import Model, rank_issues
from classifier.profile import Profile
from classifier.types import Issue, NormalizedIssue, RankBy, Score
from classifier.web.scoring import ScoringService
from classifier.writers.json_lines import write_jsonl
from tests.classifier.test_pipeline import PROFILE
from tests.web.fixed_model import FixedScorer, fixed_manifest, fixed_model

MakeClient = Callable[..., TestClient]


def sent(issues: Sequence[Issue]) -> list[dict[str, Any]]:
    return [
        {
            "repo": issue.key.repo,
            "number": issue.key.number,
            "title": issue.title,
            "body": issue.body,
            "url": issue.url,
        }
        for issue in issues
    ]


def told_by_the_command(
    issues: Sequence[Issue], *, by: RankBy = "probability", profile: Profile | None = None
) -> list[dict[str, Any]]:
    """What ``silentrank rank --format jsonl`` writes."""
    lines = io.StringIO()
    write_jsonl(
        rank_issues(issues, fixed_model(), by=by, profile=profile, min_probability=0.0),
        lines,
        with_evidence=False,
    )
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def without_rank(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "rank"} for row in rows]


@pytest.mark.parametrize("by", ["probability", "priority"])
def test_a_ranking_is_the_commands(
    client: TestClient, examples: tuple[Issue, ...], by: RankBy
) -> None:
    answer = client.post("/api/rank", json={"issues": sent(examples), "by": by})

    assert answer.status_code == 200
    assert answer.json()["issues"] == told_by_the_command(examples, by=by)
    assert answer.json()["by"] == by


def test_scores_are_the_commands_in_the_order_that_was_sent(
    client: TestClient, examples: tuple[Issue, ...]
) -> None:
    answer = client.post("/api/score", json={"issues": sent(examples)}).json()

    told = {row["url"]: row for row in without_rank(told_by_the_command(examples))}
    assert answer["issues"] == [told[issue.url] for issue in examples]
    assert answer["model"] == fixed_model().model_id


def test_one_issue_needs_no_list(client: TestClient, examples: tuple[Issue, ...]) -> None:
    [one] = sent(examples[:1])

    alone = client.post("/api/score", json=one)

    assert alone.status_code == 200
    assert alone.json() == client.post("/api/score", json={"issues": [one]}).json()


def test_a_profile_of_the_server_holds_for_programs(
    make_client: MakeClient, sqlite_url: str, examples: tuple[Issue, ...], profile: Profile
) -> None:
    client = make_client(sqlite_url, profile=profile)

    answer = client.post("/api/rank", json={"issues": sent(examples)}).json()

    assert answer["issues"] == told_by_the_command(examples, profile=profile)
    assert {row["verdict"] for row in answer["issues"]} >= {"read", "leave"}


@pytest.fixture
def profile() -> Profile:
    return replace(PROFILE, model_id=fixed_model().model_id, log_odds_offset=-0.5)


def test_the_top_and_the_likely_are_kept(client: TestClient, examples: tuple[Issue, ...]) -> None:
    wanted = {"issues": sent(examples), "top": 3, "min_probability": 0.9}

    rows = client.post("/api/rank", json=wanted).json()["issues"]

    told = [row for row in told_by_the_command(examples) if row["probability"] >= 0.9]
    assert rows == told[:3]


def test_what_a_model_cannot_tell_has_no_key(
    client: TestClient, examples: tuple[Issue, ...]
) -> None:
    service: ScoringService = client.app.state.scoring  # type: ignore[attr-defined]
    service.close()
    plain = ScoringService(lambda: Model(fixed_manifest(), PlainScorer()))
    plain.start()
    client.app.state.scoring = plain  # type: ignore[attr-defined]

    scored = client.post("/api/score", json={"issues": sent(examples[:1])}).json()["issues"][0]
    ranked = client.post("/api/rank", json={"issues": sent(examples), "by": "priority"})

    assert set(scored) == {"repo", "number", "url", "title", "probability", "model"}
    assert ranked.status_code == 422
    assert "knows no scenarios" in ranked.json()["title"]


class PlainScorer(FixedScorer):
    """Tells probabilities alone."""

    has_aspects = False

    def score(self, issues: Sequence[NormalizedIssue]) -> list[Score]:
        return [Score(one.key, one.probability) for one in super().score(issues)]


def test_nothing_of_what_was_sent_is_kept(client: TestClient) -> None:
    before = client.get("/api/issues?standing=all&state=all").json()["total"]

    client.post("/api/score", json={"issues": [{"title": "a title of its own"}]})

    assert client.get("/api/issues?standing=all&state=all").json()["total"] == before
    assert client.get("/api/issues", params={"text": "a title of its own"}).json()["total"] == 0


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "body.issues"),
        ({"issues": []}, "body.issues"),
        ({"title": " \n"}, "body.title"),
        ({"title": "a", "boddy": "b"}, "body.boddy"),
        ({"title": "a", "issues": [{"title": "a"}]}, "body.title"),
        ([], "body"),
        ({"issues": [{"title": "a"}] * 101}, "body.issues"),
        ({"issues": [{"title": " \n"}]}, "body.issues.0.title"),
        ({"issues": [{"title": 7}]}, "body.issues.0.title"),
        ({"issues": [{"title": "a" * 1001}]}, "body.issues.0.title"),
        ({"issues": [{"title": "a", "boddy": "b"}]}, "body.issues.0.boddy"),
        ({"issues": [{"title": "a", "repo": "no slash"}]}, "body.issues.0.repo"),
        ({"issues": [{"title": "a", "number": -1}]}, "body.issues.0.number"),
        ({"issues": [{"title": "a", "url": "javascript:alert(1)"}]}, "body.issues.0.url"),
        ({"issues": [{"title": "a", "created_at": "today"}]}, "body.issues.0.created_at"),
    ],
)
def test_what_does_not_fit_is_named_by_its_place(
    client: TestClient, body: dict[str, Any], place: str
) -> None:
    answer = client.post("/api/score", json=body)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [detail["place"] for detail in answer.json()["details"]] == [place]
    assert answer.json()["hint"].startswith(place)


def test_what_does_not_fit_is_not_repeated(client: TestClient) -> None:
    answer = client.post("/api/score", json={"issues": [{"title": ["a secret title"]}]})

    assert answer.status_code == 422
    assert "secret" not in answer.text


def test_half_a_character_is_no_text(client: TestClient) -> None:
    content = rb'{"issues": [{"title": "\ud800"}]}'
    headers = {"content-type": "application/json"}

    assert client.post("/api/score", content=content, headers=headers).status_code == 422


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(title=st.text(min_size=1, max_size=1000).filter(str.strip), body=st.text(max_size=2000))
def test_any_text_has_a_probability(client: TestClient, title: str, body: str) -> None:
    answer = client.post("/api/score", json={"issues": [{"title": title, "body": body}]})

    assert answer.status_code == 200
    [issue] = answer.json()["issues"]
    assert issue["title"] == title
    assert 0.0 <= issue["probability"] <= 1.0
