"""What a reviewer says of an issue, checked."""

from collections.abc import Sequence
from dataclasses import dataclass

from classifier.errors import InputError
from classifier.types import Scenario
from classifier.web.store.standing import VERDICTS

CHANNELS = ("ranking", "audit", "list", "api", "import")
LONGEST_NOTE = 10_000  # characters
LONGEST_REQUEST_ID = 100
LONGEST_DIGEST = 64
UNDOING = "undo-"
SCENARIOS = tuple(scenario.value for scenario in Scenario)
IMPACTS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Said:
    """What a reviewer says of an issue, and how they came to it.

    Raises InputError for what makes no sense.
    """

    issue_id: int
    reviewer_id: int
    verdict: str  # silent, not silent, unsure or skip
    scenario: str | None = None
    impact: int | None = None  # 1 to 4
    note: str = ""
    position: int | None = None  # where in the queue it stood, from 1
    is_blind: bool = False
    shown_probability: float | None = None  # that a program showed; None is the issue's own
    channel: str = "list"
    digest: str = ""  # of the text that they read; "" is the one that is there now
    request_id: str = ""  # what makes a form that was sent twice count once
    adjudicates: bool = False  # settles a disagreement: said on purpose, or it is one vote more

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        _check_known("verdict", self.verdict, VERDICTS)
        _check_known("channel", self.channel, CHANNELS)
        _check_known("scenario", self.scenario, (None, *SCENARIOS))
        _check_known("impact", self.impact, (None, *IMPACTS))
        _check_length("note", self.note, LONGEST_NOTE)
        _check_length("request id", self.request_id, LONGEST_REQUEST_ID)
        _check_length("digest", self.digest, LONGEST_DIGEST)
        if self.request_id.startswith(UNDOING):
            raise InputError(
                f"A request id begins with {UNDOING!r}", hint="Those are kept for what is undone."
            )


def _check_known(what: str, word: object, known: Sequence[object]) -> None:
    if word not in known:
        shown = ", ".join(str(one) for one in known if one is not None)
        raise InputError(f"{str(word)[:40]!r} is no {what}", hint=f"Known: {shown}.")


def _check_length(what: str, text: str, most: int) -> None:
    if len(text) > most:
        raise InputError(f"The {what} has {len(text)} characters", hint=f"At most {most} are kept.")
