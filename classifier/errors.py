"""Errors that a user can act on.

SilentrankError
├── InputError        what was given cannot be read or does not fit
├── ArtifactError     a model directory is missing, damaged or built for something else
├── GitHubError       GitHub refuses, cannot be reached or answers with nonsense
└── MissingExtraError a feature needs packages that are not installed
"""


class SilentrankError(Exception):
    """An error with a next step: ``str(error)`` has the offending value, ``hint`` what to do."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class InputError(SilentrankError):
    """What was given cannot be read or does not fit."""


class ArtifactError(SilentrankError):
    """A model directory is missing, damaged or built for something else."""


class GitHubError(SilentrankError):
    """GitHub refuses, cannot be reached or answers with nonsense."""

    def __init__(self, message: str, *, hint: str = "", status: int | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status  # of HTTP; None where no answer came


class MissingExtraError(SilentrankError):
    """A feature needs packages that are not installed."""

    def __init__(self, feature: str, *, extra: str) -> None:
        super().__init__(
            f"{feature} needs packages that are not installed",
            hint=f"Run `pip install 'silentrank[{extra}]'`.",
        )
