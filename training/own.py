"""Issues of your own, with labels that you gave them."""

from classifier.errors import InputError
from classifier.labels import read_labels
from classifier.sources import Skipped, read_issues
from training.config import DataSettings
from training.dataset import LabeledIssue


def read_own(settings: DataSettings) -> list[LabeledIssue]:
    """Read the issues that have a label, sorted by key; none where the settings name none.

    Raises InputError if a row cannot be read, or a label belongs to no issue.
    """
    if settings.labels is None:
        return []
    labels = read_labels(settings.labels)
    issues = {issue.key: issue for issue in read_issues(settings.issues, _refuse)}
    if missing := sorted(set(labels) - set(issues)):
        raise InputError(
            f"{len(missing)} of {len(labels)} labels in {settings.labels} are of issues that "
            f"{', '.join(settings.issues)} does not hold, such as "
            f"{missing[0].repo}#{missing[0].number}",
            hint="Give the issues' texts, too, or take the labels out.",
        )
    return [
        LabeledIssue(
            issue=issues[key],
            origin="own",
            is_silent=labels[key],
            votes=None,
            silver_score=None,
            kind=None,
            scenario=None,
            impact=None,
        )
        for key in sorted(labels)
    ]


def _refuse(skipped: Skipped) -> None:
    if skipped.is_broken:
        raise InputError(f"{skipped.place}: {skipped.reason}", hint="Mend the row or take it out.")
