"""The Action from end to end: an event in; a summary, outputs and perhaps a comment out."""

import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

from classifier.action.errands import Errand, OpenTracker, run_errand
from classifier.action.event import Event, read_event
from classifier.action.inputs import Settings, read_settings
from classifier.action.outputs import (
    annotate,
    say,
    without_commands,
    write_outputs,
    write_summary,
)
from classifier.action.problems import problem_of
from classifier.action.report import Report
from classifier.action.responding import without_writing
from classifier.action.summary import render_summary
from classifier.action.tracker import IssueTracker
from classifier.errors import InputError, MissingExtraError, SilentrankError

EXIT_FAILED = 1
MANUAL = "workflow_dispatch"
FORK = "This repository is a fork: issues are scored, and nothing is posted."


def run_action(
    environment: Mapping[str, str],
    open_tracker: OpenTracker | None = None,
    *,
    log: TextIO | None = None,
) -> int:
    """Run once; returns the exit code: 1 if something failed that a person waits for, else 0."""
    stream = log or sys.stdout
    report = Report()
    with without_commands(stream):
        event = _run(environment, report, open_tracker or _on_github, stream)
        with _telling(report, stream):
            write_summary(environment, render_summary(report, event))
        with _telling(report, stream):
            write_outputs(environment, report.outputs())
    return _conclude(report, stream, is_manual=environment.get("GITHUB_EVENT_NAME") == MANUAL)


def _run(
    environment: Mapping[str, str], report: Report, open_tracker: OpenTracker, log: TextIO
) -> Event | None:
    """Do what the event asks for."""
    event: Event | None = None
    with _telling(report, log):
        settings = read_settings(environment)
        report.is_dry_run, report.label = settings.is_dry_run, settings.label
        event = read_event(environment)
        if event.is_fork:
            report.notes.append(FORK)
            settings = without_writing(settings)
        run_errand(Errand(event, settings, report, open_tracker))
    for outcome in report.outcomes:
        say(outcome.in_short, log)
    return event


@contextmanager
def _telling(report: Report, log: TextIO) -> Iterator[None]:
    """Have nothing raised that happens within: the report says what went wrong."""
    try:
        yield
    except SilentrankError as error:
        report.problems.append(problem_of(error))
    except Exception as error:  # noqa: BLE001 - whatever happens, the run ends as it should
        report.problems.append(problem_of(error))
        traceback.print_exc(file=log)


def _conclude(report: Report, log: TextIO, *, is_manual: bool) -> int:
    """Red for whoever started the run and waits for it; green, but with a warning, for an event."""
    for problem in report.problems:
        message = f"{problem.what}. {problem.hint}".removesuffix(" ")
        annotate("error" if is_manual else "warning", message, log)
    return EXIT_FAILED if report.problems and is_manual else 0


def _on_github(settings: Settings, event: Event) -> IssueTracker:
    """The repository on GitHub; needs the extra ``github``."""
    try:
        from classifier.action.github_tracker import GitHubTracker  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("Writing to GitHub", extra="github") from error
    if not settings.token:
        raise InputError(
            "Input token: it is empty", hint="Leave it out to use the workflow's own token."
        )
    return GitHubTracker.connect(
        settings.token, event.repository, is_workflow_token=settings.is_workflow_token
    )
