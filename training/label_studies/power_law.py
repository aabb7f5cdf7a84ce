"""How a measure grows with the number of labels, and what more of them would bring.

Learning curves follow inverse power laws, a - b * n^-c (Cortes et al. 1994, Figueroa et al. 2012:
annotating medical text). What a few noisy points cannot tell, their resamples show.
"""

import numpy as np

from classifier.errors import InputError
from classifier.metrics import Estimate
from training.corpus import Floats

EXPONENTS = np.linspace(0.05, 2.0, 40)
FEWEST_POINTS = 4  # one more than the law has parameters


def expected_gain(counts: Floats, values: Floats, draws: Floats, *, more: int) -> Estimate:
    """What ``more`` labels add to the last point, by the law, with a 95 % interval.

    ``counts`` of labels, above 0 and rising, and ``values`` have shape (points,), resamples of
    the values, ``draws``, (resamples, points). Raises InputError with fewer than four points.
    """
    if len(counts) < FEWEST_POINTS or counts[0] <= 0:
        raise InputError(
            f"No law can be fitted to measures at {', '.join(f'{n:g}' for n in counts)} labels",
            hint=f"At least {FEWEST_POINTS} numbers of labels above 0 are needed.",
        )
    low, high = np.quantile(_gains(counts, draws, more), [0.025, 0.975])
    (value,) = _gains(counts, values[np.newaxis], more)
    return Estimate(float(value), float(low), float(high))


def _gains(counts: Floats, rows: Floats, more: int) -> Floats:
    """Of the least squares fit to each row: (rows,)."""
    errors, gains = [], []
    for exponent in EXPONENTS:
        scale = (counts / counts[-1]) ** -exponent
        design = np.column_stack([np.ones_like(counts), scale])  # (points, 2)
        parameters = np.linalg.pinv(design) @ rows.T  # (2, rows)
        errors.append(((design @ parameters - rows.T) ** 2).sum(axis=0))
        gains.append(parameters[1] * ((1 + more / counts[-1]) ** -exponent - 1))
    best = np.argmin(errors, axis=0)
    chosen: Floats = np.array(gains)[best, np.arange(len(rows))]
    return chosen
