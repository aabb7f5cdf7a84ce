from collections.abc import Callable, Sequence

import pytest

from classifier.artifact import Manifest
from classifier.calibration import IDENTITY
from classifier.errors import InputError
from classifier.pipeline import Model
from classifier.types import Evidence, Issue, NormalizedIssue, Score
from training.faithfulness import faithfulness

MakeIssue = Callable[..., Issue]
FILLER = ("It is sunny today.", "We use two machines.", "The loop runs daily.", "Thanks a lot.")


class PhraseScorer:
    """Likely where a phrase occurs; what it quotes is up to what it is given to leave out."""

    has_aspects = False

    def score(self, issues: Sequence[NormalizedIssue]) -> list[Score]:
        return [
            Score(issue.key, 0.8 if "weights vanish" in issue.text else 0.1) for issue in issues
        ]

    def facts(self, _: NormalizedIssue) -> list[Evidence]:
        return []


class IndifferentScorer(PhraseScorer):
    """By the length of the text: every line counts a little, as much as it is long."""

    def score(self, issues: Sequence[NormalizedIssue]) -> list[Score]:
        return [Score(issue.key, min(0.9, len(issue.text) / 1000)) for issue in issues]


def model_of(scorer: PhraseScorer) -> Model:
    manifest = Manifest("phrase", "none", IDENTITY, "2026-01-01", "0", {}, {})
    return Model(manifest, scorer)


@pytest.fixture
def telling(make_issue: MakeIssue) -> list[Issue]:
    """Issues with one line that tells, at another place each."""
    issues = []
    for number in range(1, 13):
        lines = list(FILLER)
        lines.insert(number % len(lines), f"After step {number} the weights vanish.")
        issues.append(make_issue(number=number, title=f"Report {number}", body="\n\n".join(lines)))
    return issues


def test_a_line_that_decides_matters_more_than_words_drawn_by_chance(telling: list[Issue]) -> None:
    found = faithfulness(telling, model_of(PhraseScorer()))

    assert found.issues == len(telling)
    assert found.by_quote == pytest.approx(3.58, abs=0.01)  # from 80 % to 10 %, in log-odds
    assert found.by_rival < found.by_quote
    assert found.is_faithful
    assert f"{found.issues} issues" in found.sentence


def test_the_same_seed_draws_the_same_words(telling: list[Issue]) -> None:
    first, second = (faithfulness(telling, model_of(PhraseScorer()), seed=4) for _ in range(2))

    assert first == second


def test_reasons_that_are_as_good_as_any_line_are_not_called_faithful(
    make_issue: MakeIssue,
) -> None:
    alike = [
        make_issue(
            number=n, title=f"Report {n}", body="\n\n".join(f"Line {k} of {n}." for k in range(9))
        )
        for n in range(10, 30)
    ]

    assert not faithfulness(alike, model_of(IndifferentScorer())).is_faithful


def test_issues_without_bodies_cannot_tell(make_issue: MakeIssue) -> None:
    with pytest.raises(InputError, match="0 issues have a quote and as many other words"):
        faithfulness([make_issue(title="the weights vanish")], model_of(PhraseScorer()))
