"""What a threshold is chosen by: how much can be read, how pure or how complete it should be.

A cut is a place between two distinct probabilities; at each, ``passing`` issues lie above it,
``real`` ones are believed among those of them that ``counted`` counts: (cuts,) each, the
smallest sets first.
"""

import math
import re
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from classifier.errors import InputError

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]

DAYS = {"day": 1, "week": 7, "month": 30}
BUDGET = re.compile(r"([1-9]\d{0,5})/(day|week|month)")
ROUNDING = 1e-9


class Criterion(Protocol):
    """One way to tell which cuts will do."""

    def cut(self, passing: Floats, counted: Floats, real: Floats) -> int | None:
        """Index of the best cut that will do, None if none will."""


@dataclass(frozen=True, slots=True)
class Budget:
    """As many issues as somebody reads: the largest set within it."""

    count: int
    unit: str  # of DAYS
    days: int  # that the issues were opened in

    @property
    def unit_days(self) -> int:
        """Days that the budget is for."""
        return DAYS[self.unit]

    @property
    def most(self) -> int:
        """Issues that may pass, of all that were opened in those days."""
        return math.floor(self.count * self.days / self.unit_days)

    def cut(self, passing: Floats, counted: Floats, real: Floats) -> int | None:  # noqa: ARG002 - see Criterion
        """The largest set that can be read."""
        return _last(passing <= self.most)

    def __str__(self) -> str:
        """As it is given on the command line."""
        return f"budget {self.count}/{self.unit}"


@dataclass(frozen=True, slots=True)
class Precision:
    """So many real ones in all that pass: the largest set that has this share."""

    share: float

    def __post_init__(self) -> None:
        """Refuse what is no share."""
        _check_share(self.share)

    def cut(self, passing: Floats, counted: Floats, real: Floats) -> int | None:  # noqa: ARG002 - see Criterion
        """The largest set that is pure enough; one of which nothing is counted is not."""
        return _last((counted > 0.0) & (real >= self.share * counted - ROUNDING))

    def __str__(self) -> str:
        """As it is given on the command line."""
        return f"precision {self.share:g}"


@dataclass(frozen=True, slots=True)
class Recall:
    """So many of all real ones: the smallest set that has them."""

    share: float

    def __post_init__(self) -> None:
        """Refuse what is no share."""
        _check_share(self.share)

    def cut(self, passing: Floats, counted: Floats, real: Floats) -> int | None:  # noqa: ARG002 - see Criterion
        """The smallest set that is complete enough, if there is anything to find."""
        if real[-1] <= 0.0:
            return None
        return int(np.argmax(real >= self.share * real[-1] - ROUNDING))

    def __str__(self) -> str:
        """As it is given on the command line."""
        return f"recall {self.share:g}"


def parse_budget(text: str) -> tuple[int, str]:
    """Read ``20/week`` as a count and a unit of DAYS. Raises InputError for anything else."""
    found = BUDGET.fullmatch(text.strip().lower())
    if found is None:
        raise InputError(
            f"{text!r} is no budget",
            hint=f"Give a number of issues per {', '.join(DAYS)}, such as 20/week.",
        )
    return int(found[1]), found[2]


def _last(will_do: Booleans) -> int | None:
    cuts = np.flatnonzero(will_do)
    return int(cuts[-1]) if len(cuts) else None


def _check_share(share: float) -> None:
    if not 0.0 < share <= 1.0:
        raise InputError(f"{share} is no share", hint="Give a number above 0 and at most 1.")
