"""Every value that crosses a module: frozen dataclasses, no behaviour beyond derived views.

The flow is one way: ``Issue`` → ``NormalizedIssue`` → ``Score`` → ``Ranking``.
A model gets ``NormalizedIssue``, which has no labels, comments or later edits to leak.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

RankBy = Literal["probability", "priority"]
"""What issues are ordered by."""


@dataclass(frozen=True, slots=True, order=True)
class IssueKey:
    """Which issue: repository as ``owner/name`` and number; ``""`` and 0 where unknown."""

    repo: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue as its reporter filed it. Text is hostile until escaped."""

    key: IssueKey
    title: str
    body: str = ""
    opened_at: datetime | None = None
    url: str = ""
    labels: tuple[str, ...] = ()  # for display only: unknown when the issue was opened


class SegmentKind(StrEnum):
    """What a piece of an issue is, whichever renderer it came through."""

    TITLE = "title"
    HEADING = "heading"
    PROSE = "prose"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    TABLE = "table"
    CODE = "code"
    ERROR = "error"
    LOG = "log"
    IMAGE = "image"
    LINK = "link"


class Section(StrEnum):
    """The part of the issue template that a segment was written under."""

    BODY = "body"
    CURRENT = "current_behavior"
    EXPECTED = "expected_behavior"
    REPRODUCTION = "reproduction"
    LOGS = "logs"


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of an issue, in reading order.

    ``text`` is what a model may read: of an error its type and final message, of an image
    its alternative text, of a link its address, else the words or lines themselves.
    """

    kind: SegmentKind
    text: str
    section: Section = Section.BODY
    line_count: int = 1
    language: str = ""  # of code: by its content, else as the fence names it; lower case
    exception: str = ""  # of an error, its type: "ValueError"


@dataclass(frozen=True, slots=True)
class NormalizedIssue:
    """All that a model may see of an issue."""

    key: IssueKey
    segments: tuple[Segment, ...]  # the title first

    @property
    def text(self) -> str:
        """All segments' texts in reading order, a line break between them."""
        return "\n".join(segment.text for segment in self.segments)


class Scenario(StrEnum):
    """What goes wrong in a silent bug: the seven scenarios of Tambon et al. (EMSE 2024)."""

    CALCULATION = "calculation"
    PARAMETER = "parameter"
    MESSAGE = "message"
    SAVELOAD = "saveload"
    SHAPE = "shape"
    PERFORMANCE = "performance"
    STRUCTURE = "structure"


@dataclass(frozen=True, slots=True)
class Aspects:
    """What kind of silent bug an issue reports, and how bad: probabilities, given that it is one.

    Each of the two sums to 1.
    """

    scenario: tuple[float, ...]  # (7,) in the order of Scenario
    impact: tuple[float, ...]  # (4,) of impact 1, mild, to 4, severe


@dataclass(frozen=True, slots=True)
class Score:
    """One model's opinion of one issue."""

    key: IssueKey
    probability: float  # calibrated, 0.0 to 1.0
    aspects: Aspects | None = None  # None from a model that cannot tell


@dataclass(frozen=True, slots=True)
class Outlook:
    """What to expect of an issue if it is a silent bug.

    The impact is the median level: levels are ordered, but not known to be evenly spaced, and the
    study's labels are levels, too.
    """

    scenario: Scenario  # the likeliest
    scenario_probability: float  # given that it is a silent bug, 0.0 to 1.0
    impact: int  # 1 mild to 4 severe
    severity: float  # expected rating by developers, 1.0 to 5.0; see classifier.severity


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason, in the issue's own words or in ours, for (positive) or against (negative)."""

    text: str
    weight: float  # change of the calibrated log-odds that this reason accounts for
    is_quote: bool  # the issue's own line; else a fact in our words, such as "no traceback"


class Verdict(StrEnum):
    """What to do with an issue, under a profile."""

    READ = "read"
    CANT_TELL = "can't tell"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class RankedIssue:
    """One row of a ranking."""

    rank: int  # from 1
    key: IssueKey
    title: str
    url: str
    probability: float  # calibrated, 0.0 to 1.0
    evidence: tuple[Evidence, ...] = ()  # strongest first; empty unless asked for
    missing: tuple[str, ...] = ()  # facts without which it is too close to the threshold to tell
    outlook: Outlook | None = None  # None from a model that cannot tell

    @property
    def priority(self) -> float | None:
        """Probability times severity, 0.0 to 5.0: what not reading the issue may cost."""
        return None if self.outlook is None else self.probability * self.outlook.severity


@dataclass(frozen=True, slots=True)
class Ranking:
    """Issues by falling probability or priority, as one model sees them."""

    model_id: str
    entries: tuple[RankedIssue, ...]
    threshold: float | None = None  # from where on issues are worth reading, under a profile
    by: RankBy = "probability"
    has_outlooks: bool = False  # whether the model tells what to expect of an issue
