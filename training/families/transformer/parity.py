"""Does the graph that ships say what the network said that was trained?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import spearmanr

from classifier.calibration import BetaCalibration, probability_of
from classifier.errors import InputError
from classifier.metrics import average_precision
from classifier.scorers.reading import Reading
from training.families.transformer.network import IssueNetwork

MOST_DIFFERENCE = 0.02  # of a calibrated probability
LEAST_CORRELATION = 0.999  # Spearman's
MOST_PRECISION_LOST = 0.005  # of average precision, either way

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Parity:
    """How the served graph differs from the network in full precision, on real texts."""

    texts: int
    difference: float  # the largest of a calibrated probability
    correlation: float  # Spearman's
    precision: float  # average precision of the network
    served_precision: float  # of the graph

    @property
    def sentence(self) -> str:
        """What a model card says of it."""
        return (
            f"On {self.texts} texts that it was trained on, the graph that ships differs from the "
            f"network in full precision by at most {self.difference:.3f} of a probability; "
            f"Spearman's correlation is {self.correlation:.4f}; average precision is "
            f"{self.served_precision:.4f} for {self.precision:.4f}."
        )


def exact_embeddings(network: IssueNetwork, readings: Sequence[Reading]) -> Floats:
    """Embeddings by PyTorch in full precision, one text at a time: (issues, width)."""
    network.eval()
    rows = []
    with torch.inference_mode():
        for reading in readings:
            ids = torch.as_tensor(reading.tokens)[None]
            rows.append(network.embed(ids)[0].double().numpy())
    return np.array(rows)


def compare(
    exact: Floats, served: Floats, is_silent: NDArray[np.bool_], calibration: BetaCalibration
) -> Parity:
    """Compare log-odds, (issues,) each, before calibration."""
    before, after = (calibration.calibrate(probability_of(odds)) for odds in (exact, served))
    return Parity(
        texts=len(exact),
        difference=float(np.abs(before - after).max()),
        correlation=float(spearmanr(before, after).statistic),
        precision=average_precision(is_silent, before),
        served_precision=average_precision(is_silent, after),
    )


def check(parity: Parity) -> None:
    """Raise InputError where the graph is not the network."""
    lost = abs(parity.precision - parity.served_precision)
    found = {
        f"a probability differs by {parity.difference:.4f}, allowed {MOST_DIFFERENCE}": (
            not parity.difference <= MOST_DIFFERENCE  # nor is no number allowed
        ),
        f"Spearman's correlation is {parity.correlation:.5f}, needed {LEAST_CORRELATION}": (
            not parity.correlation >= LEAST_CORRELATION
        ),
        f"average precision differs by {lost:.4f}, allowed {MOST_PRECISION_LOST}": (
            lost > MOST_PRECISION_LOST
        ),
    }
    if wrong := [words for words, is_wrong in found.items() if is_wrong]:
        raise InputError(
            f"The exported model is not the trained one, on {parity.texts} texts: "
            f"{'; '.join(wrong)}",
            hint="Quantize less: leave layers in floating point, or smooth more.",
        )
