"""What programs send and get. Answers spell an issue as ``silentrank score`` does."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    RootModel,
    StringConstraints,
    Tag,
)
from pydantic.config import JsonDict

from classifier.types import Issue, IssueKey, RankBy, Scenario, Verdict
from classifier.web.store.names import NAME

MOST_ISSUES = 100
ONE, SEVERAL = "(one issue)", "(several issues)"  # what is sent to be scored
HIDDEN = "Null in blind mode, to a browser whose reviewer has no opinion on the issue yet."
LARGEST_NUMBER = 2**31 - 1  # that a database's integer holds
LONGEST_TITLE = 1_000  # characters; GitHub takes 256
LONGEST_BODY = 65_536  # characters, as at GitHub
ISSUE_EXAMPLE: JsonDict = {
    "repo": "octo/layerkit",
    "number": 1187,
    "title": "focal_loss ignores sample_weight when the weights are a column vector",
    "body": "The result is the plain mean, as if no weights were given. Nothing is raised.",
}
Probability = Annotated[float, Field(ge=0.0, le=1.0)]
Impact = Annotated[int, Field(ge=1, le=4, description="1 mild to 4 severe.")]
Id = Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]
Repo = Annotated[
    str,
    StringConstraints(pattern=r"^([A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100})?$"),
    Field(description="`owner/name`, or nothing."),
]


class Strict(BaseModel):
    """What is sent: an unknown key is an error, not a surprise later."""

    model_config = ConfigDict(extra="forbid")


class IssueIn(Strict):
    """An issue as it was filed."""

    model_config = ConfigDict(json_schema_extra={"examples": [ISSUE_EXAMPLE]})

    title: Annotated[str, StringConstraints(max_length=LONGEST_TITLE, pattern=r"[^\s]")]
    body: Annotated[str, Field(max_length=LONGEST_BODY, description="Markdown.")] = ""
    repo: Repo = ""
    number: Annotated[int, Field(ge=0, le=LARGEST_NUMBER, description="0 if unknown.")] = 0
    url: Annotated[
        str, StringConstraints(max_length=2_000, pattern=r"^(https?://[!-~]{1,1992})?$")
    ] = ""
    created_at: AwareDatetime | None = None

    def issue(self) -> Issue:
        """Return it as the package knows issues."""
        key = IssueKey(self.repo, self.number)
        return Issue(key, self.title, self.body, self.created_at, self.url)


class ScoreIn(Strict):
    """Issues to be scored."""

    issues: Annotated[list[IssueIn], Field(min_length=1, max_length=MOST_ISSUES)]


def _kind_of(sent: object) -> str:
    is_one = isinstance(sent, Mapping) and "title" in sent and "issues" not in sent
    return ONE if is_one or isinstance(sent, IssueIn) else SEVERAL


OneOrMore = Annotated[
    Annotated[IssueIn, Tag(ONE)] | Annotated[ScoreIn, Tag(SEVERAL)], Discriminator(_kind_of)
]


class ScoreBody(RootModel[OneOrMore]):
    """One issue, or up to 100 under `issues`."""

    def issues(self) -> list[Issue]:
        """Return them as the package knows issues."""
        sent = self.root.issues if isinstance(self.root, ScoreIn) else [self.root]
        return [one.issue() for one in sent]


class RankIn(ScoreIn):
    """Issues to be ranked."""

    by: RankBy = "probability"
    top: Annotated[
        int | None, Field(ge=1, le=MOST_ISSUES, description="How many to return; all if null.")
    ] = None
    min_probability: Annotated[Probability, Field(description="The lowest to return.")] = 0.0


class ScoreOut(BaseModel):
    """What the model says of one issue. What it cannot tell has no key."""

    repo: str
    number: int
    url: str
    title: str
    probability: Annotated[Probability, Field(description="That it reports a silent bug.")]
    model: str
    scenario: Annotated[Scenario | None, Field(description="The likeliest, if it is one.")] = None
    scenario_probability: Probability | None = None
    impact: Impact | None = None
    priority: Annotated[
        float | None, Field(ge=0.0, le=5.0, description="Probability times expected severity.")
    ] = None
    verdict: Annotated[Verdict | None, Field(description="Under the server's profile.")] = None
    missing: Annotated[
        list[str] | None, Field(description="Facts without which it is too close to tell.")
    ] = None


class RankedOut(ScoreOut):
    """One row of a ranking."""

    rank: Annotated[int, Field(ge=1, description="1 is to be read first.")]


class ScoresOut(BaseModel):
    """Scores in the order of the issues that were sent."""

    model: Annotated[str, Field(description="Who scored.")]
    issues: list[ScoreOut]


class RankingOut(BaseModel):
    """The issues that were sent, the likeliest or most urgent first."""

    model: Annotated[str, Field(description="Who scored.")]
    by: RankBy
    issues: list[RankedOut]


class QueuedOut(BaseModel):
    """One issue of the queue."""

    id: Id
    position: Annotated[int, Field(ge=1, description="In the queue that was asked for.")]
    repo: str
    number: int
    url: str
    title: str
    opened_at: datetime | None
    labels: list[str]
    state: Literal["open", "closed", "deleted", "transferred"]
    standing: Annotated[
        Literal["undecided", "silent", "not silent", "unsure", "disagreed"] | None,
        Field(description=HIDDEN),
    ]
    probability: Annotated[Probability | None, Field(description=f"What it is ranked by. {HIDDEN}")]
    model_probability: Annotated[
        Probability | None, Field(description="The model's, before anything was learned here.")
    ]
    scenario: Scenario | None
    scenario_probability: Probability | None
    impact: Impact | None
    priority: float | None
    duplicate_of: Annotated[Id | None, Field(description="The issue that it seems to repeat.")]


class QueueOut(BaseModel):
    """A page of the queue."""

    total: Annotated[int, Field(ge=0, description="Issues that the filter lets through.")]
    page: Annotated[int, Field(ge=1, description="The last if a later one was asked for.")]
    pages: Annotated[int, Field(ge=1)]
    size: Annotated[int, Field(ge=1)]
    issues: list[QueuedOut]


class DecisionIn(Strict):
    """What a reviewer says of an issue."""

    verdict: Literal["silent", "not silent", "unsure", "skip"]
    scenario: Annotated[Scenario | None, Field(description="What goes wrong.")] = None
    impact: Impact | None = None
    note: Annotated[str, Field(max_length=10_000, description="In the reviewer's words.")] = ""
    position: Annotated[
        int | None, Field(ge=1, le=LARGEST_NUMBER, description="Where it stood in the queue.")
    ] = None
    shown_probability: Annotated[
        Probability | None,
        Field(description="What the program showed to the reviewer; null if it showed none."),
    ] = None
    is_adjudication: Annotated[bool, Field(description="Settles a disagreement.")] = False
    request_id: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Za-z0-9_.-]{0,100}$"),
        Field(description="Of the program's choice: what is sent twice under one counts once."),
    ] = ""
    reviewer: Annotated[
        str,
        StringConstraints(pattern=NAME),
        Field(description="Who says so, on a server on loopback; elsewhere the token tells."),
    ] = ""


class DecisionOut(BaseModel):
    """A decision as it is kept."""

    id: Id
    issue_id: Id
    reviewer: Annotated[str, Field(description="Whose word it is.")]
    verdict: Literal["silent", "not silent", "unsure", "skip", "withdrawn"]
    scenario: Scenario | None
    impact: Impact | None
    note: str
    decided_at: datetime
    is_blind: Annotated[bool, Field(description="No score was shown, as far as is known.")]
    channel: Literal["ranking", "audit", "list", "api", "import"]
    is_adjudication: bool
    supersedes: Annotated[Id | None, Field(description="The decision that it replaces.")]
    shown_model: Annotated[str, Field(description="The model that scored the issue then.")]
    shown_probability: Annotated[
        Probability | None, Field(description="What could be seen; null if none was shown.")
    ]
    shown_position: int | None


class HistoryOut(BaseModel):
    """All that was ever said of an issue, the oldest first."""

    decisions: list[DecisionOut]


class DeliveredOut(BaseModel):
    """What became of a webhook delivery."""

    outcome: Literal[
        "pong",
        "ignored",
        "unknown issue",
        "older than what is known",
        "added",
        "changed",
        "same",
    ]
