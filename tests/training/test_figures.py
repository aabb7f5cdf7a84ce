import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.metrics import Estimate
from training.figures import MINUS, between, short, signed


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.2571, ".257"), (1.0, "1.000"), (0.0, ".000"), (-0.05, f"{MINUS}.050"), (-1e-9, ".000")],
)
def test_no_zero_leads_and_the_minus_is_a_true_one(value: float, expected: str) -> None:
    assert short(value) == expected


@given(st.floats(-1, 1))
def test_a_difference_reads_back_to_three_digits(value: float) -> None:
    text = signed(value)

    assert float(text.replace(MINUS, "-")) == pytest.approx(value, abs=0.0005001)
    assert text.startswith("+") == (float(text.replace(MINUS, "-")) > 0)


def test_an_interval_has_signs_throughout() -> None:
    assert between(Estimate(0.041, -0.01, 0.074)) == f"+.041 ({MINUS}.010 to +.074)"
