"""How many silent bugs to expect among issues that nobody has read, by their probabilities.

The model's probabilities are right but for one number: silent bugs may be more or less common
here than where it learned, which adds the same to all log-odds. That number is near 0 until the
audit says otherwise: a normal prior of ``PRIOR_SPREAD``, which the audited issues move by their
likelihood. So a handful of audited issues moves little, and many move all there is to move.

References: Saerens, Latinne and Decaestecker 2002 (one shift of all log-odds), Gelman et al. 2013,
chapter 2 (a posterior on a grid).
"""

from dataclasses import dataclass

import numpy as np

from classifier.metrics import Estimate
from classifier.prior_shift import add_offset
from classifier.web.statistics.estimates import TAIL, Floats

PRIOR_SPREAD = 1.0  # log-odds: in two of three places the odds differ by less than a factor of e
WIDEST = 5.0  # log-odds
STEP = 0.05
LEAST = 1e-9  # a probability of 0 or 1 would forbid what the audit may have seen
RESAMPLES = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Shift:
    """What the audit says of the number that is to be added to all log-odds."""

    offsets: Floats  # (grid,)
    weights: Floats  # (grid,) their posterior chances

    @property
    def likeliest(self) -> float:
        """The number to believe; 0 without an audit."""
        return float(self.offsets[np.argmax(self.weights)])

    def apply(self, probabilities: Floats) -> Floats:
        """The probabilities as they are to be believed here."""
        return add_offset(probabilities, self.likeliest)

    def expect(
        self, probabilities: Floats, *, resamples: int = RESAMPLES, seed: int = 0
    ) -> Estimate:
        """Silent bugs among issues with these (issues,) probabilities, with a 95 % interval.

        It has the shift drawn from what is possible, and each issue settled by its probability.
        """
        random = np.random.default_rng(seed)
        drawn = random.choice(self.offsets, resamples, p=self.weights)
        counts = [
            (random.random(len(probabilities)) < add_offset(probabilities, float(offset))).sum()
            for offset in drawn
        ]
        value = float(self.apply(probabilities).sum())
        low, high = np.quantile(counts, [TAIL, 1.0 - TAIL])
        return Estimate(value, min(float(low), value), max(float(high), value))


def shift_of(audited: Floats, is_silent: Floats) -> Shift:
    """Weigh the audit's probabilities and labels, 1 or 0: (audited,) each."""
    count = round(WIDEST / STEP)
    offsets: Floats = np.arange(-count, count + 1, dtype=np.float64) * STEP
    held = np.clip(audited, LEAST, 1.0 - LEAST)
    log_odds = np.log(held) - np.log1p(-held)
    moved = log_odds[np.newaxis] + offsets[:, np.newaxis]
    fits = (
        is_silent @ -np.logaddexp(0.0, -moved).T + (1.0 - is_silent) @ -np.logaddexp(0.0, moved).T
    )
    log_weights = fits - 0.5 * (offsets / PRIOR_SPREAD) ** 2
    weights = np.exp(log_weights - log_weights.max())
    return Shift(offsets, weights / weights.sum())
