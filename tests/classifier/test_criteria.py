import numpy as np
import pytest

from classifier.criteria import Budget, Criterion, Precision, Recall, parse_budget
from classifier.errors import InputError

PASSING = np.array([1.0, 2.0, 4.0, 8.0])
REAL = np.array([1.0, 1.0, 2.0, 4.0])


@pytest.mark.parametrize(
    ("criterion", "cut"),
    [
        (Budget(1, "week", days=35), 2),  # 5 issues in 5 weeks
        (Budget(2, "day", days=4), 3),
        (Budget(8, "month", days=15), 2),
        (Budget(1, "month", days=20), None),
        (Precision(1.0), 0),
        (Precision(0.5), 3),
        (Precision(0.55), 0),
        (Recall(0.25), 0),
        (Recall(0.5), 2),
        (Recall(1.0), 3),
    ],
    ids=str,
)
def test_the_best_cut_is_found(criterion: Criterion, cut: int | None) -> None:
    assert criterion.cut(PASSING, PASSING, REAL) == cut


def test_precision_asks_nothing_of_what_nobody_labelled() -> None:
    counted = np.array([0.0, 2.0, 2.0, 6.0])
    real = np.array([0.0, 0.0, 0.0, 3.0])

    assert Precision(0.5).cut(PASSING, counted, real) == 3
    assert Precision(0.6).cut(PASSING, counted, real) is None


def test_without_silent_bugs_there_is_nothing_to_recall() -> None:
    assert Recall(0.9).cut(PASSING, PASSING, np.zeros(4)) is None


@pytest.mark.parametrize(
    ("text", "budget"),
    [("20/week", (20, "week")), (" 3/Day ", (3, "day")), ("100/month", (100, "month"))],
)
def test_a_budget_is_read(text: str, budget: tuple[int, str]) -> None:
    assert parse_budget(text) == budget


@pytest.mark.parametrize("text", ["", "20", "0/week", "-3/day", "1.5/week", "20/year", "20 / week"])
def test_what_is_no_budget_is_answered_with_an_example(text: str) -> None:
    with pytest.raises(InputError, match="is no budget") as caught:
        parse_budget(text)
    assert "20/week" in caught.value.hint


@pytest.mark.parametrize("kind", [Precision, Recall])
@pytest.mark.parametrize("share", [0.0, -0.1, 1.1, float("nan")])
def test_what_is_no_share_is_refused(kind: type[Precision | Recall], share: float) -> None:
    with pytest.raises(InputError, match="is no share"):
        kind(share)
