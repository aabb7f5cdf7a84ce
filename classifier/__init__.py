"""silentrank: ranks GitHub issues by how likely they report a silent bug.

>>> from classifier import Issue, IssueKey, load, rank_issues
>>> issues = [Issue(IssueKey("octo/demo", 1), "Loss ignores the weights", "No error is shown.")]
>>> ranking = rank_issues(issues, load())
>>> ranking.entries[0].title
'Loss ignores the weights'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from classifier.errors import SilentrankError
    from classifier.pipeline import Model, load, rank_issues
    from classifier.types import (
        Evidence,
        Issue,
        IssueKey,
        Outlook,
        RankedIssue,
        Ranking,
        Scenario,
    )

    __version__: str

__all__ = [
    "Evidence",
    "Issue",
    "IssueKey",
    "Model",
    "Outlook",
    "RankedIssue",
    "Ranking",
    "Scenario",
    "SilentrankError",
    "__version__",
    "load",
    "rank_issues",
]

_HOMES = {
    "Evidence": "classifier.types",
    "Issue": "classifier.types",
    "IssueKey": "classifier.types",
    "Model": "classifier.pipeline",
    "Outlook": "classifier.types",
    "RankedIssue": "classifier.types",
    "Ranking": "classifier.types",
    "Scenario": "classifier.types",
    "SilentrankError": "classifier.errors",
    "load": "classifier.pipeline",
    "rank_issues": "classifier.pipeline",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Import on first use, so that the command line starts without numpy."""
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415

        return version("silentrank")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
