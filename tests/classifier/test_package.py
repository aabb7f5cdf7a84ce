from importlib.metadata import version
from pathlib import Path

import pytest

import classifier


def test_the_api_is_exactly_this() -> None:
    assert classifier.__all__ == [
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


@pytest.mark.parametrize("name", classifier.__all__)
def test_every_name_of_the_api_is_there(name: str) -> None:
    assert getattr(classifier, name) is not None
    assert name in dir(classifier)


def test_any_other_name_is_refused_as_by_any_module() -> None:
    with pytest.raises(AttributeError, match="module 'classifier' has no attribute 'nonsense'"):
        classifier.nonsense  # noqa: B018 - the access is what is tested


def test_the_version_is_the_distributions() -> None:
    assert classifier.__version__ == version("silentrank")


def test_the_two_documented_functions_rank(model_directory: Path) -> None:
    from classifier import Issue, IssueKey, load, rank_issues  # noqa: PLC0415 - as documented

    issues = [
        Issue(IssueKey("octo/demo", 1), "crash on import"),
        Issue(IssueKey("octo/demo", 2), "metric is wrong", "No error is shown."),
    ]

    ranking = rank_issues(issues, load(model_directory), top=1)

    assert [(entry.rank, entry.key.number) for entry in ranking.entries] == [(1, 2)]
