"""What sources that take long say of their progress."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Status:
    """How far a source has come, for people."""

    text: str
    is_lasting: bool = False  # worth a line that stays; else the next status takes its place


OnStatus = Callable[[Status], None]
