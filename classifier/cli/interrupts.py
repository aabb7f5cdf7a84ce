"""Ctrl-C while issues are read: what was read so far is kept."""

import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

from classifier.types import Issue

EXIT_INTERRUPTED = 130  # what a shell reports of a program that Ctrl-C has ended


class Interrupts:
    """Ends the reading at the first Ctrl-C, and the program at the second."""

    def __init__(self) -> None:
        self.is_asked = False
        self._is_reading = False

    def until_asked(self, issues: Iterable[Issue]) -> Iterator[Issue]:
        """Yield issues until Ctrl-C, whether it comes while one is read or while one is scored."""
        iterator = iter(issues)
        while not self.is_asked:
            self._is_reading = True
            try:
                issue = next(iterator)
            except StopIteration:
                return
            except KeyboardInterrupt:
                self.is_asked = True
                return
            finally:
                self._is_reading = False
            yield issue

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Hear of Ctrl-C."""
        is_asked_again, self.is_asked = self.is_asked, True
        if self._is_reading or is_asked_again:
            raise KeyboardInterrupt


@contextmanager
def interrupts() -> Iterator[Interrupts]:
    """Handle Ctrl-C within, as the process was told to before."""
    heard = Interrupts()
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler:  # ignored, or somebody else's business
        yield heard
        return
    try:
        signal.signal(signal.SIGINT, heard)
    except ValueError:  # not in the main thread, where no Ctrl-C arrives
        yield heard
        return
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, before)
