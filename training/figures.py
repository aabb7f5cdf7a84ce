"""Numbers between -1 and 1 as tables and sentences show them: no leading zero, a true minus."""

from typing import Protocol

MINUS = "\u2212"


class Interval(Protocol):
    """A value and the bounds of its interval."""

    @property
    def value(self) -> float:
        """What was measured."""

    @property
    def low(self) -> float:
        """The interval's lower bound."""

    @property
    def high(self) -> float:
        """The interval's upper bound."""


def short(value: float, digits: int = 3) -> str:
    """Such as ``.257``, ``1.000`` or a minus before ``.050``."""
    sign = MINUS if value < 0.0 and float(_digits(value, digits)) else ""
    return sign + _digits(value, digits).removeprefix("0")


def signed(value: float, digits: int = 3) -> str:
    """A difference, with a plus where it is above 0."""
    is_positive = value > 0.0 and float(_digits(value, digits)) > 0.0
    return ("+" if is_positive else "") + short(value, digits)


def between(interval: Interval) -> str:
    """A difference with its interval: ``+.041 (+.010 to +.074)``."""
    value, low, high = map(signed, (interval.value, interval.low, interval.high))
    return f"{value} ({low} to {high})"


def _digits(value: float, digits: int) -> str:
    return f"{abs(value):.{digits}f}"
