"""From a repository's issues to its profile: scored as always, then a threshold chosen."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from classifier.criteria import Budget, Criterion
from classifier.errors import InputError
from classifier.percentiles import quantiles_of
from classifier.pipeline import Model, Progress, rank_issues
from classifier.prior_shift import add_offset
from classifier.profile import Profile
from classifier.thresholds import Labelled, Sample, Unlabelled, decide
from classifier.types import Issue, IssueKey, RankedIssue

FEWEST_ISSUES = 30
"""Fewer, labelled ones where there are labels, say next to nothing about a base rate."""
MOST_NAMED = 5  # repositories in a message


@dataclass(slots=True)
class Survey:
    """What was seen of the issues as they went by."""

    repository: str = ""
    others: set[str] = field(default_factory=set)  # repositories that were not asked for
    undated_count: int = 0
    first: date = date.max
    last: date = date.min

    @property
    def days(self) -> int | None:
        """Days from the first issue to the last, both counted; None if some have no date."""
        if self.undated_count or self.last < self.first:
            return None
        return (self.last - self.first).days + 1

    def watch(self, issues: Iterable[Issue], repository: str | None) -> Iterator[Issue]:
        """Let the issues of one repository pass: those of ``repository`` if it is given.

        Raises InputError at an issue of a second repository.
        """
        for issue in issues:
            repo = issue.key.repo
            if repository is not None and repo != repository:
                self.others.add(repo)
                continue
            if repo and self.repository and repo != self.repository:
                raise InputError(
                    f"The issues are of several repositories: {self.repository}, {repo}",
                    hint=f"A profile is of one: `--repo {self.repository}`, for example.",
                )
            self.repository = self.repository or repo
            self._note(issue)
            yield issue

    def _note(self, issue: Issue) -> None:
        if issue.opened_at is None:
            self.undated_count += 1
            return
        self.first = min(self.first, issue.opened_at.date())
        self.last = max(self.last, issue.opened_at.date())


def tune(
    issues: Iterable[Issue],
    model: Model,
    criterion: Criterion | tuple[int, str],
    *,
    labels: Mapping[IssueKey, bool] | None = None,
    repository: str | None = None,
    created_at: str,
    on_progress: Callable[[Progress], None] | None = None,
) -> Profile:
    """Choose a threshold for one repository; a budget is a count and a unit of time.

    With ``labels`` the model's probabilities are shifted to the base rate counted, without to
    one between the model's own and what the issues suggest. Raises InputError if there are too
    few issues or labels, none of ``repository``, no dates for a budget, or nothing that the
    criterion asks for.
    """
    survey = Survey()
    watched = survey.watch(issues, repository)
    entries = rank_issues(watched, model, on_progress=on_progress).entries
    if repository is not None and not entries:
        raise _no_issue_of(repository, survey.others)
    sample = _sample(entries, model, labels)
    if isinstance(criterion, tuple):
        criterion = _budget(*criterion, survey)
    decision = decide(sample, criterion)
    if decision is None:
        raise InputError(
            f"No threshold has {criterion} among these {len(entries)} issues",
            hint="Ask for less precision, a larger budget, or give more issues or labels.",
        )
    return Profile(
        repository=survey.repository,
        model_id=model.model_id,
        created_at=created_at,
        criterion=str(criterion),
        base_rate=decision.base_rate,
        log_odds_offset=decision.offset,
        threshold=decision.threshold,
        band_low=decision.band[0],
        band_high=decision.band[1],
        issue_count=len(entries),
        labelled_count=sample.labelled_count,
        silent_count=sample.silent_count,
        passing_count=decision.passing_count,
        expected_real=decision.real,
        days=survey.days,
        quantiles=quantiles_of(add_offset(sample.probabilities, decision.offset)),
    )


def _no_issue_of(repository: str, others: set[str]) -> InputError:
    named = sorted(others - {""})
    rest = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return InputError(
        f"No issue is of {repository}",
        hint=f"There are issues of {', '.join(named[:MOST_NAMED])}{rest}."
        if named
        else "The issues, if any, do not say of which repository they are: leave out --repo.",
    )


def _sample(
    entries: tuple[RankedIssue, ...], model: Model, labels: Mapping[IssueKey, bool] | None
) -> Sample:
    more = "Give more of the repository's issues, the closed ones too."
    _check_enough(len(entries), f"{len(entries)} issues", hint=more)
    probabilities = np.array([entry.probability for entry in entries])
    if labels is not None:
        is_silent = np.array([float(labels.get(entry.key, np.nan)) for entry in entries])
        sample = Labelled(probabilities, is_silent)
        _check_labels(sample.labelled_count, len(entries), labels)
        return sample
    if model.manifest.base_rate is None:
        raise InputError(
            f"Model {model.model_id} does not say for which base rate it was calibrated",
            hint="Label some issues and give them by --labels, or train the model again.",
        )
    return Unlabelled(probabilities, model.manifest.base_rate)


def _check_labels(count: int, issue_count: int, labels: Mapping[IssueKey, bool]) -> None:
    if labels and not count:
        first = next(iter(labels))
        raise InputError(
            f"None of the {len(labels)} labels is of these {issue_count} issues; the first is of "
            f"{first.repo}#{first.number}",
            hint="Give the issues that the labels are of, each with its `url`, or `repo` and "
            "`number`.",
        )
    what = f"{count} of {issue_count} issues are labelled"
    _check_enough(count, what, hint="Label more issues.")


def _check_enough(count: int, what: str, *, hint: str) -> None:
    if count < FEWEST_ISSUES:
        raise InputError(
            f"Too few for a threshold: {what}, of {FEWEST_ISSUES} that are needed",
            hint=hint,
        )


def _budget(count: int, unit: str, survey: Survey) -> Budget:
    if survey.days is None:
        raise InputError(
            f"A budget of {count}/{unit} needs opening dates; {survey.undated_count} issues "
            "have none",
            hint="Give `created_at`, as GitHub does, or ask for --precision or --recall.",
        )
    budget = Budget(count, unit, survey.days)
    if survey.days < budget.unit_days:
        raise InputError(
            f"The issues are of less than a {unit}: from {survey.first} to {survey.last}",
            hint="Give the issues of a longer time, or a budget for a shorter one.",
        )
    return budget
