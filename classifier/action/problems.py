"""What went wrong, and what the maintainers can do about it."""

from dataclasses import dataclass

from classifier.errors import GitHubError, SilentrankError

GONE = (
    "The token does not see the repository, issues are turned off there, or the issue was deleted "
    "or moved meanwhile."
)
ADVICE = {
    401: "Give `token` a token that is valid, or leave the input out.",
    403: "Give the job `permissions: issues: write`. Where the organization allows workflows only "
    "to read, that has to be changed there.",
    404: GONE,
    410: GONE,
    422: "GitHub does not take what was sent: check the inputs, `label` first.",
}
# How messages about limits begin; further on may be the name of a repository, such as rate-limit.
LIMITS = ("GitHub's limit", "GitHub has had too many requests")
LATER = "Nothing was lost: run the workflow again later, or wait for the next event."
OURS = (
    "This is a fault of the Action, not of yours. Please report it, with the log but without the "
    "issue's text."
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that did not work."""

    what: str
    hint: str


def problem_of(error: Exception) -> Problem:
    """Tell of an error; of an unforeseen one only the kind, as its text may be anybody's."""
    if isinstance(error, GitHubError):
        return Problem(str(error), _advice(error))
    if isinstance(error, SilentrankError):
        return Problem(str(error), error.hint)
    return Problem(f"Something unforeseen went wrong: {type(error).__name__}", OURS)


def _advice(error: GitHubError) -> str:
    """What to do in a workflow, where the hints for a command line do not help."""
    is_limit = str(error).startswith(LIMITS)
    return LATER if is_limit else ADVICE.get(error.status or 0, LATER)
