import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import InputError
from training.label_studies.power_law import expected_gain

COUNTS = np.array([100.0, 200.0, 400.0, 700.0, 1000.0])


@given(st.floats(0.1, 0.9), st.floats(0.01, 0.5), st.sampled_from([0.1, 0.5, 1.0, 1.5]))
def test_the_gain_of_a_true_power_law_is_found(top: float, rise: float, exponent: float) -> None:
    def law(counts: np.ndarray[tuple[int], np.dtype[np.float64]] | float) -> object:
        return top - rise * (np.asarray(counts) / 1000) ** -exponent

    values = np.asarray(law(COUNTS))
    expected = float(np.asarray(law(1500.0)) - values[-1])

    gain = expected_gain(COUNTS, values, values[np.newaxis], more=500)

    assert gain.value == pytest.approx(expected, abs=0.003)


def test_noise_that_hides_the_trend_widens_the_interval_over_nothing() -> None:
    values = np.array([0.20, 0.22, 0.23, 0.235, 0.24])
    noise = np.random.default_rng(0).normal(0, 0.05, (400, len(COUNTS)))

    sure = expected_gain(COUNTS, values, values + noise / 100, more=500)
    unsure = expected_gain(COUNTS, values, values + noise, more=500)

    assert 0 < sure.low < sure.high
    assert unsure.low < 0 < unsure.high


def test_labels_that_do_harm_have_a_negative_gain() -> None:
    values = np.array([0.30, 0.28, 0.26, 0.25, 0.245])

    assert expected_gain(COUNTS, values, values[np.newaxis], more=500).value < 0


@pytest.mark.parametrize("counts", [[100.0, 200.0, 300.0], [0.0, 100.0, 200.0, 300.0]])
def test_too_few_points_or_none_at_all_say_so(counts: list[float]) -> None:
    values = np.full(len(counts), 0.2)

    with pytest.raises(InputError, match="No law can be fitted to measures at"):
        expected_gain(np.array(counts), values, values[np.newaxis], more=500)
